#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/key_file.h"
#include "common/crypto/random.h"

namespace lianfang::crypto {

// Verifies the signatures of ledger checkpoints. Copies share the key; safe from any thread.
class Ed25519PublicKey {
 public:
  static constexpr size_t kBytes = 32;

  // INVALID_ARGUMENT unless `bytes` is the 32-byte form of RFC 8032.
  static absl::StatusOr<Ed25519PublicKey> FromBytes(absl::string_view bytes);

  // The 32 bytes.
  const std::string& bytes() const { return bytes_; }

  // Whether `signature` (64 bytes) is this key's over exactly `message`.
  [[nodiscard]] bool Verify(absl::string_view message, absl::string_view signature) const;

 private:
  Ed25519PublicKey(SharedKey key, std::string bytes)
      : key_(std::move(key)), bytes_(std::move(bytes)) {}

  SharedKey key_;
  std::string bytes_;
};

// Signs the checkpoints of one ledger. Copies share the key; safe from any thread.
class Ed25519PrivateKey {
 public:
  static constexpr size_t kSeedBytes = 32;
  static constexpr size_t kSignatureBytes = 64;

  // Fails as `random` does.
  static absl::StatusOr<Ed25519PrivateKey> Generate(RandomSource& random = SystemRandom());

  // INVALID_ARGUMENT unless `seed` is 32 bytes long.
  static absl::StatusOr<Ed25519PrivateKey> FromSeed(absl::string_view seed);

  // The key in the PKCS#8 PEM file `path`, made on the first call; see LoadOrCreateKeyFile for the
  // rules of such a file. INVALID_ARGUMENT where the file holds a key of another kind.
  static absl::StatusOr<Ed25519PrivateKey> LoadOrCreate(const std::string& path,
                                                        RandomSource& random = SystemRandom());

  // The 64 bytes of the signature; the same for the same message. INTERNAL where the library fails.
  absl::StatusOr<std::string> Sign(absl::string_view message) const;

  const Ed25519PublicKey& public_key() const { return public_key_; }

 private:
  Ed25519PrivateKey(SharedKey key, Ed25519PublicKey public_key)
      : key_(std::move(key)), public_key_(std::move(public_key)) {}

  static absl::StatusOr<Ed25519PrivateKey> Wrap(SharedKey key);

  SharedKey key_;
  Ed25519PublicKey public_key_;
};

}  // namespace lianfang::crypto
