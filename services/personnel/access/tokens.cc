#include "services/personnel/access/tokens.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/crypto/sha256.h"
#include "common/directory/date.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "openssl/crypto.h"
#include "services/personnel/access/accounts.h"
#include "services/personnel/access/timestamps.h"

namespace lianfang::personnel {
namespace {

using google::protobuf::util::TimeUtil;

constexpr size_t kNonceBytes = 16;
constexpr size_t kMacBytes = 16;

std::string MacOf(const AccessEnvironment& environment, absl::string_view session,
                  absl::string_view nonce) {
  // The name has no line end, and the nonce's length is fixed.
  return environment.box.Mac(absl::StrCat("refresh\n", session, "\n", nonce)).substr(0, kMacBytes);
}

// The instant at which the school's day ends.
absl::Time EndOfDay(absl::Time now) {
  const absl::TimeZone zone = directory::SchoolTimeZone();
  return absl::FromCivil(absl::ToCivilDay(now, zone) + 1, zone);
}

}  // namespace

std::string SubjectOf(const v1::Account& account) {
  return account.person().empty() ? account.name() : account.person();
}

absl::StatusOr<std::vector<std::string>> RolesNow(const AccessEnvironment& environment,
                                                  store::Reader& reader, const v1::Account& account,
                                                  absl::Time now) {
  std::vector<std::string> of_directory;
  if (account.kind() == v1::ACCOUNT_KIND_PERSON) {
    const auto today = directory::DateOf(now, directory::SchoolTimeZone());
    LF_ASSIGN_OR_RETURN(const Place place, PlaceOf(reader, account.person(), today));
    if (!place.active) return absl::NotFoundError("the person is no longer on the list");
    of_directory = RolesOf(place);
  }
  return environment.roles.TokenRoles(
      account.kind(), {account.roles().begin(), account.roles().end()}, of_directory);
}

absl::StatusOr<std::string> NewRefreshToken(const AccessEnvironment& environment,
                                            const std::string& session) {
  std::string nonce(kNonceBytes, '\0');
  LF_RETURN_IF_ERROR(
      environment.random->Fill(std::span(reinterpret_cast<uint8_t*>(nonce.data()), nonce.size())));
  return absl::WebSafeBase64Escape(absl::StrCat(nonce, MacOf(environment, session, nonce)));
}

bool IsRefreshToken(const AccessEnvironment& environment, const std::string& session,
                    const std::string& token) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(token, &bytes) || bytes.size() != kNonceBytes + kMacBytes) {
    return false;
  }
  const std::string mac = MacOf(environment, session, bytes.substr(0, kNonceBytes));
  return CRYPTO_memcmp(mac.data(), bytes.data() + kNonceBytes, kMacBytes) == 0;
}

std::string RefreshDigest(const std::string& token) {
  return crypto::ToBytes(crypto::Sha256(token));
}

absl::StatusOr<v1::Tokens> MintTokens(const AccessEnvironment& environment,
                                      const TokenGround& ground, absl::Time now) {
  const absl::Time session_end =
      absl::FromUnixNanos(TimeUtil::TimestampToNanoseconds(ground.session.expire_time()));
  auth::Claims claims;
  claims.subject = SubjectOf(ground.account);
  claims.units = {std::string(UnitIdOf(ground.account.name()))};
  claims.roles = ground.roles;
  claims.id = environment.ids->NewId();
  claims.account = ground.account.name();
  claims.session = ground.session.name();
  claims.epoch = ground.account.token_epoch();
  claims.issued_at = now;
  claims.expires_at = std::min({now + auth::kSessionTokenLifetime, EndOfDay(now), session_end});
  // A session in its last second still gives a token; whole seconds are all that one can say.
  claims.expires_at = std::max(claims.expires_at, now + absl::Seconds(1));
  v1::Tokens tokens;
  LF_ASSIGN_OR_RETURN(*tokens.mutable_access_token(), environment.signer->Mint(claims));
  *tokens.mutable_expire_time() =
      TimeUtil::SecondsToTimestamp(absl::ToUnixSeconds(claims.expires_at));
  tokens.set_refresh_token(ground.refresh_token);
  tokens.set_session(ground.session.name());
  *tokens.mutable_session_expire_time() = TimestampOf(session_end);
  tokens.set_subject(claims.subject);
  for (const std::string& role : ground.roles) tokens.add_roles(role);
  return tokens;
}

}  // namespace lianfang::personnel
