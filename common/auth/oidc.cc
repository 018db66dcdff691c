#include "common/auth/oidc.h"

#include <jwt.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <sys/stat.h>

#include <mutex>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/auth/jwt_parts.h"
#include "common/auth/token.h"
#include "common/crypto/key_file.h"
#include "common/obs/log.h"

namespace lianfang::auth {
namespace {

using Json = nlohmann::json;

constexpr int kLeastRsaBits = 2048;
constexpr int kMostRsaBits = 8192;
constexpr size_t kMostKeys = 32;
constexpr size_t kP256Bytes = 32;

struct BuilderDeleter {
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
};
struct ParamsDeleter {
  void operator()(OSSL_PARAM* params) const { OSSL_PARAM_free(params); }
};
struct ContextDeleter {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
struct NumberDeleter {
  void operator()(BIGNUM* number) const { BN_free(number); }
};
struct JwtDeleter {
  void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};
using NumberPtr = std::unique_ptr<BIGNUM, NumberDeleter>;

// A key of the issuer's.
struct Key {
  std::string id;   // `kid`; may be empty
  std::string alg;  // that it checks, and no other
  std::string pem;
};

// A text of a JSON object; empty when it is missing or something else.
std::string TextOf(const Json& object, const char* name) {
  const auto it = object.find(name);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

NumberPtr NumberOf(const Json& object, const char* name) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(TextOf(object, name), &bytes) || bytes.empty()) return nullptr;
  return NumberPtr(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                             static_cast<int>(bytes.size()), nullptr));
}

// Makes a public key and has the library check it.
crypto::SharedKey PublicKeyOf(const char* type, OSSL_PARAM_BLD* builder) {
  const std::unique_ptr<OSSL_PARAM, ParamsDeleter> params(OSSL_PARAM_BLD_to_param(builder));
  const std::unique_ptr<EVP_PKEY_CTX, ContextDeleter> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* raw = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  crypto::SharedKey key = crypto::AdoptKey(raw);
  const std::unique_ptr<EVP_PKEY_CTX, ContextDeleter> check(
      EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (check == nullptr || EVP_PKEY_public_check(check.get()) != 1) return nullptr;
  return key;
}

crypto::SharedKey RsaKey(const Json& jwk) {
  const NumberPtr n = NumberOf(jwk, "n");
  const NumberPtr e = NumberOf(jwk, "e");
  if (n == nullptr || e == nullptr || BN_num_bits(n.get()) < kLeastRsaBits ||
      BN_num_bits(n.get()) > kMostRsaBits || BN_num_bits(e.get()) > 64) {
    return nullptr;
  }
  const std::unique_ptr<OSSL_PARAM_BLD, BuilderDeleter> builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  return PublicKeyOf("RSA", builder.get());
}

crypto::SharedKey P256Key(const Json& jwk) {
  std::string x;
  std::string y;
  if (TextOf(jwk, "crv") != "P-256" || !absl::WebSafeBase64Unescape(TextOf(jwk, "x"), &x) ||
      !absl::WebSafeBase64Unescape(TextOf(jwk, "y"), &y) || x.size() != kP256Bytes ||
      y.size() != kP256Bytes) {
    return nullptr;
  }
  const std::string point = absl::StrCat("\x04", x, y);
  const std::unique_ptr<OSSL_PARAM_BLD, BuilderDeleter> builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  return PublicKeyOf("EC", builder.get());
}

// The keys of a JWKS that are taken; the others are passed over.
absl::StatusOr<std::vector<Key>> ReadKeys(const std::string& path) {
  const absl::StatusOr<std::string> text = crypto::ReadKeyFile(path, /*secret=*/false);
  if (!text.ok()) return text.status();
  const Json parsed = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  std::vector<Key> keys;
  if (parsed.is_object() && parsed.contains("keys") && parsed["keys"].is_array()) {
    for (const Json& jwk : parsed["keys"]) {
      if (keys.size() == kMostKeys || !jwk.is_object()) continue;
      const std::string type = TextOf(jwk, "kty");
      const std::string alg = type == "RSA" ? "RS256" : type == "EC" ? "ES256" : "";
      const std::string says = TextOf(jwk, "alg");
      const std::string use = TextOf(jwk, "use");
      if (alg.empty() || (!says.empty() && says != alg) || (!use.empty() && use != "sig")) continue;
      const crypto::SharedKey key = type == "RSA" ? RsaKey(jwk) : P256Key(jwk);
      ERR_clear_error();
      if (key == nullptr) continue;
      auto pem = crypto::PublicKeyToPem(key);
      if (!pem.ok()) return pem.status();
      keys.push_back({TextOf(jwk, "kid"), alg, *std::move(pem)});
    }
  }
  if (keys.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path, " holds no RSA key of at least ",
                                                   kLeastRsaBits, " bits and no P-256 key (JWKS)"));
  }
  return keys;
}

