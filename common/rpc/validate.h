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
  // UNKNOWN_ENUM_VALUE.
  absl::Status Check(const google::protobuf::Message& message, absl::string_view path = "") const;

  explicit Validator(const google::protobuf::Descriptor* type);

 private:
  struct FieldCheck;
  std::vector<FieldCheck> checks_;

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
