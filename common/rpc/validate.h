// Checks a request against what its proto says: required fields, limits, known enum values,
// resource name patterns. The checks of a message type are worked out once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "lianfang/common/v1/options.pb.h"

namespace lianfang::rpc {

class Validator {
 public:
  // The validator of a message type; lives as long as the program. Thread-safe.
  static const Validator& For(const google::protobuf::Descriptor* type);

  // The first thing that is wrong, with the field's path: REQUIRED_FIELD, INVALID_FIELD,
  // UNKNOWN_ENUM_VALUE. Of a request with an `update_mask` only what the mask names is checked in
  // the record: the rest is not used.
  absl::Status Check(const google::protobuf::Message& message, absl::string_view path = "") const;

  // From now on the messages in this field are checked by their handler, not here: for lists whose
  // bad items are answered one by one. Before the first For() of the type that has the field.
  static void LeaveToHandler(const google::protobuf::FieldDescriptor* field);

  explicit Validator(const google::protobuf::Descriptor* type);

 private:
  struct FieldCheck;
  // `only`: names of the fields to look at; null: all.
  absl::Status CheckFields(const google::protobuf::Message& message, absl::string_view path,
                           const std::vector<std::string>* only) const;

  std::vector<FieldCheck> checks_;
  const google::protobuf::FieldDescriptor* update_mask_ = nullptr;

 public:
  ~Validator();
};

// Whether `name` fits a pattern such as `units/*/posts/*`.
bool FitsPattern(absl::string_view name, absl::string_view pattern);

// Whether `text` is a UUID in its usual form.
bool IsUuid(absl::string_view text);

// Path of the first text field that is not valid UTF-8 in the wire bytes of a message; empty when
// there is none, or when the bytes are no message at all.
std::string InvalidUtf8Field(const google::protobuf::Descriptor* type, const std::string& bytes);

}  // namespace lianfang::rpc
