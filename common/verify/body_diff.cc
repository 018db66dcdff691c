#include "common/verify/body_diff.h"

#include <algorithm>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/verify/finding.h"
#include "google/protobuf/message.h"

namespace lianfang::verify {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Names are shown; what people wrote is not.
std::string ShownText(absl::string_view text) {
  return absl::StartsWith(text, "units/") ? ShownName(text) : Shown(text);
}

// A value of a field that is no message; `at` below 0: of one that is not repeated.
std::string ValueOf(const Message& message, const FieldDescriptor* field, int at) {
  const auto* reflection = message.GetReflection();
  const bool one = at < 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(one ? reflection->GetInt32(message, field)
                              : reflection->GetRepeatedInt32(message, field, at));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(one ? reflection->GetInt64(message, field)
                              : reflection->GetRepeatedInt64(message, field, at));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(one ? reflection->GetUInt32(message, field)
                              : reflection->GetRepeatedUInt32(message, field, at));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(one ? reflection->GetUInt64(message, field)
                              : reflection->GetRepeatedUInt64(message, field, at));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(one ? reflection->GetDouble(message, field)
                              : reflection->GetRepeatedDouble(message, field, at));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrCat(one ? reflection->GetFloat(message, field)
                              : reflection->GetRepeatedFloat(message, field, at));
    case FieldDescriptor::CPPTYPE_BOOL:
      return (one ? reflection->GetBool(message, field)
                  : reflection->GetRepeatedBool(message, field, at))
                 ? "true"
                 : "false";
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = one ? reflection->GetEnumValue(message, field)
                             : reflection->GetRepeatedEnumValue(message, field, at);
      const auto* value = field->enum_type()->FindValueByNumber(number);
      return value == nullptr ? absl::StrCat(number) : value->name();
    }
    case FieldDescriptor::CPPTYPE_STRING:
      return ShownText(one ? reflection->GetString(message, field)
                           : reflection->GetRepeatedString(message, field, at));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return "";
}

bool Find(const Message& stored, const Message& expected, const std::string& above,
          BodyDifference* found);

// One value of a field on both sides.
bool FindInValue(const Message& stored, const Message& expected, const FieldDescriptor* field,
                 int at, const std::string& path, BodyDifference* found) {
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const auto* of_stored = stored.GetReflection();
    const auto* of_expected = expected.GetReflection();
    return at < 0 ? Find(of_stored->GetMessage(stored, field),
                         of_expected->GetMessage(expected, field), path, found)
                  : Find(of_stored->GetRepeatedMessage(stored, field, at),
                         of_expected->GetRepeatedMessage(expected, field, at), path, found);
  }
  std::string left = ValueOf(stored, field, at);
  std::string right = ValueOf(expected, field, at);
  if (left == right) return false;
  *found = {path, std::move(left), std::move(right)};
  return true;
}

bool Find(const Message& stored, const Message& expected, const std::string& above,
          BodyDifference* found) {
  const auto* type = stored.GetDescriptor();
  const auto* of_stored = stored.GetReflection();
  const auto* of_expected = expected.GetReflection();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const std::string path =
        above.empty() ? field->name() : absl::StrCat(above, ".", field->name());
    if (!field->is_repeated()) {
      const bool left = of_stored->HasField(stored, field);
      const bool right = of_expected->HasField(expected, field);
      if (!left && !right) continue;
      if (FindInValue(stored, expected, field, -1, path, found)) return true;
      if (left == right) continue;
      *found = {path, left ? "set" : "not set", right ? "set" : "not set"};
      return true;
    }
    const int left = of_stored->FieldSize(stored, field);
    const int right = of_expected->FieldSize(expected, field);
    for (int at = 0; at < std::min(left, right); ++at) {
      if (FindInValue(stored, expected, field, at, absl::StrCat(path, "[", at, "]"), found)) {
        return true;
      }
    }
    if (left == right) continue;
    *found = {path, absl::StrCat(left, " values"), absl::StrCat(right, " values")};
    return true;
  }
  std::string left;
  std::string right;
  if (!of_stored->GetUnknownFields(stored).SerializeToString(&left) ||
      !of_expected->GetUnknownFields(expected).SerializeToString(&right) || left == right) {
    return false;
  }
  *found = {absl::StrCat(above.empty() ? "" : absl::StrCat(above, "."), "(unknown fields)"),
            Shown(left), Shown(right)};
  return true;
}

}  // namespace

BodyDifference FirstDifference(const google::protobuf::Descriptor* type, absl::string_view stored,
                               absl::string_view expected) {
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  const std::unique_ptr<Message> left(prototype->New());
  const std::unique_ptr<Message> right(prototype->New());
  BodyDifference found;
  const bool readable = left->ParseFromArray(stored.data(), static_cast<int>(stored.size())) &&
                        right->ParseFromArray(expected.data(), static_cast<int>(expected.size()));
  // The same values in other bytes, or bytes that are no record.
  if (!readable || !Find(*left, *right, "", &found)) {
    found = {"(bytes)", Shown(stored), Shown(expected)};
  }
  return found;
}

}  // namespace lianfang::verify
