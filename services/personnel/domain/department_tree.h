// The departments of a unit as a tree, looked at as a whole.
#pragma once

#include <map>
#include <set>
#include <string>

#include "services/personnel/domain/rules.h"

namespace lianfang::personnel {

struct TreeFaults {
  // Departments that are above themselves; not those that are only below such a cycle.
  std::set<std::string> in_cycle;
  // Departments below the last level that there may be (kMaxDepartmentLevels).
  std::set<std::string> too_deep;
};

// `parents`: each department's parent, empty at the top. A parent that is not in the map is taken
// as the top.
TreeFaults FindTreeFaults(const std::map<std::string, std::string>& parents);

}  // namespace lianfang::personnel
