// A key that seals what is kept in secret, so that whoever has the database alone cannot use it.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/random.h"

namespace lianfang::crypto {

class SecretBox {
 public:
  // The key in the file (32 bytes in Base64), which is made with mode 0600 when it is missing.
  // FAILED_PRECONDITION when it is open to others.
  static absl::StatusOr<SecretBox> LoadOrCreate(const std::string& path, RandomSource& random);

  // Seals `text` for one purpose, e.g. a record's name: opened for another it is refused, so
  // that sealed texts cannot be exchanged. XChaCha20-Poly1305 with a nonce of its own.
  absl::StatusOr<std::string> Seal(absl::string_view text, absl::string_view purpose,
                                   RandomSource& random) const;
  // INVALID_ARGUMENT for what this key has not sealed for the purpose.
  absl::StatusOr<std::string> Open(absl::string_view sealed, absl::string_view purpose) const;

  // 32 bytes that only the holder of the key can make of the text (HMAC-SHA-512-256).
  std::string Mac(absl::string_view text) const;

 private:
  struct Keys;
  explicit SecretBox(std::shared_ptr<const Keys> keys) : keys_(std::move(keys)) {}

  std::shared_ptr<const Keys> keys_;
};

}  // namespace lianfang::crypto
