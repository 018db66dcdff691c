// Which roles an account may be granted, and which its tokens carry: what follows from the
// directory, and what was granted and goes with it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/personnel/v1/access.pb.h"

namespace lianfang::personnel {

// A person's place in the directory on a day.
struct Place {
  bool active = false;     // on the unit's list
  bool appointed = false;  // holds a post
  bool heads = false;      // heads a department
  bool in_charge = false;  // is the leader in charge of a department
  bool principal = false;  // holds a principal responsible post
  bool leading = false;    // is of the leading group
  bool office = false;     // is of the leading group's office

  bool operator==(const Place&) const = default;
};

// The roles that follow from a place, in a fixed order. None for who is not on the list.
std::vector<std::string> RolesOf(const Place& place);

class RoleRules {
 public:
  explicit RoleRules(const config::v1::RolesPolicy& policy);

  // Whether an account of this kind, whose holder has these roles of the directory, may be granted
  // `roles`. INVALID_FIELD at `field`: unknown, twice, or not for this kind; ROLES_CONFLICT.
  absl::Status CheckGrant(absl::string_view field, v1::AccountKind kind,
                          const std::vector<std::string>& roles,
                          const std::vector<std::string>& of_directory) const;

  // The roles of a token: those of the directory, then those granted that are for this kind still
  // and go with all others. Where a role of the directory and a granted one do not go together,
  // the granted one is left out; where two granted ones do not, both are.
  std::vector<std::string> TokenRoles(v1::AccountKind kind, const std::vector<std::string>& granted,
                                      const std::vector<std::string>& of_directory) const;

 private:
  const config::v1::Role* Find(absl::string_view role) const;
  bool IsFor(absl::string_view role, v1::AccountKind kind) const;
  // The conflict of two roles; null when they go together.
  const config::v1::RoleConflict* ConflictOf(absl::string_view one, absl::string_view other) const;

  const config::v1::RolesPolicy policy_;
};

}  // namespace lianfang::personnel
