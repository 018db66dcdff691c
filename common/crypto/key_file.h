#pragma once

#include <openssl/types.h>
#include <sys/types.h>

#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/random.h"

namespace lianfang::crypto {

// A key of the crypto library, shared by the copies of the class that wraps it. Never changed after
// it was made, so it may be used from several threads at once.
using SharedKey = std::shared_ptr<EVP_PKEY>;

// Takes ownership; null stays null.
SharedKey AdoptKey(EVP_PKEY* key);

// The key as unencrypted PKCS#8 PEM.
absl::StatusOr<std::string> PrivateKeyToPem(const SharedKey& key);

// The public half as PEM (SubjectPublicKeyInfo).
absl::StatusOr<std::string> PublicKeyToPem(const SharedKey& key);

// INVALID_ARGUMENT where `pem` holds no public key.
absl::StatusOr<SharedKey> PublicKeyFromPem(absl::string_view pem);

// Whether anyone may open a secret file who should not, seen from a process of user `reader`:
// anyone but its owner. A file of root's may also be read by its group: so Kubernetes hands secrets
// to a process that is not root, and who is root or in that group is the administrator's choice.
bool IsOpenToOthers(mode_t mode, uid_t owner, uid_t reader);

// A file of at most 16 KiB. NOT_FOUND where there is none, INVALID_ARGUMENT where it is larger or
// no regular file. With `secret`, FAILED_PRECONDITION where it IsOpenToOthers.
absl::StatusOr<std::string> ReadKeyFile(const std::string& path, bool secret);

// Writes the file, whole or not at all, with mode 0600. Where there is one already, that stays: of
// several processes that do so at once, whoever reads it afterwards reads the one that reached the
// disk.
absl::Status CreateKeyFile(const std::string& path, absl::string_view text, RandomSource& random);

// The private key in the PEM file `path`, which must not be open to others (FAILED_PRECONDITION
// otherwise: a key that others could read is not trusted, even when it still works). Where there is
// no such file, the key of `generate` is written to it first, whole or not at all, with mode 0600;
// of several processes that do so at once, all return the one key that reached the disk.
absl::StatusOr<SharedKey> LoadOrCreateKeyFile(
    const std::string& path, absl::FunctionRef<absl::StatusOr<SharedKey>()> generate,
    RandomSource& random);

}  // namespace lianfang::crypto
