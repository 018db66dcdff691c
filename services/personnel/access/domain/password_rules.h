// Which passwords an account may have.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace lianfang::personnel {

inline constexpr size_t kShortestPassword = 10;
inline constexpr size_t kLongestPassword = 256;

// WEAK_PASSWORD at `field`: too short or too long, one of the usual, or hardly more than one of
// the names (the account's id, the person's name).
absl::Status CheckPassword(absl::string_view field, absl::string_view password,
                           const std::vector<std::string>& names);

// WEAK_PASSWORD: the new one is the old one.
absl::Status SamePassword(absl::string_view field);

}  // namespace lianfang::personnel
