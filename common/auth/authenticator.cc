#include "common/auth/authenticator.h"

#include "absl/hash/hash.h"
#include "absl/strings/strip.h"
#include "common/status/error.h"

namespace lianfang::auth {
namespace {

absl::Status Expired() {
  return MakeError(common::v1::ERROR_REASON_TOKEN_EXPIRED, "登录凭证已过期，请重新获取。",
                   "The token has expired; get a new one.");
}

absl::Status Missing() {
  return MakeError(common::v1::ERROR_REASON_TOKEN_MISSING,
                   "请求没有凭证：请在元数据 authorization 中带上 Bearer 凭证。",
                   "The call has no token: send `authorization: Bearer <token>`.");
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Identity>> Authenticator::Authenticate(
    absl::string_view authorization) {
  absl::string_view token = authorization;
  if (!absl::ConsumePrefix(&token, "Bearer ") || token.empty()) return Missing();
  LF_ASSIGN_OR_RETURN(auto identity, Read(token, clock_->Now()));
  LF_RETURN_IF_ERROR(access_->Check(*identity));
  return identity;
}

absl::StatusOr<std::shared_ptr<const Identity>> Authenticator::AuthenticateMachine(
    const std::vector<std::string>& certificate_names) const {
  const auto machine = access_->MachineOf(certificate_names);
  if (machine == nullptr) return Missing();
  auto identity = std::make_shared<Identity>();
  identity->subject = machine->subject;
  identity->units = machine->units;
  identity->roles = machine->roles;
  identity->granted = permissions_->Grant(identity->roles);
  return identity;
}

absl::StatusOr<std::shared_ptr<const Identity>> Authenticator::Read(absl::string_view token,
                                                                    absl::Time now) {
  Shard& shard = shards_[absl::HashOf(token) % kShards];
  {
    const std::shared_lock lock(shard.mutex);
    if (const auto it = shard.tokens.find(token); it != shard.tokens.end()) {
      if (now >= it->second->expires) return Expired();
      return it->second;
    }
  }
  absl::StatusOr<Claims> claims = verifier_.Verify(token, now);
  if (!claims.ok()) {
    if (TokenErrorOf(claims.status()) == TokenError::kExpired) return Expired();
    return MakeError(common::v1::ERROR_REASON_TOKEN_INVALID, "凭证无效。",
                     "The token is not valid.");
  }
  auto identity = std::make_shared<Identity>();
  identity->subject = std::move(claims->subject);
  identity->units = std::move(claims->units);
  identity->roles = std::move(claims->roles);
  identity->expires = claims->expires_at;
  identity->account = std::move(claims->account);
  identity->session = std::move(claims->session);
  identity->epoch = claims->epoch;
  identity->granted = permissions_->Grant(identity->roles);
  const std::unique_lock lock(shard.mutex);
  if (shard.tokens.size() >= kShardSize) shard.tokens.clear();
  shard.tokens[token] = identity;
  return identity;
}

}  // namespace lianfang::auth
