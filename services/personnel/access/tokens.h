// What a session gives its holder: a short-lived token, and one that gets the next.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/personnel/access/environment.h"

namespace lianfang::personnel {

// How long a session lasts, whatever is done in it.
inline constexpr absl::Duration kSessionLifetime = absl::Hours(12);

// What a token of the account says at an instant; decided in the change that gives it.
struct TokenGround {
  v1::Account account;
  v1::Session session;
  std::vector<std::string> roles;
  std::string refresh_token;
};

// Who the account's tokens say that it is.
std::string SubjectOf(const v1::Account& account);

// The roles of the account's tokens on the day of `now`; NOT_FOUND when its person is no longer on
// the unit's list.
absl::StatusOr<std::vector<std::string>> RolesNow(const AccessEnvironment& environment,
                                                  store::Reader& reader, const v1::Account& account,
                                                  absl::Time now);

// A new refresh token of a session: only this installation can have made it.
absl::StatusOr<std::string> NewRefreshToken(const AccessEnvironment& environment,
                                            const std::string& session);
// Whether this installation has made the token for the session, ever.
bool IsRefreshToken(const AccessEnvironment& environment, const std::string& session,
                    const std::string& token);
std::string RefreshDigest(const std::string& token);

// The pair that the caller gets. The token ends with the session, and with the day: what follows
// from the directory may end then.
absl::StatusOr<v1::Tokens> MintTokens(const AccessEnvironment& environment,
                                      const TokenGround& ground, absl::Time now);

}  // namespace lianfang::personnel
