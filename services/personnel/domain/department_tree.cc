#include "services/personnel/domain/department_tree.h"

#include <algorithm>
#include <vector>

namespace lianfang::personnel {

TreeFaults FindTreeFaults(const std::map<std::string, std::string>& parents) {
  TreeFaults faults;
  // Level of each department whose way up is known: 1 at the top, 0 on or below a cycle. Each
  // department is walked over once.
  std::map<std::string, int> levels;
  for (const auto& [start, unused] : parents) {
    std::vector<std::string> path;
    std::set<std::string> on_path;
    std::string at = start;
    while (parents.contains(at) && !levels.contains(at) && on_path.insert(at).second) {
      path.push_back(at);
      at = parents.at(at);
    }
    int level = 0;  // of what is above the path's end
    bool cycle = on_path.contains(at);
    if (cycle) {
      for (auto it = std::find(path.begin(), path.end(), at); it != path.end(); ++it) {
        faults.in_cycle.insert(*it);
      }
    } else if (const auto above = levels.find(at); above != levels.end()) {
      level = above->second;
      cycle = level == 0;
    }
    for (auto it = path.rbegin(); it != path.rend(); ++it) {
      levels[*it] = cycle ? 0 : ++level;
      if (level > kMaxDepartmentLevels) faults.too_deep.insert(*it);
    }
  }
  return faults;
}

}  // namespace lianfang::personnel
