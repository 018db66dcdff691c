// Tokens: what is admitted says what was signed. The first byte chooses between the bytes as they
// are and changes of a token that the key did sign.
#include "absl/strings/str_cat.h"
#include "common/auth/token.h"
#include "common/crypto/ec_key.h"
#include "tests/fuzz/must.h"

namespace lianfang {
namespace {

using fuzz::Must;
using fuzz::Take;

struct World {
  absl::Time now = absl::FromUnixSeconds(1'780'000'000);
  auth::Claims claims{.subject = "units/u/persons/p",
                      .units = {"u"},
                      .roles = {"staff"},
                      .id = "t",
                      .issued_at = now,
                      .expires_at = now + absl::Minutes(5)};
  std::string token;
  std::string public_pem;
  std::unique_ptr<auth::TokenVerifier> verifier;

  World() {
    const auto key = crypto::EcPrivateKey::Generate();
    const auto signer = auth::TokenSigner::FromKey(*key);
    token = *signer->Mint(claims);
    public_pem = *key->PublicPem();
    verifier =
        std::make_unique<auth::TokenVerifier>(*auth::TokenVerifier::FromPublicPem(public_pem));
    Must(verifier->Verify(token, now).ok(), "the token itself is refused");
  }
};

void Check(const World& world, absl::string_view token) {
  const auto claims = world.verifier->Verify(token, world.now);
  if (!claims.ok()) {
    Must(auth::TokenErrorOf(claims.status()).has_value(), "an error without a reason");
    return;
  }
  Must(claims->subject == world.claims.subject && claims->units == world.claims.units &&
           claims->roles == world.claims.roles && claims->expires_at == world.claims.expires_at,
       "a token that says something else was admitted");
}

}  // namespace
}  // namespace lianfang

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lianfang;  // NOLINT(google-build-using-namespace)
  static const World* const world = new World();
  absl::string_view bytes = fuzz::Bytes(data, size);
  const unsigned kind = Take(&bytes) % 4;
  if (kind == 0) {
    Check(*world, bytes);
    return 0;
  }
  std::string token = world->token;
  if (kind == 1) {
    // Characters changed where the input says.
    while (bytes.size() >= 3) {
      const size_t at = (Take(&bytes) << 8 | Take(&bytes)) % token.size();
      token[at] = static_cast<char>(Take(&bytes));
    }
  } else {
    // A header or claims of the input's own under the signature of the real one.
    const size_t first = token.find('.');
    const size_t second = token.find('.', first + 1);
    token = kind == 2 ? absl::StrCat(bytes, token.substr(first))
                      : absl::StrCat(token.substr(0, first + 1), bytes, token.substr(second));
  }
  Check(*world, token);
  return 0;
}
