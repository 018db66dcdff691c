#include "common/crypto/ec_key.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <string>

#include "common/crypto/ed25519.h"
#include "common/crypto/key_test_util.h"

namespace lianfang::crypto {
namespace {

TEST(EcKey, AReloadedKeyHasTheSamePublicHalf) {
  const KeyDirectory dir;
  const auto created = EcPrivateKey::LoadOrCreate(dir.File("k"));
  ASSERT_TRUE(created.ok()) << created.status();
  const auto loaded = EcPrivateKey::LoadOrCreate(dir.File("k"));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(created->PublicPem().value(), loaded->PublicPem().value());
  EXPECT_NE(created->PublicPem().value(), EcPrivateKey::Generate()->PublicPem().value());
}

TEST(EcKey, APublicFileMayBeReadByAnyone) {
  const KeyDirectory dir;
  const std::string pem = EcPrivateKey::Generate()->PublicPem().value();
  WriteFile(dir.File("p"), pem, 0644);
  EXPECT_EQ(LoadPublicPem(dir.File("p")).value(), pem);
  EXPECT_EQ(LoadPublicPem(dir.File("none")).status().code(), absl::StatusCode::kNotFound);
}

TEST(EcKey, OnlyAPublicP256KeyIsAccepted) {
  const auto public_pem = [](EVP_PKEY* key) { return PublicKeyToPem(AdoptKey(key)).value(); };
  const KeyDirectory dir;
  const struct {
    const char* what;
    std::string pem;
  } cases[] = {
      {"nothing", ""},
      {"no PEM", "key"},
      {"a private key", EcPrivateKey::Generate()->PrivatePem().value()},
      {"Ed25519", public_pem(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))},
      {"P-384", public_pem(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"))},
      {"secp256k1", public_pem(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "secp256k1"))},
      {"RSA", public_pem(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048}))},
      {"too long", std::string(20000, 'x')},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(CheckPublicPem(c.pem).code(), absl::StatusCode::kInvalidArgument) << c.what;
    WriteFile(dir.File("p"), c.pem, 0644);
    EXPECT_EQ(LoadPublicPem(dir.File("p")).status().code(), absl::StatusCode::kInvalidArgument)
        << c.what;
  }
}

TEST(EcKey, RefusesAFileWithAnotherKindOfKeyOrCurve) {
  const KeyDirectory dir;
  ASSERT_TRUE(Ed25519PrivateKey::LoadOrCreate(dir.File("ed")).ok());
  const SharedKey p384 = AdoptKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"));
  WriteFile(dir.File("p384"), PrivateKeyToPem(p384).value(), 0600);
  for (const char* name : {"ed", "p384"}) {
    EXPECT_EQ(EcPrivateKey::LoadOrCreate(dir.File(name)).status().code(),
              absl::StatusCode::kInvalidArgument)
        << name;
  }
}

}  // namespace
}  // namespace lianfang::crypto
