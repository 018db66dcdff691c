#include "common/auth/oidc.h"

#include <gtest/gtest.h>
#include <jwt.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/auth/test_issuer.h"
#include "common/crypto/key_file.h"

namespace lianfang::auth {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1365000000);

constexpr char kClaims[] =
    R"({"iss":"https://id.example","sub":"t-17","aud":"lianfang","iat":1364999990,)"
    R"("exp":1365000300})";

class OidcTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "lianfang-oidc-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Publish(const std::vector<std::string>& jwks) { PublishJwks(Path(), jwks); }
  std::string Path() const { return folder_ + "/jwks.json"; }
  absl::StatusOr<OidcVerifier> Create() const {
    return OidcVerifier::Create(
        {.issuer = "https://id.example", .audience = "lianfang", .jwks_file = Path()});
  }

  std::string folder_;
};

TEST_F(OidcTest, TakesWhatTheIssuerSignedForUs) {
  const IssuerKey rsa = RsaIssuerKey("r");
  const IssuerKey ec = EcIssuerKey("e");
  Publish({rsa.jwk, ec.jwk});
  const OidcVerifier verifier = Create().value();
  for (const std::string& token : {SignIdToken(kClaims, JWT_ALG_RS256, rsa.Pem()),
                                   SignIdToken(kClaims, JWT_ALG_RS256, rsa.Pem(), "r"),
                                   SignIdToken(kClaims, JWT_ALG_ES256, ec.Pem(), "e")}) {
    const auto subject = verifier.Verify(token, kNow);
    ASSERT_TRUE(subject.ok()) << subject.status();
    EXPECT_EQ(*subject, "t-17");
  }
  const std::string several =
      absl::StrReplaceAll(kClaims, {{R"("aud":"lianfang")", R"("aud":["other","lianfang"])"}});
  EXPECT_TRUE(verifier.Verify(SignIdToken(several, JWT_ALG_ES256, ec.Pem()), kNow).ok());
}

TEST_F(OidcTest, RefusesOtherClaims) {
  const IssuerKey ec = EcIssuerKey("e");
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
    EXPECT_FALSE(verifier.Verify(SignIdToken(claims, JWT_ALG_ES256, ec.Pem()), kNow).ok())
        << claims;
  }
  EXPECT_FALSE(
      verifier.Verify(SignIdToken(kClaims, JWT_ALG_ES256, ec.Pem()), kNow + absl::Minutes(5)).ok());
}

TEST_F(OidcTest, RefusesOtherKeysAndAlgorithms) {
  const IssuerKey rsa = RsaIssuerKey("r");
  const IssuerKey ec = EcIssuerKey("e");
  Publish({rsa.jwk, ec.jwk});
  const OidcVerifier verifier = Create().value();
  const std::string rsa_public = crypto::PublicKeyToPem(rsa.key).value();
  const std::string ec_public = crypto::PublicKeyToPem(ec.key).value();
  for (const std::string& token : {SignIdToken(kClaims, JWT_ALG_ES256, EcIssuerKey("e").Pem(), "e"),
                                   SignIdToken(kClaims, JWT_ALG_RS256, RsaIssuerKey("r").Pem()),
                                   SignIdToken(kClaims, JWT_ALG_NONE, ""),
                                   // The public key as a shared secret: everybody has it.
                                   SignIdToken(kClaims, JWT_ALG_HS256, rsa_public),
                                   SignIdToken(kClaims, JWT_ALG_HS256, ec_public),
                                   SignIdToken(kClaims, JWT_ALG_RS512, rsa.Pem()),
                                   SignIdToken(kClaims, JWT_ALG_RS384, rsa.Pem(), "r"),
                                   // Of a key that the issuer does not name so.
                                   SignIdToken(kClaims, JWT_ALG_ES256, ec.Pem(), "r"),
                                   SignIdToken(kClaims, JWT_ALG_ES256, ec.Pem(), "x")}) {
    EXPECT_FALSE(verifier.Verify(token, kNow).ok()) << token;
  }
}

TEST_F(OidcTest, EveryFlippedBitIsRefused) {
  const IssuerKey ec = EcIssuerKey("e");
  Publish({ec.jwk});
  const OidcVerifier verifier = Create().value();
  const std::string token = SignIdToken(kClaims, JWT_ALG_ES256, ec.Pem());
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
  const IssuerKey first = EcIssuerKey("1");
  const IssuerKey second = EcIssuerKey("2");
  Publish({first.jwk});
  const OidcVerifier verifier = Create().value();
  const std::string with_first = SignIdToken(kClaims, JWT_ALG_ES256, first.Pem());
  const std::string with_second = SignIdToken(kClaims, JWT_ALG_ES256, second.Pem());
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
       {RsaIssuerKey("r", 1024).jwk, EcIssuerKey("e", "P-384").jwk, off_curve,
        std::string(R"({"kty":"oct","k":"c2VjcmV0"})"), std::string(R"({"kty":"RSA"})"),
        std::string("7"), std::string("null"),
        absl::StrReplaceAll(RsaIssuerKey("r").jwk, {{R"("use":"sig")", R"("use":"enc")"}}),
        absl::StrReplaceAll(EcIssuerKey("e").jwk, {{R"("alg":"ES256")", R"("alg":"HS256")"}})}) {
    Publish({jwk});
    EXPECT_EQ(Create().status().code(), absl::StatusCode::kInvalidArgument) << jwk;
  }
  std::filesystem::remove(Path());
  EXPECT_FALSE(Create().ok());
  EXPECT_FALSE(OidcVerifier::Create({.issuer = "", .audience = "a", .jwks_file = Path()}).ok());
}

}  // namespace
}  // namespace lianfang::auth
