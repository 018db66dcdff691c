// ID tokens of an outside issuer and the file of its keys: who is admitted is whom the issuer
// signed for this audience, and a key that is taken is one that the file holds. The first byte
// chooses what the rest of the input is.
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/auth/oidc.h"
#include "common/auth/test_issuer.h"
#include "tests/fuzz/must.h"

namespace lianfang {
namespace {

using auth::IssuerKey;
using fuzz::Must;
using fuzz::Take;
using Json = nlohmann::json;

constexpr char kIssuer[] = "https://login.example";
constexpr char kAudience[] = "lianfang";
constexpr char kSubject[] = "teacher";
constexpr char kEcHeader[] = R"({"alg":"ES256","kid":"e"})";
constexpr int kCoordinate = 32;

// A folder that goes away with the program.
struct Folder {
  std::string path = (std::filesystem::temp_directory_path() / "lf-fuzz-oidc-XXXXXX").string();
  Folder() { Must(mkdtemp(path.data()) != nullptr, "no folder"); }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

struct World {
  const absl::Time now = absl::FromUnixSeconds(1'780'000'000);
  const Folder& folder;
  const IssuerKey rsa = auth::RsaIssuerKey("r");
  const IssuerKey ec = auth::EcIssuerKey("e");
  const std::string jwks = absl::StrCat(R"({"keys":[)", rsa.jwk, ",", ec.jwk, "]}");
  const std::string claims = absl::StrCat(
      R"({"iss":")", kIssuer, R"(","aud":")", kAudience, R"(","sub":")", kSubject, R"(","iat":)",
      absl::ToUnixSeconds(now), R"(,"exp":)", absl::ToUnixSeconds(now) + 300, "}");
  // By RS256 and by ES256.
  const std::array<std::string, 2> tokens = {
      auth::SignIdToken(claims, JWT_ALG_RS256, rsa.Pem(), "r"), SignedByEc(claims)};
  std::unique_ptr<auth::OidcVerifier> verifier;

  explicit World(const Folder& own) : folder(own) {
    verifier = VerifierOf("keys.json", jwks);
    Must(verifier != nullptr, "the issuer's keys are refused");
    for (const std::string& token : tokens) {
      Must(verifier->Verify(token, now).ok(), "the token itself is refused");
    }
  }

  // Null when the file holds no key.
  std::unique_ptr<auth::OidcVerifier> VerifierOf(const char* name, absl::string_view text) const {
    const std::string path = absl::StrCat(folder.path, "/", name);
    std::FILE* file = std::fopen(path.c_str(), "wb");
    Must(file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size() &&
             std::fclose(file) == 0,
         "the file of keys cannot be written");
    auto made =
        auth::OidcVerifier::Create({.issuer = kIssuer, .audience = kAudience, .jwks_file = path});
    return made.ok() ? std::make_unique<auth::OidcVerifier>(*std::move(made)) : nullptr;
  }

  // Any bytes for claims, as the issuer would sign them.
  std::string SignedByEc(absl::string_view said) const {
    const std::string text =
        absl::StrCat(absl::WebSafeBase64Escape(kEcHeader), ".", absl::WebSafeBase64Escape(said));
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                     EVP_MD_CTX_free);
    std::array<unsigned char, 128> der{};
    size_t size = der.size();
    Must(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, ec.key.get()) == 1 &&
             EVP_DigestSign(context.get(), der.data(), &size,
                            reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1,
         "the issuer cannot sign");
    const unsigned char* at = der.data();
    const std::unique_ptr<ECDSA_SIG, void (*)(ECDSA_SIG*)> signature(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)), ECDSA_SIG_free);
    std::string raw(2 * kCoordinate, '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, kCoordinate);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kCoordinate, kCoordinate);
    return absl::StrCat(text, ".", absl::WebSafeBase64Escape(raw));
  }
};

void CheckToken(const World& world, absl::string_view token) {
  const auto subject = world.verifier->Verify(token, world.now);
  if (subject.ok()) Must(*subject == kSubject, "somebody else was admitted");
}

// Signed, whatever it says: what it says has to be right.
void CheckClaims(const World& world, absl::string_view said) {
  const auto subject = world.verifier->Verify(world.SignedByEc(said), world.now);
  if (!subject.ok()) return;
  const Json claims = Json::parse(said, nullptr, false);
  Must(claims.is_object() && claims["iss"] == kIssuer && claims["sub"] == *subject &&
           !subject->empty(),
       "claims of another issuer or of nobody were admitted");
  const Json& audience = claims["aud"];
  Must(audience == kAudience || (audience.is_array() && std::find(audience.begin(), audience.end(),
                                                                  kAudience) != audience.end()),
       "claims for another audience were admitted");
  Must(claims["exp"].is_number_integer() &&
           claims["exp"].get<int64_t>() > absl::ToUnixSeconds(world.now),
       "claims whose time is over were admitted");
}

// Whether a file of keys holds this number of the issuer's.
bool Holds(const Json& jwks, const char* name, const IssuerKey& key) {
  const auto number = [name](const Json& jwk) {
    std::string bytes;
    if (!jwk.is_object() || !jwk.contains(name) || !jwk[name].is_string() ||
        !absl::WebSafeBase64Unescape(jwk[name].get<std::string>(), &bytes)) {
      return std::string();
    }
    return bytes.substr(std::min(bytes.find_first_not_of('\0'), bytes.size()));
  };
  const std::string wanted = number(Json::parse(key.jwk));
  return jwks.is_object() && jwks.contains("keys") && jwks["keys"].is_array() &&
         std::any_of(jwks["keys"].begin(), jwks["keys"].end(),
                     [&](const Json& jwk) { return number(jwk) == wanted; });
}

void CheckKeys(const World& world, absl::string_view text) {
  const auto verifier = world.VerifierOf("tried.json", text);
  if (verifier == nullptr) return;
  const Json jwks = Json::parse(text, nullptr, false);
  const char* const names[] = {"n", "x"};
  const IssuerKey* const keys[] = {&world.rsa, &world.ec};
  for (size_t i = 0; i < world.tokens.size(); ++i) {
    const auto subject = verifier->Verify(world.tokens[i], world.now);
    if (!subject.ok()) continue;
    Must(*subject == kSubject, "somebody else was admitted");
    Must(Holds(jwks, names[i], *keys[i]), "a key that the file does not hold was taken");
  }
}

// Bytes changed where the input says.
std::string Changed(std::string text, absl::string_view bytes) {
  while (bytes.size() >= 3) {
    const size_t at = (Take(&bytes) << 8 | Take(&bytes)) % text.size();
    text[at] = static_cast<char>(Take(&bytes));
  }
  return text;
}

}  // namespace
}  // namespace lianfang

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lianfang;  // NOLINT(google-build-using-namespace)
  static const Folder folder;
  static const World* const world = new World(folder);
  absl::string_view bytes = fuzz::Bytes(data, size);
  const unsigned kind = Take(&bytes) % 8;
  const std::string& token = world->tokens[kind % 2];
  switch (kind) {
    case 0:
    case 1:
      CheckToken(*world, Changed(token, bytes));
      break;
    case 2:
    case 3: {  // a header of the input's own
      const size_t first = token.find('.');
      CheckToken(*world, absl::StrCat(absl::WebSafeBase64Escape(bytes), token.substr(first)));
      break;
    }
    case 4:
      CheckToken(*world, bytes);
      break;
    case 5:
      CheckClaims(*world, bytes);
      break;
    case 6:
      CheckKeys(*world, bytes);
      break;
    default:
      CheckKeys(*world, Changed(world->jwks, bytes));
      break;
  }
  return 0;
}
