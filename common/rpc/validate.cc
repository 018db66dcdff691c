#include "common/rpc/validate.h"

#include <algorithm>
#include <shared_mutex>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/id.h"
#include "common/base/utf8.h"
#include "common/rpc/field_behavior.h"
#include "common/status/error.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/unknown_field_set.h"

namespace lianfang::rpc {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

constexpr int kDefaultMaxBytes = 1024;
constexpr int kDefaultMaxItems = 200;

absl::Status Missing(absl::string_view path) {
  return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, path, "必须填写。", "must be given.");
}

absl::Status Invalid(absl::string_view path, absl::string_view zh, absl::string_view en) {
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, path, zh, en);
}

}  // namespace

bool IsUuid(absl::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !absl::ascii_isxdigit(static_cast<unsigned char>(text[i]))) {
      return false;
    }
  }
  return true;
}

bool FitsPattern(absl::string_view name, absl::string_view pattern) {
  while (true) {
    const size_t name_end = name.find('/');
    const size_t pattern_end = pattern.find('/');
    const absl::string_view segment = name.substr(0, name_end);
    const absl::string_view wanted = pattern.substr(0, pattern_end);
    if (wanted == "*" ? !IsValidResourceId(segment) : segment != wanted) return false;
    if (name_end == absl::string_view::npos || pattern_end == absl::string_view::npos) {
      return name_end == pattern_end;
    }
    name.remove_prefix(name_end + 1);
    pattern.remove_prefix(pattern_end + 1);
  }
}

struct Validator::FieldCheck {
  const FieldDescriptor* field;
  bool required;
  int max_bytes;
  int max_items;
  bool multi_line;
  bool resource_id;
  bool uuid;
  bool has_range;
  int64_t min;
  int64_t max;
  std::string resource;
  const Validator* nested = nullptr;

  absl::Status CheckText(absl::string_view text, absl::string_view path) const {
    if (text.empty()) return absl::OkStatus();
    if (text.size() > static_cast<size_t>(max_bytes)) {
      return Invalid(
          path,
          absl::StrCat("文字过长：最多 ", max_bytes, " 字节（约 ", max_bytes / 3, " 个汉字）。"),
          absl::StrCat("too long: at most ", max_bytes, " bytes."));
    }
    if (HasControlCharacters(text, multi_line)) {
      return Invalid(path, "含有不可见的控制字符。", "has control or invisible characters.");
    }
    if (!resource.empty() && !FitsPattern(text, resource)) {
      return Invalid(path, absl::StrCat("不是形如 ", resource, " 的名称。"),
                     absl::StrCat("is not a name of the form ", resource, "."));
    }
    if (resource_id && !IsValidResourceId(text)) {
      return Invalid(
          path, "代码只能由 1–63 个小写字母、数字和连字符组成，首尾不能是连字符。",
          "must be 1-63 lower-case letters, digits and hyphens, with no hyphen at the ends.");
    }
    if (uuid && !IsUuid(text)) {
      return Invalid(path, "不是 UUID。", "is not a UUID.");
    }
    return absl::OkStatus();
  }

  absl::Status CheckNumber(int64_t value, absl::string_view path) const {
    if (!has_range || (value >= min && value <= max)) return absl::OkStatus();
    return Invalid(path, absl::StrCat("应在 ", min, " 到 ", max, " 之间。"),
                   absl::StrCat("must be from ", min, " to ", max, "."));
  }

  absl::Status CheckEnum(int value, absl::string_view path) const {
    if (field->enum_type()->FindValueByNumber(value) != nullptr) return absl::OkStatus();
    return FieldError(common::v1::ERROR_REASON_UNKNOWN_ENUM_VALUE, path,
                      absl::StrCat("没有编号为 ", value, " 的选项。"),
                      absl::StrCat("has no value ", value, "."));
  }
};

Validator::~Validator() = default;

