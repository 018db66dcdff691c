#include "services/cli/core/tokens.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/auth/permissions.h"
#include "common/base/utf8.h"
#include "common/crypto/ec_key.h"
#include "common/policy/policies.h"
#include "common/server/random_ids.h"
#include "common/server/server.h"
#include "common/status/error.h"
#include "services/cli/core/exit_code.h"

namespace lianfang::cli {
namespace {

constexpr absl::Duration kLifetime = absl::Minutes(10);
constexpr absl::Duration kRenewMargin = absl::Minutes(2);

}  // namespace

absl::StatusOr<std::shared_ptr<const TokenMint>> TokenMint::Open(const std::string& key_file,
                                                                 const Clock* clock,
                                                                 crypto::RandomSource* random) {
  // Read first: LoadOrCreate would make a key where there is none.
  const auto file = crypto::ReadKeyFile(key_file, /*secret=*/true);
  if (!file.ok()) {
    return Failure(absl::StrCat("无法使用签名密钥 ", Printable(key_file),
                                "：文件不存在、没有读取权限，或其他用户也能打开它。"),
                   absl::StrCat("Cannot use the signing key ", Printable(key_file), ": ",
                                std::string(file.status().message())));
  }
  LF_ASSIGN_OR_RETURN(const auto key, crypto::EcPrivateKey::LoadOrCreate(key_file, *random));
  LF_ASSIGN_OR_RETURN(auto signer, auth::TokenSigner::FromKey(key));
  return std::shared_ptr<const TokenMint>(new TokenMint(std::move(signer), clock, random));
}

absl::StatusOr<std::string> TokenMint::Mint(const TokenFor& whom, absl::Duration lifetime) const {
  const absl::Time now = clock_->Now();
  server::RandomIds ids(random_);
  auto token = signer_.Mint(auth::Claims{.subject = whom.subject,
                                         .units = whom.units,
                                         .roles = whom.roles,
                                         .id = ids.NewId(),
                                         .issued_at = now,
                                         .expires_at = now + lifetime});
  if (token.ok()) return token;
  return UsageError(
      absl::StrCat("凭证内容无效（", std::string(token.status().message()), "）。"),
      absl::StrCat("The token's contents are not valid: ", std::string(token.status().message())));
}

client::TokenSource TokenMint::Source(std::shared_ptr<const TokenMint> mint, TokenFor whom) {
  struct Cache {
    std::mutex mutex;
    std::string token;                          // under mutex
    absl::Time expires = absl::InfinitePast();  // under mutex
  };
  auto cache = std::make_shared<Cache>();
  return [cache, mint = std::move(mint), whom = std::move(whom)]() -> absl::StatusOr<std::string> {
    const std::lock_guard lock(cache->mutex);
    const absl::Time now = mint->clock_->Now();
    if (now + kRenewMargin < cache->expires && now + kLifetime >= cache->expires)
      return cache->token;
    LF_ASSIGN_OR_RETURN(cache->token, mint->Mint(whom, kLifetime));
    cache->expires = now + kLifetime;
    return cache->token;
  };
}

absl::Status CheckRoles(const std::vector<std::string>& roles) {
  LF_ASSIGN_OR_RETURN(const policy::Policies policies, policy::Load(""));
  const auth::PermissionTable table(policies.roles);
  std::vector<std::string> known;
  for (const auto& role : policies.roles.roles()) known.push_back(role.name());
  for (const std::string& role : roles) {
    if (table.HasRole(role)) continue;
    return UsageError(absl::StrCat("没有名为“", Printable(role), "”的角色；已知角色：",
                                   absl::StrJoin(known, "、"), "。"),
                      absl::StrCat("There is no role ", Printable(role),
                                   "; the roles are: ", absl::StrJoin(known, ", "), "."));
  }
  // Whoever may read the key could make a token of each: what must not meet in one person does not
  // meet in one token either, so that it shows.
  const auto given = [&](const std::string& role) {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  };
  for (const auto& conflict : policies.roles.conflicts()) {
    const auto other = std::find_if(conflict.excludes().begin(), conflict.excludes().end(), given);
    if (!given(conflict.role()) || other == conflict.excludes().end()) continue;
    return UsageError(absl::StrCat("角色 ", conflict.role(), " 与 ", *other, " 不能由同一人担任：",
                                   conflict.reason(), "。"),
                      absl::StrCat("The roles ", conflict.role(), " and ", *other,
                                   " may not meet in one person."));
  }
  return absl::OkStatus();
}

std::string TokenKeyFile(const std::string& data_dir) {
  config::v1::ServerConfig config;
  config.set_data_dir(data_dir);
  return server::TokenKeyPath(config);
}

}  // namespace lianfang::cli
