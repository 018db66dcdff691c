#include "common/crypto/ed25519.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/openssl_pieces.h"
#include "common/crypto/raw_bytes.h"

namespace lianfang::crypto {

absl::StatusOr<Ed25519PublicKey> Ed25519PublicKey::FromBytes(absl::string_view bytes) {
  if (bytes.size() != kBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("an Ed25519 public key is 32 bytes long, not ", bytes.size()));
  }
  SharedKey key =
      AdoptKey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(bytes), bytes.size()));
  if (key == nullptr) {
    ERR_clear_error();
    return absl::InvalidArgumentError("the bytes are no Ed25519 public key");
  }
  return Ed25519PublicKey(std::move(key), std::string(bytes));
}

bool Ed25519PublicKey::Verify(absl::string_view message, absl::string_view signature) const {
  if (signature.size() != Ed25519PrivateKey::kSignatureBytes) return false;
  const DigestContextPtr context(EVP_MD_CTX_new());
  const bool valid =
      context != nullptr &&
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
      EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message),
                       message.size()) == 1;
  if (!valid) ERR_clear_error();
  return valid;
}

absl::StatusOr<Ed25519PrivateKey> Ed25519PrivateKey::Wrap(SharedKey key) {
  std::array<unsigned char, Ed25519PublicKey::kBytes> raw;
  size_t length = raw.size();
  if (EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &length) != 1) {
    ERR_clear_error();
    return absl::InternalError("an Ed25519 key gives no public half");
  }
  absl::StatusOr<Ed25519PublicKey> public_key = Ed25519PublicKey::FromBytes(
      absl::string_view(reinterpret_cast<const char*>(raw.data()), length));
  if (!public_key.ok()) return public_key.status();
  return Ed25519PrivateKey(std::move(key), *std::move(public_key));
}

absl::StatusOr<Ed25519PrivateKey> Ed25519PrivateKey::FromSeed(absl::string_view seed) {
  if (seed.size() != kSeedBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("an Ed25519 seed is 32 bytes long, not ", seed.size()));
  }
  SharedKey key =
      AdoptKey(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), seed.size()));
  if (key == nullptr) {
    ERR_clear_error();
    return absl::InternalError("an Ed25519 key could not be made");
  }
  return Wrap(std::move(key));
}

absl::StatusOr<Ed25519PrivateKey> Ed25519PrivateKey::Generate(RandomSource& random) {
  std::array<uint8_t, kSeedBytes> seed;
  if (absl::Status filled = random.Fill(seed); !filled.ok()) return filled;
  absl::StatusOr<Ed25519PrivateKey> key =
      FromSeed(absl::string_view(reinterpret_cast<const char*>(seed.data()), seed.size()));
  OPENSSL_cleanse(seed.data(), seed.size());
  return key;
}

absl::StatusOr<Ed25519PrivateKey> Ed25519PrivateKey::LoadOrCreate(const std::string& path,
                                                                  RandomSource& random) {
  absl::StatusOr<SharedKey> key = LoadOrCreateKeyFile(
      path,
      [&random]() -> absl::StatusOr<SharedKey> {
        absl::StatusOr<Ed25519PrivateKey> fresh = Generate(random);
        if (!fresh.ok()) return fresh.status();
        return fresh->key_;
      },
      random);
  if (!key.ok()) return key.status();
  if (EVP_PKEY_get_base_id(key->get()) != EVP_PKEY_ED25519) {
    return absl::InvalidArgumentError(absl::StrCat(path, " holds a key that is not Ed25519"));
  }
  return Wrap(*std::move(key));
}

absl::StatusOr<std::string> Ed25519PrivateKey::Sign(absl::string_view message) const {
  const DigestContextPtr context(EVP_MD_CTX_new());
  std::string signature(kSignatureBytes, '\0');
  size_t length = signature.size();
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                     Bytes(message), message.size()) != 1 ||
      length != kSignatureBytes) {
    ERR_clear_error();
    return absl::InternalError("an Ed25519 signature failed");
  }
  return signature;
}

}  // namespace lianfang::crypto
