// Roles → permissions, from a RolesPolicy. Deny by default: what no role of the caller names is
// refused.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "lianfang/config/v1/config.pb.h"

namespace lianfang::auth {

class PermissionTable {
 public:
  explicit PermissionTable(const config::v1::RolesPolicy& policy) : policy_(policy) {}

  // Index of a permission in the bits that Grant makes. Registered before the server starts, never
  // after.
  int Register(absl::string_view permission);

  // One bit for each registered permission.
  std::vector<bool> Grant(const std::vector<std::string>& roles) const;

  bool HasRole(absl::string_view role) const;
  const config::v1::RolesPolicy& policy() const { return policy_; }

 private:
  config::v1::RolesPolicy policy_;
  std::vector<std::string> permissions_;
  absl::flat_hash_map<std::string, int> index_;
};

}  // namespace lianfang::auth
