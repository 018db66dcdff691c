#include "common/auth/permissions.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace lianfang::auth {
namespace {

bool Names(absl::string_view pattern, absl::string_view permission) {
  if (absl::ConsumeSuffix(&pattern, "*")) return absl::StartsWith(permission, pattern);
  return pattern == permission;
}

}  // namespace

int PermissionTable::Register(absl::string_view permission) {
  const auto [it, added] =
      index_.try_emplace(std::string(permission), static_cast<int>(permissions_.size()));
  if (added) permissions_.emplace_back(permission);
  return it->second;
}

std::vector<bool> PermissionTable::Grant(const std::vector<std::string>& roles) const {
  std::vector<bool> granted(permissions_.size(), false);
  for (const auto& role : policy_.roles()) {
    if (std::find(roles.begin(), roles.end(), role.name()) == roles.end()) continue;
    for (size_t i = 0; i < permissions_.size(); ++i) {
      granted[i] = granted[i] || std::any_of(role.permissions().begin(), role.permissions().end(),
                                             [&](const std::string& pattern) {
                                               return Names(pattern, permissions_[i]);
                                             });
    }
  }
  return granted;
}

bool PermissionTable::HasRole(absl::string_view role) const {
  return std::any_of(policy_.roles().begin(), policy_.roles().end(),
                     [&](const auto& known) { return known.name() == role; });
}

}  // namespace lianfang::auth
