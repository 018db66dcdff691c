// What the API's definition says of a field; for the sources beside it.
#pragma once

#include "google/api/field_behavior.pb.h"
#include "google/protobuf/descriptor.h"

namespace lianfang::rpc {

inline bool HasBehavior(const google::protobuf::FieldDescriptor* field,
                        google::api::FieldBehavior wanted) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == wanted) return true;
  }
  return false;
}

}  // namespace lianfang::rpc
