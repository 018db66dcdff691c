#include "common/message/canonical.h"

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "lianfang/common/v1/options.pb.h"

namespace lianfang::message {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsSecret(const FieldDescriptor* field) {
  return field->options().GetExtension(common::v1::limits).secret();
}

// Whether the type has a secret field anywhere below it; `seen` ends recursion.
bool HoldsSecrets(const Descriptor* type, std::set<const Descriptor*>* seen) {
  if (!seen->insert(type).second) return false;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (IsSecret(field)) return true;
    if (field->message_type() != nullptr && HoldsSecrets(field->message_type(), seen)) return true;
  }
  return false;
}

// Looked up once a type: nearly all have none.
bool HoldsSecrets(const Descriptor* type) {
  static std::mutex mutex;
  static auto* const known = new std::map<const Descriptor*, bool>();
  const std::lock_guard lock(mutex);
  const auto it = known->find(type);
  if (it != known->end()) return it->second;
  std::set<const Descriptor*> seen;
  return (*known)[type] = HoldsSecrets(type, &seen);
}

void ClearSecrets(Message* message) {
  const auto* reflection = message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (IsSecret(field)) {
      reflection->ClearField(message, field);
    } else if (field->message_type() != nullptr && field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(*message, field); ++i) {
        ClearSecrets(reflection->MutableRepeatedMessage(message, field, i));
      }
    } else if (field->message_type() != nullptr) {
      ClearSecrets(reflection->MutableMessage(message, field));
    }
  }
}

}  // namespace

std::string Canonical(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

std::string CanonicalRequest(const Message& request) {
  if (!HoldsSecrets(request.GetDescriptor())) return Canonical(request);
  const std::unique_ptr<Message> shown(request.New());
  shown->CopyFrom(request);
  ClearSecrets(shown.get());
  return Canonical(*shown);
}

}  // namespace lianfang::message
