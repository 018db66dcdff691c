// The token with which a member is called.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lianfang::aggregator {

inline constexpr size_t kMaxTokenBytes = size_t{8} << 10;

// The token in the file `{folder}/{credential}.token`, without white space around it. Read anew
// each time, so that a token is renewed by replacing the file. `credential` must be a resource id,
// which no path can be made of. An error, with a text for an administrator, when the name is none,
// the file is missing, no regular file, larger than kMaxTokenBytes, or holds anything but one word
// of printable ASCII.
absl::StatusOr<std::string> ReadCredential(const std::string& folder, absl::string_view credential);

}  // namespace lianfang::aggregator
