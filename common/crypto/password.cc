#include "common/crypto/password.h"

#include <sodium.h>

#include <array>
#include <cstring>

#include "absl/status/status.h"

namespace lianfang::crypto {
namespace {

bool Ready() {
  static const bool ready = sodium_init() >= 0;
  return ready;
}

}  // namespace

PasswordCost LowestPasswordCost() {
  return {.passes = crypto_pwhash_argon2id_OPSLIMIT_MIN,
          .memory_bytes = crypto_pwhash_argon2id_MEMLIMIT_MIN};
}

absl::StatusOr<std::string> HashPassword(absl::string_view password, const PasswordCost& cost) {
  if (!Ready()) return absl::UnavailableError("the library for passwords does not start");
  std::array<char, crypto_pwhash_argon2id_STRBYTES> hash{};
  if (crypto_pwhash_argon2id_str(hash.data(), password.data(), password.size(), cost.passes,
                                 cost.memory_bytes) != 0) {
    return absl::ResourceExhaustedError("no memory to hash a password");
  }
  return std::string(hash.data());
}

bool VerifyPassword(absl::string_view hash, absl::string_view password) {
  std::array<char, crypto_pwhash_argon2id_STRBYTES> text{};
  if (!Ready() || hash.size() >= text.size()) return false;
  std::memcpy(text.data(), hash.data(), hash.size());
  return crypto_pwhash_argon2id_str_verify(text.data(), password.data(), password.size()) == 0;
}

}  // namespace lianfang::crypto
