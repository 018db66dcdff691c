#include "common/auth/oidc.h"

#include <gtest/gtest.h>
#include <jwt.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/crypto/key_file.h"

namespace lianfang::auth {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1365000000);

std::string Number(const crypto::SharedKey& key, const char* name) {
  BIGNUM* raw = nullptr;
  EXPECT_EQ(EVP_PKEY_get_bn_param(key.get(), name, &raw), 1);
  std::string bytes(static_cast<size_t>(BN_num_bytes(raw)), '\0');
  BN_bn2bin(raw, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(raw);
  return bytes;
}

std::string Padded(std::string bytes, size_t size) {
  return std::string(size - bytes.size(), '\0') + bytes;
}

// An issuer's key, and how it stands in a JWKS.
struct IssuerKey {
  crypto::SharedKey key;
  std::string jwk;
  std::string Pem() const { return crypto::PrivateKeyToPem(key).value(); }
};

IssuerKey Rsa(const std::string& id, unsigned int bits = 2048) {
  IssuerKey made{crypto::AdoptKey(EVP_RSA_gen(bits)), ""};
  made.jwk =
      absl::StrCat(R"({"kty":"RSA","use":"sig","kid":")", id, R"(","n":")",
                   absl::WebSafeBase64Escape(Number(made.key, OSSL_PKEY_PARAM_RSA_N)), R"(","e":")",
                   absl::WebSafeBase64Escape(Number(made.key, OSSL_PKEY_PARAM_RSA_E)), "\"}");
  return made;
}

IssuerKey Ec(const std::string& id, const char* curve = "P-256") {
  IssuerKey made{crypto::AdoptKey(EVP_EC_gen(curve)), ""};
  const size_t size = std::string(curve) == "P-256" ? 32 : 48;
  made.jwk = absl::StrCat(
      R"({"kty":"EC","alg":"ES256","crv":")", curve, R"(","kid":")", id, R"(","x":")",
      absl::WebSafeBase64Escape(Padded(Number(made.key, OSSL_PKEY_PARAM_EC_PUB_X), size)),
      R"(","y":")",
      absl::WebSafeBase64Escape(Padded(Number(made.key, OSSL_PKEY_PARAM_EC_PUB_Y), size)), "\"}");
  return made;
}

constexpr char kClaims[] =
    R"({"iss":"https://id.example","sub":"t-17","aud":"lianfang","iat":1364999990,)"
    R"("exp":1365000300})";

std::string Sign(const std::string& claims, jwt_alg_t alg, const std::string& key,
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

class OidcTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "lianfang-oidc-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Publish(const std::vector<std::string>& jwks) {
    // As issuers do: a new file in the old one's place.
    std::string keys;
    for (const std::string& jwk : jwks) absl::StrAppend(&keys, keys.empty() ? "" : ",", jwk);
    std::ofstream(Path() + ".new") << "{\"keys\":[" << keys << "]}\n";
    std::filesystem::rename(Path() + ".new", Path());
  }
  std::string Path() const { return folder_ + "/jwks.json"; }
  absl::StatusOr<OidcVerifier> Create() const {
    return OidcVerifier::Create(
        {.issuer = "https://id.example", .audience = "lianfang", .jwks_file = Path()});
  }

  std::string folder_;
};

TEST_F(OidcTest, TakesWhatTheIssuerSignedForUs) {
  const IssuerKey rsa = Rsa("r");
  const IssuerKey ec = Ec("e");
  Publish({rsa.jwk, ec.jwk});
  const OidcVerifier verifier = Create().value();
  for (const std::string& token :
       {Sign(kClaims, JWT_ALG_RS256, rsa.Pem()), Sign(kClaims, JWT_ALG_RS256, rsa.Pem(), "r"),
        Sign(kClaims, JWT_ALG_ES256, ec.Pem(), "e")}) {
    const auto subject = verifier.Verify(token, kNow);
    ASSERT_TRUE(subject.ok()) << subject.status();
    EXPECT_EQ(*subject, "t-17");
  }
  const std::string several =
      absl::StrReplaceAll(kClaims, {{R"("aud":"lianfang")", R"("aud":["other","lianfang"])"}});
  EXPECT_TRUE(verifier.Verify(Sign(several, JWT_ALG_ES256, ec.Pem()), kNow).ok());
}

