#include "common/auth/token.h"

#include <jwt.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/auth/jwt_parts.h"

namespace lianfang::auth {
namespace {

constexpr char kErrorUrl[] = "lianfang/token-error";
constexpr char kIssuer[] = "lianfang";
constexpr char kUnits[] = "units";
constexpr char kRoles[] = "roles";
constexpr char kAccount[] = "account";
constexpr char kSession[] = "session";
constexpr char kEpoch[] = "epoch";
constexpr size_t kMaxTextBytes = 256;
constexpr int64_t kMaxUnixSeconds = 253402300799;  // The end of the year 9999.

// The one header that is accepted, byte for byte. A token never chooses how it is checked: the
// header is compared before the key is touched, so "none" and the algorithms that would take the
// public key for a shared secret cannot be asked for.
constexpr char kHeader[] = R"({"alg":"ES256","typ":"JWT"})";

struct JwtDeleter {
  void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};
using JwtPtr = std::unique_ptr<jwt_t, JwtDeleter>;

struct CStringDeleter {
  void operator()(char* text) const { std::free(text); }
};
using CStringPtr = std::unique_ptr<char, CStringDeleter>;

absl::Status Refuse(TokenError error, absl::string_view why) {
  absl::Status status = absl::UnauthenticatedError(why);
  status.SetPayload(kErrorUrl, absl::Cord(absl::StrCat(static_cast<int>(error))));
  return status;
}

absl::Status Malformed() { return Refuse(TokenError::kMalformed, "the token is malformed"); }

// The texts are kept to what JSON writes as it is, so that a list of them needs no JSON parser.
bool IsPlainText(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxTextBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte >= 0x20 && byte != 0x7F && c != '"' && c != '\\';
         });
}

std::string ToJsonArray(const std::vector<std::string>& texts) {
  std::string json = "[";
  for (const std::string& text : texts) {
    absl::StrAppend(&json, json.size() > 1 ? ",\"" : "\"", text, "\"");
  }
  return json + "]";
}

// Reads what ToJsonArray writes; false for any other JSON.
bool FromJsonArray(absl::string_view json, std::vector<std::string>& texts) {
  if (json == "[]") return true;
  if (!absl::ConsumePrefix(&json, "[\"") || !absl::ConsumeSuffix(&json, "\"]")) return false;
  for (const absl::string_view text : absl::StrSplit(json, "\",\"")) {
    if (!IsPlainText(text)) return false;
    texts.emplace_back(text);
  }
  return true;
}

bool ReadText(jwt_t* jwt, const char* name, std::string& out) {
  const char* text = jwt_get_grant(jwt, name);
  if (text == nullptr) return false;  // Absent, or of another type.
  out = text;
  return IsPlainText(out);
}

// A whole number from 0 on.
bool ReadNumber(jwt_t* jwt, const char* name, int64_t& out) {
  // Read as JSON text: the library's own integer getter takes a string for the number 0.
  const CStringPtr json(jwt_get_grants_json(jwt, name));
  return json != nullptr && absl::SimpleAtoi(json.get(), &out) && absl::StrCat(out) == json.get() &&
         out >= 0;
}

bool ReadTime(jwt_t* jwt, const char* name, absl::Time& out) {
  int64_t seconds = 0;
  if (!ReadNumber(jwt, name, seconds) || seconds > kMaxUnixSeconds) return false;
  out = absl::FromUnixSeconds(seconds);
  return true;
}

bool IsThere(jwt_t* jwt, const char* name) {
  return CStringPtr(jwt_get_grants_json(jwt, name)) != nullptr;
}

// All of a session's claims, or none: half of them would be a token that nobody can call back.
bool ReadSession(jwt_t* jwt, Claims& claims) {
  if (!IsThere(jwt, kAccount) && !IsThere(jwt, kSession) && !IsThere(jwt, kEpoch)) return true;
  return ReadText(jwt, kAccount, claims.account) && ReadText(jwt, kSession, claims.session) &&
         ReadNumber(jwt, kEpoch, claims.epoch);
}

bool ReadTexts(jwt_t* jwt, const char* name, std::vector<std::string>& out) {
  const CStringPtr json(jwt_get_grants_json(jwt, name));
  return json != nullptr && FromJsonArray(json.get(), out);
}

absl::Status CheckClaims(const Claims& claims) {
  const auto all_plain = [](const std::vector<std::string>& texts) {
    return std::all_of(texts.begin(), texts.end(), IsPlainText);
  };
  if (!IsPlainText(claims.subject) || !IsPlainText(claims.id) || !all_plain(claims.units) ||
      !all_plain(claims.roles)) {
    return absl::InvalidArgumentError("a token cannot carry an empty, long or unprintable text");
  }
  const bool of_session = !claims.account.empty() || !claims.session.empty() || claims.epoch != 0;
  if (of_session &&
      (!IsPlainText(claims.account) || !IsPlainText(claims.session) || claims.epoch < 0)) {
    return absl::InvalidArgumentError("a session's token names its account, session and epoch");
  }
  const int64_t issued = absl::ToUnixSeconds(claims.issued_at);
  const int64_t expires = absl::ToUnixSeconds(claims.expires_at);
  if (issued < 0 || expires <= issued || expires > kMaxUnixSeconds) {
    return absl::InvalidArgumentError("a token must expire at least a second after it was issued");
  }
  return absl::OkStatus();
}

}  // namespace

