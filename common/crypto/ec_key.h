#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/key_file.h"
#include "common/crypto/random.h"

namespace lianfang::crypto {

// A P-256 key, which signs login tokens (ES256). Copies share the key; safe from any thread.
class EcPrivateKey {
 public:
  // Drawn from the crypto library's own generator, which offers no other source for such keys.
  static absl::StatusOr<EcPrivateKey> Generate();

  // The key in the PKCS#8 PEM file `path`, made on the first call; see LoadOrCreateKeyFile for the
  // rules of such a file. INVALID_ARGUMENT where the file holds a key of another kind or curve.
  // `random` names the temporary file.
  static absl::StatusOr<EcPrivateKey> LoadOrCreate(const std::string& path,
                                                   RandomSource& random = SystemRandom());

  // The public half, to be handed to whoever verifies: PEM, SubjectPublicKeyInfo.
  absl::StatusOr<std::string> PublicPem() const { return PublicKeyToPem(key_); }

  // The secret itself, for the token library only. The caller wipes it (OPENSSL_cleanse) after use.
  absl::StatusOr<std::string> PrivatePem() const { return PrivateKeyToPem(key_); }

 private:
  explicit EcPrivateKey(SharedKey key) : key_(std::move(key)) {}

  SharedKey key_;
};

// OK where `pem` is the public half of a P-256 key, INVALID_ARGUMENT for anything else.
absl::Status CheckPublicPem(absl::string_view pem);

// The content of the file `path`, which CheckPublicPem accepts. NOT_FOUND where there is none.
// Anyone may read such a file.
absl::StatusOr<std::string> LoadPublicPem(const std::string& path);

}  // namespace lianfang::crypto
