// From a token to an identity. A verified token is remembered until it expires.
#pragma once

#include <array>
#include <memory>
#include <shared_mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "common/auth/identity.h"
#include "common/auth/permissions.h"
#include "common/auth/token.h"
#include "common/base/clock.h"

namespace lianfang::auth {

class Authenticator {
 public:
  Authenticator(TokenVerifier verifier, const PermissionTable* permissions, const Clock* clock)
      : verifier_(std::move(verifier)), permissions_(permissions), clock_(clock) {}

  // `authorization` is the metadata's value, `Bearer {token}`; empty when there is none.
  // Errors: TOKEN_MISSING, TOKEN_INVALID, TOKEN_EXPIRED.
  absl::StatusOr<std::shared_ptr<const Identity>> Authenticate(absl::string_view authorization);

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
  std::array<Shard, kShards> shards_;
};

}  // namespace lianfang::auth