std::optional<TokenError> TokenErrorOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kErrorUrl);
  if (!payload.has_value()) return std::nullopt;
  for (const TokenError error : {TokenError::kMalformed, TokenError::kBadSignature,
                                 TokenError::kExpired, TokenError::kNotYetValid}) {
    if (*payload == absl::StrCat(static_cast<int>(error))) return error;
  }
  return std::nullopt;
}

absl::StatusOr<TokenSigner> TokenSigner::FromKey(const crypto::EcPrivateKey& key) {
  absl::StatusOr<std::string> pem = key.PrivatePem();
  if (!pem.ok()) return pem.status();
  auto* const owned = new std::string(*pem);
  OPENSSL_cleanse(pem->data(), pem->size());
  return TokenSigner(std::shared_ptr<const std::string>(owned, [owned](const std::string*) {
    OPENSSL_cleanse(owned->data(), owned->size());
    delete owned;
  }));
}

absl::StatusOr<std::string> TokenSigner::Mint(const Claims& claims) const {
  if (absl::Status checked = CheckClaims(claims); !checked.ok()) return checked;
  jwt_t* raw = nullptr;
  if (jwt_new(&raw) != 0) return absl::ResourceExhaustedError("no memory for a token");
  const JwtPtr jwt(raw);
  const std::string lists = absl::StrCat("{\"", kUnits, "\":", ToJsonArray(claims.units), ",\"",
                                         kRoles, "\":", ToJsonArray(claims.roles), "}");
  if (jwt_add_grant(raw, "iss", kIssuer) != 0 ||
      jwt_add_grant(raw, "sub", claims.subject.c_str()) != 0 ||
      jwt_add_grant(raw, "jti", claims.id.c_str()) != 0 ||
      jwt_add_grant_int(raw, "iat", absl::ToUnixSeconds(claims.issued_at)) != 0 ||
      jwt_add_grant_int(raw, "exp", absl::ToUnixSeconds(claims.expires_at)) != 0 ||
      jwt_add_grants_json(raw, lists.c_str()) != 0 ||
      (!claims.session.empty() && (jwt_add_grant(raw, kAccount, claims.account.c_str()) != 0 ||
                                   jwt_add_grant(raw, kSession, claims.session.c_str()) != 0 ||
                                   jwt_add_grant_int(raw, kEpoch, claims.epoch) != 0))) {
    return absl::InvalidArgumentError("a token's text is not UTF-8");
  }
  if (jwt_set_alg(raw, JWT_ALG_ES256, reinterpret_cast<const unsigned char*>(private_pem_->data()),
                  static_cast<int>(private_pem_->size())) != 0) {
    return absl::InternalError("a token could not be given its key");
  }
  const CStringPtr encoded(jwt_encode_str(raw));
  if (encoded == nullptr) {
    ERR_clear_error();
    return absl::InternalError("a token could not be signed");
  }
  std::string token(encoded.get());
  // Whatever the library writes must be what the verifier, elsewhere, insists on.
  if (!absl::StartsWith(token, absl::StrCat(absl::WebSafeBase64Escape(kHeader), "."))) {
    return absl::InternalError("the token library wrote an unexpected header");
  }
  if (token.size() > kMaxTokenBytes) {
    return absl::InvalidArgumentError("the claims are too many for a token");
  }
  return token;
}

absl::StatusOr<TokenVerifier> TokenVerifier::FromPublicPem(absl::string_view pem) {
  if (absl::Status checked = crypto::CheckPublicPem(pem); !checked.ok()) return checked;
  return TokenVerifier(std::string(pem));
}

absl::StatusOr<Claims> TokenVerifier::Verify(absl::string_view token, absl::Time now) const {
  if (token.size() > kMaxTokenBytes) return Malformed();
  const auto parts = SplitJwt(token);
  if (!parts) return Malformed();
  if ((*parts)[0] != absl::WebSafeBase64Escape(kHeader)) {
    return Refuse(TokenError::kMalformed, "the token's algorithm is not accepted");
  }
  jwt_t* raw = nullptr;
  const int decoded = jwt_decode(&raw, std::string(token).c_str(),
                                 reinterpret_cast<const unsigned char*>(public_pem_.data()),
                                 static_cast<int>(public_pem_.size()));
  const JwtPtr jwt(raw);
  if (decoded != 0 || raw == nullptr || jwt_get_alg(raw) != JWT_ALG_ES256) {
    ERR_clear_error();
    return Refuse(TokenError::kBadSignature, "the token's signature is invalid");
  }

  Claims claims;
  std::string issuer;
  if (!ReadText(raw, "iss", issuer) || issuer != kIssuer || !ReadText(raw, "sub", claims.subject) ||
      !ReadText(raw, "jti", claims.id) || !ReadTime(raw, "iat", claims.issued_at) ||
      !ReadTime(raw, "exp", claims.expires_at) || !ReadTexts(raw, kUnits, claims.units) ||
      !ReadTexts(raw, kRoles, claims.roles) || !ReadSession(raw, claims) ||
      claims.expires_at <= claims.issued_at) {
    return Malformed();
  }
  if (now >= claims.expires_at) return Refuse(TokenError::kExpired, "the token has expired");
  if (claims.issued_at > now + kMaxTokenClockLead) {
    return Refuse(TokenError::kNotYetValid, "the token is not valid yet");
  }
  return claims;
}

}  // namespace lianfang::auth
