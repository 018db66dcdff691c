#include "services/reporting/domain/roster.h"

namespace lianfang::reporting {

std::string DepartmentOf(const Roster& roster, absl::string_view subject) {
  const std::string name(subject);
  if (roster.departments.contains(name)) return name;
  const auto post = roster.posts.find(name);
  return post == roster.posts.end() ? "" : post->second.department;
}

std::string DisplayName(const Roster& roster, absl::string_view subject) {
  const std::string name(subject);
  if (name == roster.unit) return roster.unit_display_name;
  if (const auto post = roster.posts.find(name); post != roster.posts.end()) {
    return post->second.display_name;
  }
  if (const auto department = roster.departments.find(name);
      department != roster.departments.end()) {
    return department->second.display_name;
  }
  if (const auto person = roster.persons.find(name); person != roster.persons.end()) {
    return person->second;
  }
  return name.substr(name.rfind('/') + 1);
}

common::v1::RiskLevel LevelOf(const Roster& roster, absl::string_view owner) {
  const std::string name(owner);
  if (name == roster.unit) return roster.unit_level;
  if (const auto post = roster.posts.find(name); post != roster.posts.end()) {
    return post->second.level;
  }
  const auto department = roster.departments.find(name);
  return department == roster.departments.end() ? common::v1::RISK_LEVEL_UNSPECIFIED
                                                : department->second.level;
}

}  // namespace lianfang::reporting
