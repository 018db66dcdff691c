#include "common/auth/token.h"

#include <gtest/gtest.h>
#include <jwt.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace lianfang::auth {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1365000000);

Claims Sample() {
  return {.subject = "users/dean",
          .units = {"fz-exp", "gulou"},
          .roles = {"ROLE_FILLER", "教导处主任"},
          .id = "t-1",
          .issued_at = kNow,
          .expires_at = kNow + absl::Minutes(15)};
}

class TokenTest : public ::testing::Test {
 protected:
  // Signs any claims, under any algorithm, as an attacker or an older program may.
  static std::string Forge(const std::string& claims, jwt_alg_t alg, const std::string& key) {
    jwt_t* raw = nullptr;
    EXPECT_EQ(jwt_new(&raw), 0);
    const std::unique_ptr<jwt_t, void (*)(jwt_t*)> jwt(raw, jwt_free);
    EXPECT_EQ(jwt_add_grants_json(raw, claims.c_str()), 0) << claims;
    EXPECT_EQ(
        jwt_set_alg(raw, alg,
                    key.empty() ? nullptr : reinterpret_cast<const unsigned char*>(key.data()),
                    static_cast<int>(key.size())),
        0);
    const std::unique_ptr<char, void (*)(void*)> text(jwt_encode_str(raw), std::free);
    EXPECT_NE(text, nullptr);
    return text == nullptr ? "" : text.get();
  }

  std::string ForgeOwn(const std::string& claims) const {
    return Forge(claims, JWT_ALG_ES256, key_.PrivatePem().value());
  }

  std::optional<TokenError> ErrorOf(absl::string_view token, absl::Time now = kNow) const {
    const absl::Status status = verifier_.Verify(token, now).status();
    EXPECT_EQ(status.code(),
              status.ok() ? absl::StatusCode::kOk : absl::StatusCode::kUnauthenticated);
    return TokenErrorOf(status);
  }

  const crypto::EcPrivateKey key_ = crypto::EcPrivateKey::Generate().value();
  const TokenSigner signer_ = TokenSigner::FromKey(key_).value();
  const TokenVerifier verifier_ = TokenVerifier::FromPublicPem(key_.PublicPem().value()).value();
};

constexpr char kGood[] =
    R"({"iss":"lianfang","sub":"s","jti":"j","iat":1365000000,"exp":1365000900,)"
    R"("units":["u"],"roles":[]})";

TEST_F(TokenTest, TheClaimsSurvive) {
  for (const bool with_lists : {true, false}) {
    Claims claims = Sample();
    if (!with_lists) claims.units = claims.roles = {};
    const auto token = signer_.Mint(claims);
    ASSERT_TRUE(token.ok()) << token.status();
    const auto verified = verifier_.Verify(*token, kNow);
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_EQ(verified->subject, claims.subject);
    EXPECT_EQ(verified->units, claims.units);
    EXPECT_EQ(verified->roles, claims.roles);
    EXPECT_EQ(verified->id, claims.id);
    EXPECT_EQ(verified->issued_at, claims.issued_at);
    EXPECT_EQ(verified->expires_at, claims.expires_at);
  }
}

TEST_F(TokenTest, TheClaimsOfASessionSurviveTogether) {
  Claims claims = Sample();
  claims.account = "units/u/accounts/dean";
  claims.session = "units/u/accounts/dean/sessions/s1";
  for (const int64_t epoch : {int64_t{0}, int64_t{1}, int64_t{1} << 40}) {
    claims.epoch = epoch;
    const auto verified = verifier_.Verify(signer_.Mint(claims).value(), kNow);
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_EQ(verified->account, claims.account);
    EXPECT_EQ(verified->session, claims.session);
    EXPECT_EQ(verified->epoch, epoch);
  }
  const auto plain = verifier_.Verify(signer_.Mint(Sample()).value(), kNow);
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->account, "");
  EXPECT_EQ(plain->session, "");
  EXPECT_EQ(plain->epoch, 0);
}

