// From a token to an identity. A verified token is remembered until it expires.
#pragma once

#include <array>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "common/auth/access_state.h"
#include "common/auth/identity.h"
#include "common/auth/permissions.h"
#include "common/auth/token.h"
#include "common/base/clock.h"

namespace lianfang::auth {

class Authenticator {
 public:
  Authenticator(TokenVerifier verifier, const PermissionTable* permissions, const Clock* clock,
                const AccessState* access)
      : verifier_(std::move(verifier)), permissions_(permissions), clock_(clock), access_(access) {}

  // `authorization` is the metadata's value, `Bearer {token}`; empty when there is none.
  // Errors: TOKEN_MISSING, TOKEN_INVALID, TOKEN_EXPIRED, SESSION_ENDED.
  absl::StatusOr<std::shared_ptr<const Identity>> Authenticate(absl::string_view authorization);

  // Who a certificate with these names is, for calls without a token. TOKEN_MISSING when nobody
  // knows them.
  absl::StatusOr<std::shared_ptr<const Identity>> AuthenticateMachine(
      const std::vector<std::string>& certificate_names) const;

 private:
  // Most tokens remembered in a shard; a full shard is emptied, which costs one verification a
  // token.
  static constexpr size_t kShardSize = 4096;
  static constexpr size_t kShards = 8;
  struct Shard {
    std::shared_mutex mutex;
    absl::flat_hash_map<std::string, std::shared_ptr<const Identity>> tokens;  // under mutex
  };

  const TokenVerifier verifier_;
  const PermissionTable* const permissions_;
  const Clock* const clock_;
  const AccessState* const access_;
  // The token's identity, from memory or by verifying it; does not ask whether it still holds.
  absl::StatusOr<std::shared_ptr<const Identity>> Read(absl::string_view token, absl::Time now);

  std::array<Shard, kShards> shards_;
};

}  // namespace lianfang::auth