namespace {
struct ValidatorTable {
  std::shared_mutex mutex;
  absl::flat_hash_map<const Descriptor*, std::unique_ptr<Validator>> known;  // under mutex
  absl::flat_hash_set<const FieldDescriptor*> left;  // to handlers, under mutex
};
ValidatorTable& TheTable() {
  static auto* table = new ValidatorTable;
  return *table;
}
bool IsLeft(const FieldDescriptor* field) {
  ValidatorTable& table = TheTable();
  const std::shared_lock lock(table.mutex);
  return table.left.contains(field);
}
// Validators being built, so that a message that contains itself ends.
thread_local std::vector<const Descriptor*> building;
}  // namespace

const Validator& Validator::For(const Descriptor* type) {
  ValidatorTable& table = TheTable();
  {
    const std::shared_lock lock(table.mutex);
    if (const auto it = table.known.find(type); it != table.known.end()) return *it->second;
  }
  auto validator = std::make_unique<Validator>(type);
  const std::unique_lock lock(table.mutex);
  return *table.known.try_emplace(type, std::move(validator)).first->second;
}

void Validator::LeaveToHandler(const FieldDescriptor* field) {
  ValidatorTable& table = TheTable();
  const std::unique_lock lock(table.mutex);
  table.left.insert(field);
}

Validator::Validator(const Descriptor* type) {
  building.push_back(type);
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (HasBehavior(field, google::api::OUTPUT_ONLY)) continue;  // ignored in requests
    const auto& limits = field->options().GetExtension(common::v1::limits);
    FieldCheck check{
        .field = field,
        .required = HasBehavior(field, google::api::REQUIRED),
        .max_bytes = limits.max_bytes() > 0 ? limits.max_bytes() : kDefaultMaxBytes,
        .max_items = limits.max_items() > 0 ? limits.max_items() : kDefaultMaxItems,
        .multi_line = limits.multi_line(),
        .resource_id = limits.resource_id(),
        .uuid = limits.uuid(),
        .has_range = limits.has_range(),
        .min = limits.min(),
        .max = limits.max(),
        .resource = limits.resource(),
    };
    const bool well_known = field->message_type() != nullptr &&
                            field->message_type()->full_name().rfind("google.protobuf.", 0) == 0;
    if (field->name() == "update_mask" && well_known) update_mask_ = field;
    // Maps carry what the handler checks itself, e.g. cells of a table with limits of their own.
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !well_known && !field->is_map() &&
        !IsLeft(field) &&
        std::find(building.begin(), building.end(), field->message_type()) == building.end()) {
      check.nested = &For(field->message_type());
    }
    const bool unchecked_number = !check.required && !check.has_range && !field->is_repeated() &&
                                  field->cpp_type() != FieldDescriptor::CPPTYPE_STRING &&
                                  field->cpp_type() != FieldDescriptor::CPPTYPE_ENUM &&
                                  check.nested == nullptr;
    const bool plain_bytes =
        field->type() == FieldDescriptor::TYPE_BYTES && !check.required && !field->is_repeated();
    if (!unchecked_number && !plain_bytes) checks_.push_back(std::move(check));
  }
  building.pop_back();
}

absl::Status Validator::Check(const Message& message, absl::string_view path) const {
  return CheckFields(message, path, nullptr);
}

