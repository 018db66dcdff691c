#include "services/personnel/access/domain/role_rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"

namespace lianfang::personnel {
namespace {

using config::v1::Role;
using config::v1::RoleConflict;
using config::v1::RoleSource;

// For the suite's own programs, which the configuration names: who may grant it could read
// everything.
constexpr absl::string_view kOwnServices = "service";

RoleSource SourceFor(v1::AccountKind kind) {
  switch (kind) {
    case v1::ACCOUNT_KIND_PERSON:
      return config::v1::ROLE_SOURCE_GRANT;
    case v1::ACCOUNT_KIND_SUPERIOR:
      return config::v1::ROLE_SOURCE_SUPERIOR;
    case v1::ACCOUNT_KIND_SERVICE:
      return config::v1::ROLE_SOURCE_SERVICE;
    default:
      return config::v1::ROLE_SOURCE_UNSPECIFIED;
  }
}

bool Has(const Role& role, RoleSource source) {
  return std::find(role.sources().begin(), role.sources().end(), source) != role.sources().end();
}

bool Excludes(const RoleConflict& conflict, absl::string_view one, absl::string_view other) {
  return conflict.role() == one && std::find(conflict.excludes().begin(), conflict.excludes().end(),
                                             other) != conflict.excludes().end();
}

absl::Status BadRole(absl::string_view field, absl::string_view role, absl::string_view zh,
                     absl::string_view en) {
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, field, absl::StrCat("“", role, "”", zh),
                    absl::StrCat("'", role, "' ", en));
}

}  // namespace

std::vector<std::string> RolesOf(const Place& place) {
  std::vector<std::string> roles;
  if (!place.active) return roles;
  if (place.appointed) roles.emplace_back("staff");
  if (place.heads) roles.emplace_back("department_head");
  if (place.in_charge) roles.emplace_back("vice_principal");
  if (place.principal) roles.emplace_back("principal");
  if (place.leading) roles.emplace_back("leading_group");
  if (place.office) roles.emplace_back("control_office");
  return roles;
}

RoleRules::RoleRules(const config::v1::RolesPolicy& policy) : policy_(policy) {}

const Role* RoleRules::Find(absl::string_view role) const {
  for (const Role& known : policy_.roles()) {
    if (known.name() == role) return &known;
  }
  return nullptr;
}

bool RoleRules::IsFor(absl::string_view role, v1::AccountKind kind) const {
  const Role* known = Find(role);
  return known != nullptr && role != kOwnServices && Has(*known, SourceFor(kind));
}

const RoleConflict* RoleRules::ConflictOf(absl::string_view one, absl::string_view other) const {
  for (const RoleConflict& conflict : policy_.conflicts()) {
    if (Excludes(conflict, one, other) || Excludes(conflict, other, one)) return &conflict;
  }
  return nullptr;
}

absl::Status RoleRules::CheckGrant(absl::string_view field, v1::AccountKind kind,
                                   const std::vector<std::string>& roles,
                                   const std::vector<std::string>& of_directory) const {
  std::set<std::string> seen;
  for (const std::string& role : roles) {
    const Role* known = Find(role);
    if (known == nullptr) return BadRole(field, role, "不是已知的角色。", "is not a known role.");
    if (!seen.insert(role).second) return BadRole(field, role, "重复。", "stands twice.");
    if (IsFor(role, kind)) continue;
    if (Has(*known, config::v1::ROLE_SOURCE_DIRECTORY)) {
      return BadRole(field, role, "由人员目录产生，不能授予。",
                     "follows from the directory and is not granted.");
    }
    return BadRole(field, role, "不能授予这类账号。", "is not for accounts of this kind.");
  }
  std::vector<std::string> all = of_directory;
  for (const std::string& role : roles) {
    for (const std::string& other : all) {
      const RoleConflict* conflict = ConflictOf(role, other);
      if (conflict == nullptr) continue;
      return ErrorBuilder(
                 common::v1::ERROR_REASON_ROLES_CONFLICT,
                 absl::StrCat("角色 ", role, " 与 ", other, " 不能由同一人担任：",
                              conflict->reason()),
                 absl::StrCat("The roles ", role, " and ", other, " may not meet in one person."))
          .Meta("role", role)
          .Meta("other", other);
    }
    all.push_back(role);
  }
  return absl::OkStatus();
}

std::vector<std::string> RoleRules::TokenRoles(v1::AccountKind kind,
                                               const std::vector<std::string>& granted,
                                               const std::vector<std::string>& of_directory) const {
  std::vector<std::string> roles;
  for (const std::string& role : of_directory) {
    const Role* known = Find(role);
    if (known != nullptr && Has(*known, config::v1::ROLE_SOURCE_DIRECTORY)) roles.push_back(role);
  }
  const std::vector<std::string> settled = roles;
  for (const std::string& role : granted) {
    const auto clashes = [&](const std::string& other) {
      return ConflictOf(role, other) != nullptr;
    };
    if (IsFor(role, kind) && std::none_of(settled.begin(), settled.end(), clashes) &&
        std::none_of(granted.begin(), granted.end(), clashes)) {
      roles.push_back(role);
    }
  }
  return roles;
}

}  // namespace lianfang::personnel