TEST_F(OidcTest, RefusesOtherClaims) {
  const IssuerKey ec = Ec("e");
  Publish({ec.jwk});
  const OidcVerifier verifier = Create().value();
  const struct {
    const char* from;
    const char* to;
  } cases[] = {{"https://id.example", "https://id.example.org"},
               {R"("iss":"https://id.example",)", ""},
               {R"("aud":"lianfang")", R"("aud":"another")"},
               {R"("aud":"lianfang")", R"("aud":["another"])"},
               {R"("aud":"lianfang")", R"("aud":{"lianfang":1})"},
               {R"("aud":"lianfang",)", ""},
               {R"("sub":"t-17",)", ""},
               {R"("sub":"t-17")", R"("sub":"")"},
               {R"("sub":"t-17")", R"("sub":17)"},
               {R"("exp":1365000300)", R"("exp":1365000000)"},
               {R"("exp":1365000300)", R"("exp":"1365000300")"},
               {R"(,"exp":1365000300)", ""},
               {R"("iat":1364999990)", R"("iat":1365000061)"},
               {R"("iat":1364999990,)", ""}};
  for (const auto& one : cases) {
    const std::string claims = absl::StrReplaceAll(kClaims, {{one.from, one.to}});
    ASSERT_NE(claims, kClaims) << one.from;
    EXPECT_FALSE(verifier.Verify(Sign(claims, JWT_ALG_ES256, ec.Pem()), kNow).ok()) << claims;
  }
  EXPECT_FALSE(
      verifier.Verify(Sign(kClaims, JWT_ALG_ES256, ec.Pem()), kNow + absl::Minutes(5)).ok());
}

TEST_F(OidcTest, RefusesOtherKeysAndAlgorithms) {
  const IssuerKey rsa = Rsa("r");
  const IssuerKey ec = Ec("e");
  Publish({rsa.jwk, ec.jwk});
  const OidcVerifier verifier = Create().value();
  const std::string rsa_public = crypto::PublicKeyToPem(rsa.key).value();
  const std::string ec_public = crypto::PublicKeyToPem(ec.key).value();
  for (const std::string& token :
       {Sign(kClaims, JWT_ALG_ES256, Ec("e").Pem(), "e"),
        Sign(kClaims, JWT_ALG_RS256, Rsa("r").Pem()), Sign(kClaims, JWT_ALG_NONE, ""),
        // The public key as a shared secret: everybody has it.
        Sign(kClaims, JWT_ALG_HS256, rsa_public), Sign(kClaims, JWT_ALG_HS256, ec_public),
        Sign(kClaims, JWT_ALG_RS512, rsa.Pem()), Sign(kClaims, JWT_ALG_RS384, rsa.Pem(), "r"),
        // Of a key that the issuer does not name so.
        Sign(kClaims, JWT_ALG_ES256, ec.Pem(), "r"), Sign(kClaims, JWT_ALG_ES256, ec.Pem(), "x")}) {
    EXPECT_FALSE(verifier.Verify(token, kNow).ok()) << token;
  }
}

TEST_F(OidcTest, EveryFlippedBitIsRefused) {
  const IssuerKey ec = Ec("e");
  Publish({ec.jwk});
  const OidcVerifier verifier = Create().value();
  const std::string token = Sign(kClaims, JWT_ALG_ES256, ec.Pem());
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(verifier.Verify(changed, kNow).ok()) << i;
  }
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  for (const char* header :
       {R"({"alg":"none"})", R"({"alg":"HS256"})", R"({"alg":["ES256"]})", "x"}) {
    EXPECT_FALSE(
        verifier
            .Verify(absl::StrCat(absl::WebSafeBase64Escape(header), ".", parts[1], ".", parts[2]),
                    kNow)
            .ok());
  }
  for (const std::string& text : {std::string(), std::string(".."), std::string("a.b.c"),
                                  parts[0] + "." + parts[1] + ".", std::string(9000, 'a')}) {
    EXPECT_FALSE(verifier.Verify(text, kNow).ok());
  }
}

TEST_F(OidcTest, ReadsTheFileAgainWhenItChanges) {
  const IssuerKey first = Ec("1");
  const IssuerKey second = Ec("2");
  Publish({first.jwk});
  const OidcVerifier verifier = Create().value();
  const std::string with_first = Sign(kClaims, JWT_ALG_ES256, first.Pem());
  const std::string with_second = Sign(kClaims, JWT_ALG_ES256, second.Pem());
  EXPECT_TRUE(verifier.Verify(with_first, kNow).ok());
  EXPECT_FALSE(verifier.Verify(with_second, kNow).ok());
  Publish({second.jwk});
  EXPECT_FALSE(verifier.Verify(with_first, kNow).ok());
  EXPECT_TRUE(verifier.Verify(with_second, kNow).ok());
  // What cannot be read changes nothing.
  std::ofstream(Path()) << "{";
  EXPECT_TRUE(verifier.Verify(with_second, kNow).ok());
}

TEST_F(OidcTest, TakesNoWeakOrUnknownKeys) {
  const std::string off_curve = absl::StrCat(
      R"({"kty":"EC","crv":"P-256","x":")", absl::WebSafeBase64Escape(std::string(32, 'a')),
      R"(","y":")", absl::WebSafeBase64Escape(std::string(32, 'b')), "\"}");
  for (const std::string& jwk :
       {Rsa("r", 1024).jwk, Ec("e", "P-384").jwk, off_curve,
        std::string(R"({"kty":"oct","k":"c2VjcmV0"})"), std::string(R"({"kty":"RSA"})"),
        std::string("7"), std::string("null"),
        absl::StrReplaceAll(Rsa("r").jwk, {{R"("use":"sig")", R"("use":"enc")"}}),
        absl::StrReplaceAll(Ec("e").jwk, {{R"("alg":"ES256")", R"("alg":"HS256")"}})}) {
    Publish({jwk});
    EXPECT_EQ(Create().status().code(), absl::StatusCode::kInvalidArgument) << jwk;
  }
  std::filesystem::remove(Path());
  EXPECT_FALSE(Create().ok());
  EXPECT_FALSE(OidcVerifier::Create({.issuer = "", .audience = "a", .jwks_file = Path()}).ok());
}

}  // namespace
}  // namespace lianfang::auth