absl::Status Validator::CheckFields(const Message& message, absl::string_view path,
                                    const std::vector<std::string>* only) const {
  const auto* reflection = message.GetReflection();
  std::vector<std::string> masked;
  if (update_mask_ != nullptr) {
    const auto& mask = static_cast<const google::protobuf::FieldMask&>(
        reflection->GetMessage(message, update_mask_));
    masked.assign(mask.paths().begin(), mask.paths().end());
    if (masked.size() == 1 && masked[0] == "*") masked.clear();
    if (!masked.empty()) masked.insert(masked.end(), {"name", "etag"});
  }
  for (const FieldCheck& check : checks_) {
    const FieldDescriptor* field = check.field;
    if (only != nullptr && std::find(only->begin(), only->end(), field->name()) == only->end()) {
      continue;
    }
    // Paths are only put together when something is wrong, or below.
    const auto at = [&](int index) {
      std::string full = path.empty() ? field->name() : absl::StrCat(path, ".", field->name());
      if (index >= 0) absl::StrAppend(&full, "[", index, "]");
      return full;
    };
    if (field->is_repeated()) {
      const int count = reflection->FieldSize(message, field);
      if (count == 0) {
        if (check.required) return Missing(at(-1));
        continue;
      }
      if (count > check.max_items) {
        return Invalid(at(-1), absl::StrCat("项数过多：最多 ", check.max_items, " 项。"),
                       absl::StrCat("too many items: at most ", check.max_items, "."));
      }
      for (int i = 0; i < count; ++i) {
        absl::Status status;
        if (field->type() == FieldDescriptor::TYPE_STRING) {
          std::string scratch;
          const std::string& text =
              reflection->GetRepeatedStringReference(message, field, i, &scratch);
          if (status = check.CheckText(text, ""); !status.ok()) return check.CheckText(text, at(i));
        } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
          const int value = reflection->GetRepeatedEnumValue(message, field, i);
          if (field->enum_type()->FindValueByNumber(value) == nullptr) {
            return check.CheckEnum(value, at(i));
          }
        } else if (check.nested != nullptr) {
          const Message& nested = reflection->GetRepeatedMessage(message, field, i);
          if (status = check.nested->Check(nested, ""); !status.ok()) {
            return check.nested->Check(nested, at(i));
          }
        }
      }
      continue;
    }
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text = reflection->GetStringReference(message, field, &scratch);
        if (text.empty() && check.required && !field->has_presence()) return Missing(at(-1));
        if (field->type() == FieldDescriptor::TYPE_STRING && !text.empty() &&
            !check.CheckText(text, "").ok()) {
          return check.CheckText(text, at(-1));
        }
        break;
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int value = reflection->GetEnumValue(message, field);
        if (value == 0 && check.required) return Missing(at(-1));
        if (value != 0 && field->enum_type()->FindValueByNumber(value) == nullptr) {
          return check.CheckEnum(value, at(-1));
        }
        break;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (!reflection->HasField(message, field)) {
          if (check.required) return Missing(at(-1));
          break;
        }
        if (check.nested != nullptr) {
          const Message& nested = reflection->GetMessage(message, field);
          const auto* names = masked.empty() ? nullptr : &masked;
          if (!check.nested->CheckFields(nested, "", names).ok()) {
            return check.nested->CheckFields(nested, at(-1), names);
          }
        }
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        if (check.required && reflection->GetInt32(message, field) == 0) return Missing(at(-1));
        if (!check.CheckNumber(reflection->GetInt32(message, field), "").ok()) {
          return check.CheckNumber(reflection->GetInt32(message, field), at(-1));
        }
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        if (!check.CheckNumber(reflection->GetInt64(message, field), "").ok()) {
          return check.CheckNumber(reflection->GetInt64(message, field), at(-1));
        }
        break;
      default:
        break;
    }
  }
  return absl::OkStatus();
}

namespace {

std::string FindInvalid(const Descriptor* type, const google::protobuf::UnknownFieldSet& fields,
                        int depth) {
  if (depth > 16) return "";
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& unknown = fields.field(i);
    if (unknown.type() != google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) continue;
    const FieldDescriptor* field = type->FindFieldByNumber(unknown.number());
    if (field == nullptr) continue;
    if (field->type() == FieldDescriptor::TYPE_STRING) {
      if (!IsValidUtf8(unknown.length_delimited())) return field->name();
    } else if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
      google::protobuf::UnknownFieldSet nested;
      if (!nested.ParseFromString(unknown.length_delimited())) continue;
      const std::string path = FindInvalid(field->message_type(), nested, depth + 1);
      if (!path.empty()) return absl::StrCat(field->name(), ".", path);
    }
  }
  return "";
}

}  // namespace

std::string InvalidUtf8Field(const Descriptor* type, const std::string& bytes) {
  google::protobuf::UnknownFieldSet fields;
  if (!fields.ParseFromString(bytes)) return "";
  return FindInvalid(type, fields, 0);
}

}  // namespace lianfang::rpc