TEST_F(TokenTest, HalfOfASessionsClaimsIsNoToken) {
  const std::string all = R"(,"account":"a","session":"s","epoch":3)";
  const auto with = [this](const std::string& claims) {
    return ErrorOf(
        ForgeOwn(absl::StrReplaceAll(kGood, {{R"("roles":[])", R"("roles":[])" + claims}})));
  };
  EXPECT_EQ(with(all), std::nullopt);
  for (const char* claims :
       {R"(,"account":"a")", R"(,"session":"s")", R"(,"epoch":3)",
        R"(,"account":"a","session":"s")", R"(,"account":"a","epoch":3)",
        R"(,"session":"s","epoch":3)", R"(,"account":"","session":"s","epoch":3)",
        R"(,"account":"a","session":7,"epoch":3)", R"(,"account":"a","session":"s","epoch":"3")",
        R"(,"account":"a","session":"s","epoch":-1)", R"(,"account":"a","session":"s","epoch":1.5)",
        R"(,"account":"a","session":"s","epoch":null)"}) {
    EXPECT_EQ(with(claims), TokenError::kMalformed) << claims;
  }
  for (void (*change)(Claims&) :
       {+[](Claims& c) { c.account.clear(); }, +[](Claims& c) { c.session.clear(); },
        +[](Claims& c) { c.epoch = -1; }, +[](Claims& c) { c.session = "a\nb"; }}) {
    Claims claims = Sample();
    claims.account = "a";
    claims.session = "s";
    claims.epoch = 3;
    change(claims);
    EXPECT_EQ(signer_.Mint(claims).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(TokenTest, TimesAreJudgedWithoutTolerance) {
  Claims claims = Sample();
  const std::string token = signer_.Mint(claims).value();
  EXPECT_TRUE(verifier_.Verify(token, claims.expires_at - absl::Nanoseconds(1)).ok());
  EXPECT_EQ(ErrorOf(token, claims.expires_at), TokenError::kExpired);
  EXPECT_EQ(ErrorOf(token, absl::InfiniteFuture()), TokenError::kExpired);
  EXPECT_TRUE(verifier_.Verify(token, kNow - absl::Seconds(60)).ok());
  EXPECT_EQ(ErrorOf(token, kNow - absl::Seconds(61)), TokenError::kNotYetValid);
  EXPECT_EQ(ErrorOf(token, absl::InfinitePast()), TokenError::kNotYetValid);
}

TEST_F(TokenTest, EveryFlippedBitAndTruncationIsRefused) {
  const std::string token = signer_.Mint(Sample()).value();
  for (size_t i = 0; i < token.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = token;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      const auto error = ErrorOf(changed);
      EXPECT_TRUE(error == TokenError::kMalformed || error == TokenError::kBadSignature)
          << "byte " << i << " bit " << bit;
    }
    EXPECT_NE(ErrorOf(token.substr(0, i)), std::nullopt) << i;
  }
}

TEST_F(TokenTest, OtherSpellingsOfATokenAreRefused) {
  const std::string token = signer_.Mint(Sample()).value();
  for (const std::string& spelled :
       {token + "=", token + "\n", " " + token, token + ".", token + ".x", "Bearer " + token,
        absl::StrReplaceAll(token, {{".", "=."}}), absl::StrReplaceAll(token, {{".", ". "}}),
        absl::StrReplaceAll(token, {{".", ".."}}), token + std::string(1, '\0'),
        token + std::string("\0x", 2)}) {
    EXPECT_EQ(ErrorOf(spelled), TokenError::kMalformed) << spelled;
  }
  for (const char* text : {"", ".", "..", "...", "a.b.c", "e30.e30.e30"}) {
    EXPECT_EQ(ErrorOf(text), TokenError::kMalformed) << text;
  }
}

TEST_F(TokenTest, AnotherAlgorithmIsRefused) {
  const std::string pem = key_.PublicPem().value();
  EXPECT_EQ(ErrorOf(Forge(kGood, JWT_ALG_NONE, "")), TokenError::kMalformed);
  // The public key as a shared secret: everyone has it.
  for (const jwt_alg_t alg : {JWT_ALG_HS256, JWT_ALG_HS384, JWT_ALG_HS512}) {
    EXPECT_EQ(ErrorOf(Forge(kGood, alg, pem)), TokenError::kMalformed);
  }
}

TEST_F(TokenTest, AHeaderNeverChoosesTheCheck) {
  const std::string token = signer_.Mint(Sample()).value();
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  for (const char* header :
       {R"({"alg":"none"})", R"({"alg":"None","typ":"JWT"})", R"({"alg":"HS256","typ":"JWT"})",
        R"({"alg":"RS256","typ":"JWT"})", R"({"alg":"ES384","typ":"JWT"})",
        R"({"alg":"es256","typ":"JWT"})", R"({"typ":"JWT","alg":"ES256"})", R"({"alg":"ES256"})",
        R"({"alg":"ES256","typ":"JWT","jwk":{}})", R"({"alg":"ES256","alg":"none","typ":"JWT"})",
        R"({})", R"([])", "ES256"}) {
    const std::string head = absl::WebSafeBase64Escape(header);
    EXPECT_EQ(ErrorOf(absl::StrCat(head, ".", parts[1], ".", parts[2])), TokenError::kMalformed);
    EXPECT_EQ(ErrorOf(absl::StrCat(head, ".", parts[1], ".")), TokenError::kMalformed);
  }
}

TEST_F(TokenTest, AnotherKeyOrAnEmptySignatureIsRefused) {
  const auto other = crypto::EcPrivateKey::Generate().value();
  EXPECT_EQ(ErrorOf(Forge(kGood, JWT_ALG_ES256, other.PrivatePem().value())),
            TokenError::kBadSignature);
  const std::string token = ForgeOwn(kGood);
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  // Zeros pass the check of a library that does not refuse r = s = 0.
  for (const std::string& signature :
       {std::string(64, '\0'), std::string(64, '\xff'), std::string(63, 'a'), std::string(65, 'a'),
        std::string(1, 'a'), std::string(3000, 'a')}) {
    EXPECT_EQ(
        ErrorOf(absl::StrCat(parts[0], ".", parts[1], ".", absl::WebSafeBase64Escape(signature))),
        TokenError::kBadSignature);
  }
}

TEST_F(TokenTest, EveryClaimIsRequiredAndTyped) {
  ASSERT_EQ(ErrorOf(ForgeOwn(kGood)), std::nullopt);
  const struct {
    const char* from;
    const char* to;
  } cases[] = {
      {R"("iss":"lianfang",)", ""},
      {R"("lianfang")", R"("elsewhere")"},
      {R"("lianfang")", R"(["lianfang"])"},
      {R"("sub":"s",)", ""},
      {R"("sub":"s")", R"("sub":"")"},
      {R"("sub":"s")", R"("sub":7)"},
      {R"("sub":"s")", R"("sub":null)"},
      {R"("sub":"s")", R"("sub":"a\nb")"},
      {R"("jti":"j",)", ""},
      {R"("jti":"j")", R"("jti":{"a":1})"},
      {R"("iat":1365000000,)", ""},
      {R"("iat":1365000000)", R"("iat":"1365000000")"},
      {R"("iat":1365000000)", R"("iat":false)"},
      {R"("iat":1365000000)", R"("iat":[1365000000])"},
      {R"("iat":1365000000)", R"("iat":1.365e9)"},
      {R"("iat":1365000000)", R"("iat":-1)"},
      {R"(,"exp":1365000900)", ""},
      {R"("exp":1365000900)", R"("exp":"1365000900")"},
      {R"("exp":1365000900)", R"("exp":1365000900.5)"},
      {R"("exp":1365000900)", R"("exp":true)"},
      {R"("exp":1365000900)", R"("exp":null)"},
      {R"("exp":1365000900)", R"("exp":1365000000)"},
      {R"("exp":1365000900)", R"("exp":9223372036854775807)"},
      {R"("units":["u"],)", ""},
      {R"(["u"])", R"("u")"},
      {R"(["u"])", R"("[\"u\"]")"},
      {R"(["u"])", R"({"u":1})"},
      {R"(["u"])", R"([1])"},
      {R"(["u"])", R"(["u",1])"},
      {R"(["u"])", R"(["u",1,"v"])"},
      {R"(["u"])", R"([["u"]])"},
      {R"(["u"])", R"(["u",["v"]])"},
      {R"(["u"])", R"([""])"},
      {R"(["u"])", R"([null])"},
      {R"(["u"])", R"(["u\",\"v"])"},
      {R"(["u"])", R"(["u\\"])"},
      {R"(,"roles":[])", ""},
      {R"("roles":[])", R"("roles":null)"},
      {R"("roles":[])", R"("roles":"ROLE_FILLER")"},
  };
  for (const auto& c : cases) {
    const std::string claims = absl::StrReplaceAll(kGood, {{c.from, c.to}});
    ASSERT_NE(claims, kGood) << c.from;
    EXPECT_EQ(ErrorOf(ForgeOwn(claims)), TokenError::kMalformed) << claims;
  }
}

TEST_F(TokenTest, AnUntrustedTokenIsNotReportedAsExpired) {
  // Nothing in the claims counts before the signature does.
  const auto other = crypto::EcPrivateKey::Generate().value();
  const std::string token = Forge(kGood, JWT_ALG_ES256, other.PrivatePem().value());
  EXPECT_EQ(ErrorOf(token, kNow + absl::Hours(9)), TokenError::kBadSignature);
}

TEST_F(TokenTest, IsBounded) {
  EXPECT_EQ(ErrorOf(std::string(kMaxTokenBytes + 1, 'a')), TokenError::kMalformed);
  Claims claims = Sample();
  claims.units.assign(300, "a-unit-with-a-rather-long-name");
  EXPECT_EQ(signer_.Mint(claims).status().code(), absl::StatusCode::kInvalidArgument);
  // A token that is right in all but its length.
  const std::string unit = absl::StrCat("[\"", std::string(250, 'u'), "\"");
  std::string units = unit;
  for (int i = 0; i < 30; ++i) absl::StrAppend(&units, ",", unit.substr(1));
  const auto with_units = [&units, this] {
    return ForgeOwn(absl::StrReplaceAll(kGood, {{"[\"u\"", units}}));
  };
  EXPECT_EQ(ErrorOf(with_units()), TokenError::kMalformed);
  units.resize(units.size() / 253 / 2 * 253);
  EXPECT_EQ(ErrorOf(with_units()), std::nullopt);
  claims.units.resize(100);
  EXPECT_TRUE(verifier_.Verify(signer_.Mint(claims).value(), kNow).ok());
}

TEST_F(TokenTest, WillNotMintWhatWouldBeRefused) {
  const auto code = [this](void (*change)(Claims&)) {
    Claims claims = Sample();
    change(claims);
    return signer_.Mint(claims).status().code();
  };
  const auto bad = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(code([](Claims& c) { c.subject.clear(); }), bad);
  EXPECT_EQ(code([](Claims& c) { c.subject = "a\nb"; }), bad);
  EXPECT_EQ(code([](Claims& c) { c.subject = "\xff"; }), bad);
  EXPECT_EQ(code([](Claims& c) { c.subject = std::string("a\0b", 3); }), bad);
  EXPECT_EQ(code([](Claims& c) { c.subject.assign(257, 'a'); }), bad);
  EXPECT_EQ(code([](Claims& c) { c.id.clear(); }), bad);
  EXPECT_EQ(code([](Claims& c) { c.roles = {""}; }), bad);
  EXPECT_EQ(code([](Claims& c) { c.roles = {"a\",\"b"}; }), bad);
  EXPECT_EQ(code([](Claims& c) { c.units = {"a\\"}; }), bad);
  EXPECT_EQ(code([](Claims& c) { c.units = {"\xff"}; }), bad);
  EXPECT_EQ(code([](Claims& c) { c.expires_at = c.issued_at; }), bad);
  EXPECT_EQ(code([](Claims& c) { c.expires_at = c.issued_at + absl::Milliseconds(900); }), bad);
  EXPECT_EQ(code([](Claims& c) { c.expires_at = absl::InfiniteFuture(); }), bad);
  EXPECT_EQ(code([](Claims& c) { c.issued_at = absl::InfinitePast(); }), bad);
}

TEST_F(TokenTest, VerifiersTakeP256KeysOnly) {
  for (const std::string& pem : {std::string(), std::string("secret"), key_.PrivatePem().value()}) {
    EXPECT_EQ(TokenVerifier::FromPublicPem(pem).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(TokenTest, ThreadsShareSignerAndVerifier) {
  const std::string good = signer_.Mint(Sample()).value();
  const std::string bad = Forge(kGood, JWT_ALG_HS256, key_.PublicPem().value());
  const std::string forged =
      Forge(kGood, JWT_ALG_ES256, crypto::EcPrivateKey::Generate()->PrivatePem().value());
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&, this] {
      for (int i = 0; i < 50; ++i) {
        const auto fresh = signer_.Mint(Sample());
        count += fresh.ok() && verifier_.Verify(*fresh, kNow).ok() ? 0 : 1;
        count += verifier_.Verify(good, kNow).ok() ? 0 : 1;
        count += verifier_.Verify(bad, kNow).ok() ? 1 : 0;
        count += verifier_.Verify(forged, kNow).ok() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(TokenErrorOf, KnowsItsOwnErrorsOnly) {
  EXPECT_EQ(TokenErrorOf(absl::OkStatus()), std::nullopt);
  EXPECT_EQ(TokenErrorOf(absl::UnauthenticatedError("other")), std::nullopt);
}

}  // namespace
}  // namespace lianfang::auth
