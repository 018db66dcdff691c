#include "common/review/digest.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "common/crypto/sha256.h"
#include "common/message/canonical.h"
#include "google/api/field_behavior.pb.h"

namespace lianfang::review {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

bool IsOutput(const FieldDescriptor* field) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == google::api::OUTPUT_ONLY) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string RecordDigest(const Message& record, int32_t revision) {
  const std::unique_ptr<Message> content(record.New());
  content->CopyFrom(record);
  for (int i = 0; i < content->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = content->GetDescriptor()->field(i);
    if (IsOutput(field)) content->GetReflection()->ClearField(content.get(), field);
  }
  // The number stands first and ends with a line feed, so that it cannot run into the content.
  return crypto::ToBytes(
      crypto::Sha256({absl::StrCat(revision, "\n"), message::Canonical(*content)}));
}

}  // namespace lianfang::review
