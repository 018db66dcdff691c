// Passwords as they are kept: argon2id by libsodium.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lianfang::crypto {

// What one hash costs whoever computes it, and whoever guesses.
struct PasswordCost {
  uint64_t passes = 3;
  uint64_t memory_bytes = uint64_t{32} << 20;
};

// As little as the library takes: for tests, which have nothing to protect.
PasswordCost LowestPasswordCost();

// The password's hash with a salt of its own, as text that says how it was made. Takes tens of
// milliseconds and the cost's memory.
absl::StatusOr<std::string> HashPassword(absl::string_view password, const PasswordCost& cost);

// Whether the hash is of this password. Takes as long as the hash's own cost asks, right or wrong.
bool VerifyPassword(absl::string_view hash, absl::string_view password);

}  // namespace lianfang::crypto
