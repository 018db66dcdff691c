#include "common/crypto/ec_key.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include <array>

#include "absl/strings/str_cat.h"

namespace lianfang::crypto {
namespace {

bool IsP256(const SharedKey& key) {
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_EC) return false;
  std::array<char, 64> name;
  size_t length = 0;
  if (EVP_PKEY_get_group_name(key.get(), name.data(), name.size(), &length) != 1) {
    ERR_clear_error();
    return false;
  }
  return absl::string_view(name.data(), length) == SN_X9_62_prime256v1;
}

absl::StatusOr<SharedKey> GenerateP256() {
  SharedKey key = AdoptKey(EVP_EC_gen(SN_X9_62_prime256v1));
  if (key == nullptr) {
    ERR_clear_error();
    return absl::UnavailableError("a P-256 key could not be generated");
  }
  return key;
}

}  // namespace

absl::StatusOr<EcPrivateKey> EcPrivateKey::Generate() {
  absl::StatusOr<SharedKey> key = GenerateP256();
  if (!key.ok()) return key.status();
  return EcPrivateKey(*std::move(key));
}

absl::StatusOr<EcPrivateKey> EcPrivateKey::LoadOrCreate(const std::string& path,
                                                        RandomSource& random) {
  absl::StatusOr<SharedKey> key = LoadOrCreateKeyFile(path, GenerateP256, random);
  if (!key.ok()) return key.status();
  if (!IsP256(*key)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " holds a key that is not P-256"));
  }
  return EcPrivateKey(*std::move(key));
}

absl::Status CheckPublicPem(absl::string_view pem) {
  absl::StatusOr<SharedKey> key = PublicKeyFromPem(pem);
  if (!key.ok()) return key.status();
  return IsP256(*key) ? absl::OkStatus()
                      : absl::InvalidArgumentError("the public key is not a P-256 key");
}

absl::StatusOr<std::string> LoadPublicPem(const std::string& path) {
  absl::StatusOr<std::string> pem = ReadKeyFile(path, /*secret=*/false);
  if (!pem.ok()) return pem;
  if (absl::Status checked = CheckPublicPem(*pem); !checked.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", checked.message()));
  }
  return pem;
}

}  // namespace lianfang::crypto
