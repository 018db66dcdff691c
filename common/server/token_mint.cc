#include "common/server/token_mint.h"

#include <memory>
#include <utility>

#include "common/status/error.h"

namespace lianfang::server {
namespace {

constexpr absl::Duration kLifetime = absl::Minutes(10);
constexpr absl::Duration kMargin = absl::Minutes(2);

struct Cache {
  std::mutex mutex;
  std::string token;                          // under mutex
  absl::Time expires = absl::InfinitePast();  // under mutex
};

}  // namespace

client::TokenSource ServiceTokens(const auth::TokenSigner& signer, const Clock* clock,
                                  IdSource* ids, std::string subject, std::string role) {
  auto cache = std::make_shared<Cache>();
  return [cache, signer, clock, ids, subject = std::move(subject),
          role = std::move(role)]() -> absl::StatusOr<std::string> {
    const absl::Time now = clock->Now();
    const std::lock_guard lock(cache->mutex);
    // A clock that was set back makes a token that is not valid yet: it is made anew.
    if (now + kMargin < cache->expires && now + kLifetime >= cache->expires) return cache->token;
    auth::Claims claims{.subject = subject,
                        .units = {"*"},
                        .roles = {role},
                        .id = ids->NewId(),
                        .issued_at = now,
                        .expires_at = now + kLifetime};
    LF_ASSIGN_OR_RETURN(cache->token, signer.Mint(claims));
    cache->expires = claims.expires_at;
    return cache->token;
  };
}

}  // namespace lianfang::server
