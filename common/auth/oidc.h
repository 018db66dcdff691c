// ID tokens of an outside issuer (OpenID Connect): whose they are, by the issuer's keys in a file.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace lianfang::auth {

class OidcVerifier {
 public:
  struct Options {
    std::string issuer;     // `iss`
    std::string audience;   // `aud` must name it
    std::string jwks_file;  // read again when it changes
  };
  // INVALID_ARGUMENT when something is missing or the file holds no key that is taken: RSA of 2,048
  // to 8,192 bits for RS256, P-256 for ES256.
  static absl::StatusOr<OidcVerifier> Create(Options options);

  // `sub` of a token that the issuer signed for the audience and that is valid at `now`;
  // UNAUTHENTICATED otherwise. The key says which algorithm checks its signature, never the token.
  // Thread-safe.
  absl::StatusOr<std::string> Verify(absl::string_view token, absl::Time now) const;

 private:
  struct State;
  explicit OidcVerifier(std::shared_ptr<State> state) : state_(std::move(state)) {}

  std::shared_ptr<State> state_;
};

}  // namespace lianfang::auth
