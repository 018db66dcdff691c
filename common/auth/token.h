#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/crypto/ec_key.h"

namespace lianfang::auth {

// Login tokens: JSON Web Tokens signed with ES256 (P-256), and with nothing else.

inline constexpr size_t kMaxTokenBytes = size_t{8} * 1024;
// How far the clock of whoever minted a token may be ahead.
inline constexpr absl::Duration kMaxTokenClockLead = absl::Seconds(60);

// What a token says of its bearer. All texts are UTF-8 without control characters, '"' and '\', not
// empty, at most 256 bytes each.
struct Claims {
  std::string subject;             // Who bears the token.
  std::vector<std::string> units;  // The units it opens; may be empty.
  std::vector<std::string> roles;  // The roles it carries; may be empty.
  std::string id;                  // Of this token, so that it can be called back.
  // Of a token that a session gave: resource names of account and session, and the account's epoch.
  // All or none.
  std::string account;
  std::string session;
  int64_t epoch = 0;
  absl::Time issued_at;   // Whole seconds.
  absl::Time expires_at;  // Whole seconds; from this instant on the token is refused.
};

// Why a token was refused. Only kExpired asks its bearer to log in again.
enum class TokenError {
  kMalformed = 1,     // Not a token of this form, algorithm or issuer.
  kBadSignature = 2,  // The signature is not the key's.
  kExpired = 3,
  kNotYetValid = 4,  // Issued in the future.
};

// The reason in an error of TokenVerifier::Verify; none in any other status.
std::optional<TokenError> TokenErrorOf(const absl::Status& status);

class TokenSigner {
 public:
  static absl::StatusOr<TokenSigner> FromKey(const crypto::EcPrivateKey& key);

  // INVALID_ARGUMENT where a text of the claims is not allowed, they do not expire after they were
  // issued, or the token would exceed kMaxTokenBytes. Fractions of a second are dropped.
  // Thread-safe.
  absl::StatusOr<std::string> Mint(const Claims& claims) const;

 private:
  explicit TokenSigner(std::shared_ptr<const std::string> pem) : private_pem_(std::move(pem)) {}

  std::shared_ptr<const std::string> private_pem_;  // Wiped with its last owner.
};

class TokenVerifier {
 public:
  // INVALID_ARGUMENT unless `pem` is the public half of a P-256 key.
  static absl::StatusOr<TokenVerifier> FromPublicPem(absl::string_view pem);

  // The claims of a token that the key signed and that is valid at `now`. UNAUTHENTICATED
  // otherwise; TokenErrorOf gives the reason. The signature is checked before any claim is
  // believed. Thread-safe.
  absl::StatusOr<Claims> Verify(absl::string_view token, absl::Time now) const;

 private:
  explicit TokenVerifier(std::string pem) : public_pem_(std::move(pem)) {}

  std::string public_pem_;
};

}  // namespace lianfang::auth
