// An outside issuer of identities in a test: keys, how they stand in a JWKS, and what they sign.
#pragma once

#include <gtest/gtest.h>
#include <jwt.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/key_file.h"

namespace lianfang::auth {

inline std::string KeyNumber(const crypto::SharedKey& key, const char* name) {
  BIGNUM* raw = nullptr;
  EXPECT_EQ(EVP_PKEY_get_bn_param(key.get(), name, &raw), 1);
  std::string bytes(static_cast<size_t>(BN_num_bytes(raw)), '\0');
  BN_bn2bin(raw, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(raw);
  return bytes;
}

struct IssuerKey {
  crypto::SharedKey key;
  std::string jwk;
  std::string Pem() const { return crypto::PrivateKeyToPem(key).value(); }
};

inline IssuerKey RsaIssuerKey(const std::string& id, unsigned int bits = 2048) {
  IssuerKey made{crypto::AdoptKey(EVP_RSA_gen(bits)), ""};
  made.jwk = absl::StrCat(
      R"({"kty":"RSA","use":"sig","kid":")", id, R"(","n":")",
      absl::WebSafeBase64Escape(KeyNumber(made.key, OSSL_PKEY_PARAM_RSA_N)), R"(","e":")",
      absl::WebSafeBase64Escape(KeyNumber(made.key, OSSL_PKEY_PARAM_RSA_E)), "\"}");
  return made;
}

inline IssuerKey EcIssuerKey(const std::string& id, const char* curve = "P-256") {
  IssuerKey made{crypto::AdoptKey(EVP_EC_gen(curve)), ""};
  const size_t size = std::string(curve) == "P-256" ? 32 : 48;
  const auto coordinate = [&](const char* name) {
    const std::string bytes = KeyNumber(made.key, name);
    return absl::WebSafeBase64Escape(std::string(size - bytes.size(), '\0') + bytes);
  };
  made.jwk = absl::StrCat(R"({"kty":"EC","alg":"ES256","crv":")", curve, R"(","kid":")", id,
                          R"(","x":")", coordinate(OSSL_PKEY_PARAM_EC_PUB_X), R"(","y":")",
                          coordinate(OSSL_PKEY_PARAM_EC_PUB_Y), "\"}");
  return made;
}

// Signs any claims, under any algorithm, as an attacker may.
inline std::string SignIdToken(const std::string& claims, jwt_alg_t alg, const std::string& key,
                               const std::string& id = "") {
  jwt_t* raw = nullptr;
  EXPECT_EQ(jwt_new(&raw), 0);
  const std::unique_ptr<jwt_t, void (*)(jwt_t*)> jwt(raw, jwt_free);
  EXPECT_EQ(jwt_add_grants_json(raw, claims.c_str()), 0) << claims;
  if (!id.empty()) {
    EXPECT_EQ(jwt_add_header(raw, "kid", id.c_str()), 0);
  }
  EXPECT_EQ(jwt_set_alg(raw, alg,
                        key.empty() ? nullptr : reinterpret_cast<const unsigned char*>(key.data()),
                        static_cast<int>(key.size())),
            0);
  const std::unique_ptr<char, void (*)(void*)> text(jwt_encode_str(raw), std::free);
  EXPECT_NE(text, nullptr);
  return text == nullptr ? "" : text.get();
}

// As issuers do: a new file in the old one's place.
inline void PublishJwks(const std::string& path, const std::vector<std::string>& jwks) {
  std::string keys;
  for (const std::string& jwk : jwks) absl::StrAppend(&keys, keys.empty() ? "" : ",", jwk);
  std::ofstream(path + ".new") << "{\"keys\":[" << keys << "]}\n";
  std::filesystem::rename(path + ".new", path);
}

}  // namespace lianfang::auth
