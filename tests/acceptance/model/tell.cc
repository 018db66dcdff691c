#include "tests/acceptance/model/tell.h"

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "common/status/error.h"
#include "google/protobuf/text_format.h"

namespace lianfang::model {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

// Most that is said of what a request holds.
constexpr size_t kMostBytes = 240;

// `SubmitSelfCheck` → `submit self check`.
std::string Words(absl::string_view camel) {
  std::string words;
  for (const char c : camel) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !words.empty()) words.push_back(' ');
    words.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  return words;
}

// The name of the record, or of what is made anew.
std::string SubjectOf(const Message& request) {
  if (std::string name = StringIn(request, "name"); !name.empty()) return name;
  const Message* record = RecordIn(request);
  if (record != nullptr && !StringIn(*record, "name").empty()) return StringIn(*record, "name");
  for (int i = 0; i < request.GetDescriptor()->field_count(); ++i) {
    const std::string& field = request.GetDescriptor()->field(i)->name();
    if (absl::EndsWith(field, "_id") && field != "request_id") return StringIn(request, field);
  }
  return "";
}

// Forgets what every request has, and the bytes that nobody can read.
void Tidy(Message* message) {
  for (const char* name : {"name", "parent", "request_id", "etag", "revision_digest"}) {
    const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) message->GetReflection()->ClearField(message, field);
  }
}

std::string ContentOf(const Message& request) {
  const std::unique_ptr<Message> copy(request.New());
  copy->CopyFrom(request);
  Tidy(copy.get());
  for (int i = 0; i < copy->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = copy->GetDescriptor()->field(i);
    if (!field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        copy->GetReflection()->HasField(*copy, field)) {
      Tidy(copy->GetReflection()->MutableMessage(copy.get(), field));
    }
  }
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintToString(*copy, &text);
  text = std::string(absl::StripAsciiWhitespace(text));
  if (text.size() <= kMostBytes) return text;
  size_t end = kMostBytes;
  // Never inside a character.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return absl::StrCat(text.substr(0, end), "…");
}

// What the request gets wrong on purpose; nothing where it has no such field.
absl::string_view TellSlip(const Message& request, Slip slip) {
  const auto has = [&](const char* field) {
    return request.GetDescriptor()->FindFieldByName(field) != nullptr;
  };
  const Message* record = RecordIn(request);
  switch (slip) {
    case Slip::kStaleEtag:
      return !StringIn(request, "etag").empty() ||
                     (record != nullptr && !StringIn(*record, "etag").empty())
                 ? " [etag of an earlier state]"
                 : "";
    case Slip::kWrongDigest:
      return has("revision_digest") ? " [another digest]" : "";
    case Slip::kNoComment:
      return has("comment") || has("reason") ? " [without saying why]" : "";
    default:
      return "";
  }
}

}  // namespace

std::string StringIn(const Message& message, absl::string_view field) {
  const FieldDescriptor* descriptor = message.GetDescriptor()->FindFieldByName(std::string(field));
  if (descriptor == nullptr || descriptor->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return "";
  return message.GetReflection()->GetString(message, descriptor);
}

const Message* RecordIn(const Message& message) {
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (field->message_type()->FindFieldByName("etag") == nullptr) continue;
    return &message.GetReflection()->GetMessage(message, field);
  }
  return nullptr;
}

std::string ReasonNameOf(const absl::Status& status) {
  if (status.ok()) return "";
  constexpr absl::string_view kPrefix = "ERROR_REASON_";
  return common::v1::ErrorReason_Name(ReasonOf(status)).substr(kPrefix.size());
}

std::string Why(const absl::Status& status) {
  return absl::StrCat(ReasonNameOf(status), ", ", status.message());
}

std::string TellCall(const Actor& actor, const Message& request, const Command& command,
                     absl::CivilDay today) {
  const std::string content = ContentOf(request);
  std::string text =
      absl::StrCat(absl::FormatCivilTime(today), " ", actor.subject, " (",
                   absl::StrJoin(actor.roles, ", "), "): ", Words(Remote::MethodOf(request).name()),
                   " ", SubjectOf(request), content.empty() ? "" : absl::StrCat(" {", content, "}"),
                   TellSlip(request, command.slip), command.again ? " [sent twice]" : "", " → ");
  // There is only one unit.
  absl::StrReplaceAll({{"units/u/", ""}}, &text);
  return text;
}

}  // namespace lianfang::model
