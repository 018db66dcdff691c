// Who is there to do the year's work: the posts, holders, departments and leaders of a unit on a
// day, as the domain rules need them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "lianfang/common/v1/types.pb.h"

namespace lianfang::reporting {

// Somebody holds a post.
struct RosterHolding {
  std::string person;
  absl::CivilDay since;
};

// A post in use.
struct RosterPost {
  std::string display_name;
  std::string department;  // empty: the leadership
  std::vector<RosterHolding> holders;
  std::vector<common::v1::PostFunction> functions;
  // Newest confirmed level, and the day on which it was confirmed.
  common::v1::RiskLevel level = common::v1::RISK_LEVEL_UNSPECIFIED;
  absl::CivilDay level_since;
  std::set<int> years_with_points;
};

// A department in use.
struct RosterDepartment {
  std::string display_name;
  std::string head;
  std::string vice_principal;  // its own, or that of the nearest department above
  bool has_posts = false;
  bool has_powers = false;
  common::v1::RiskLevel level = common::v1::RISK_LEVEL_UNSPECIFIED;
  std::set<int> years_with_points;
};

struct Roster {
  std::string unit;  // resource name
  std::string unit_display_name;
  common::v1::RiskLevel unit_level = common::v1::RISK_LEVEL_UNSPECIFIED;
  // By resource name.
  std::map<std::string, RosterPost> posts;
  std::map<std::string, RosterDepartment> departments;
  std::map<std::string, std::string> persons;  // names
  std::vector<std::string> principals;
  std::vector<std::string> leading_group;
  std::vector<std::string> control_office;
};

// The department of a post or a department; empty for others.
std::string DepartmentOf(const Roster& roster, absl::string_view subject);
// Name of a post, a department, a person or the unit, as people write it; what follows the
// collection for what is not in the roster.
std::string DisplayName(const Roster& roster, absl::string_view subject);
// Level of a post, a department or the unit.
common::v1::RiskLevel LevelOf(const Roster& roster, absl::string_view owner);

}  // namespace lianfang::reporting
