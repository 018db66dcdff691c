// Where two serialized records differ.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace lianfang::verify {

struct BodyDifference {
  std::string path;  // of the first field that differs: `decisions[1].comment`
  std::string stored;
  std::string expected;
};

// The bytes must not be equal. `type` is a message that the program was built with.
BodyDifference FirstDifference(const google::protobuf::Descriptor* type, absl::string_view stored,
                               absl::string_view expected);

}  // namespace lianfang::verify
