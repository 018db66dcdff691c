// Who calls, as the token says.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace lianfang::auth {

struct Identity {
  // `units/{unit}/persons/{person}` for a person; another label, e.g. `services/risk`, for a
  // program.
  std::string subject;
  // Ids of the units that the identity covers; `*` covers all.
  std::vector<std::string> units;
  std::vector<std::string> roles;
  absl::Time expires = absl::InfiniteFuture();
  // Of a token that a session gave: resource names of account and session, and what the account's
  // epoch was. Empty for tokens that the holder of the signing key made, and for certificates.
  std::string account;
  std::string session;
  int64_t epoch = 0;
  // What the roles grant: one bit a permission, in the order of PermissionTable.
  std::vector<bool> granted;

  bool Covers(absl::string_view unit_id) const {
    return std::any_of(units.begin(), units.end(),
                       [&](const std::string& unit) { return unit == "*" || unit == unit_id; });
  }
  bool HasRole(absl::string_view role) const {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  }
};

}  // namespace lianfang::auth