absl::Status Refused() { return absl::UnauthenticatedError("the ID token is not accepted"); }

bool IsSigned(absl::string_view token, const Key& key) {
  jwt_t* raw = nullptr;
  const int decoded = jwt_decode(&raw, std::string(token).c_str(),
                                 reinterpret_cast<const unsigned char*>(key.pem.data()),
                                 static_cast<int>(key.pem.size()));
  const std::unique_ptr<jwt_t, JwtDeleter> jwt(raw);
  ERR_clear_error();
  const jwt_alg_t wanted = key.alg == "RS256" ? JWT_ALG_RS256 : JWT_ALG_ES256;
  return decoded == 0 && raw != nullptr && jwt_get_alg(raw) == wanted;
}

Json ObjectOf(absl::string_view part) {
  std::string text;
  if (!absl::WebSafeBase64Unescape(part, &text)) return nullptr;
  Json parsed = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return parsed.is_object() ? parsed : Json(nullptr);
}

bool IsFor(const Json& claims, const std::string& audience) {
  const auto it = claims.find("aud");
  if (it == claims.end()) return false;
  if (it->is_string()) return it->get<std::string>() == audience;
  if (!it->is_array()) return false;
  return std::any_of(it->begin(), it->end(), [&](const Json& one) {
    return one.is_string() && one.get<std::string>() == audience;
  });
}

std::optional<absl::Time> InstantOf(const Json& claims, const char* name) {
  const auto it = claims.find(name);
  if (it == claims.end() || !it->is_number_integer()) return std::nullopt;
  return absl::FromUnixSeconds(it->get<int64_t>());
}

}  // namespace

struct OidcVerifier::State {
  using Stamp = std::tuple<int64_t, int64_t, int64_t, uint64_t>;

  Options options;
  std::mutex mutex;
  Stamp stamp;            // of the file that the keys were read from; under mutex
  std::vector<Key> keys;  // under mutex

  // When the file was changed last, and which one it is.
  Stamp Look() const {
    struct stat info {};
    if (stat(options.jwks_file.c_str(), &info) != 0) return {};
    return {info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_size, info.st_ino};
  }

  std::vector<Key> Keys() {
    const std::lock_guard lock(mutex);
    const Stamp now = Look();
    if (now != stamp) {
      auto read = ReadKeys(options.jwks_file);
      stamp = now;
      if (read.ok()) {
        keys = *std::move(read);
      } else {
        // Half written or gone: what was read last holds until it can be read.
        obs::Log(obs::Level::kError, "jwks_failed", {{"error", read.status().message()}});
      }
    }
    return keys;
  }
};

absl::StatusOr<OidcVerifier> OidcVerifier::Create(Options options) {
  if (options.issuer.empty() || options.audience.empty() || options.jwks_file.empty()) {
    return absl::InvalidArgumentError("an outside issuer needs issuer, audience and jwks_file");
  }
  auto state = std::make_shared<State>();
  state->options = std::move(options);
  state->stamp = state->Look();
  auto keys = ReadKeys(state->options.jwks_file);
  if (!keys.ok()) return keys.status();
  state->keys = *std::move(keys);
  return OidcVerifier(std::move(state));
}

absl::StatusOr<std::string> OidcVerifier::Verify(absl::string_view token, absl::Time now) const {
  if (token.size() > kMaxTokenBytes) return Refused();
  const auto parts = SplitJwt(token);
  if (!parts) return Refused();
  const Json header = ObjectOf((*parts)[0]);
  if (!header.is_object()) return Refused();
  const std::string alg = TextOf(header, "alg");
  const std::string id = TextOf(header, "kid");
  const std::vector<Key> keys = state_->Keys();
  const bool is_signed = std::any_of(keys.begin(), keys.end(), [&](const Key& key) {
    // What the token says of its algorithm must be what the key is for; it chooses nothing.
    return key.alg == alg && (id.empty() || key.id == id) && IsSigned(token, key);
  });
  if (!is_signed) return Refused();
  const Json claims = ObjectOf((*parts)[1]);
  const std::string subject = claims.is_object() ? TextOf(claims, "sub") : std::string();
  if (subject.empty() || TextOf(claims, "iss") != state_->options.issuer ||
      !IsFor(claims, state_->options.audience)) {
    return Refused();
  }
  const auto expires = InstantOf(claims, "exp");
  const auto issued = InstantOf(claims, "iat");
  if (!expires || !issued || now >= *expires || *issued > now + kMaxTokenClockLead) {
    return Refused();
  }
  return subject;
}

}  // namespace lianfang::auth
