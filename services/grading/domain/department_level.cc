#include "services/grading/domain/department_level.h"

#include <utility>

namespace lianfang::grading {

using common::v1::RISK_LEVEL_UNSPECIFIED;
using common::v1::RiskLevel;

RiskLevel ConfirmedLevel(const v1::Grade& grade) {
  // Grades that were confirmed before the level was kept apart say so by their state.
  if (grade.confirmed_level() != RISK_LEVEL_UNSPECIFIED) return grade.confirmed_level();
  return grade.state() == v1::GRADE_STATE_CONFIRMED ? grade.level() : RISK_LEVEL_UNSPECIFIED;
}

bool IsRegistered(const risk::v1::RiskPoint& point) {
  return point.state() == risk::v1::RISK_POINT_STATE_REGISTERED ||
         point.state() == risk::v1::RISK_POINT_STATE_PUBLICISED;
}

RiskLevel Higher(RiskLevel a, RiskLevel b) {
  if (a == RISK_LEVEL_UNSPECIFIED) return b;
  if (b == RISK_LEVEL_UNSPECIFIED) return a;
  return a < b ? a : b;  // a greater number is a lower level
}

RiskLevel LevelOf(const risk::v1::RiskPoint& point, const CompiledPolicy& matrix) {
  if (!point.has_factors()) return RISK_LEVEL_UNSPECIFIED;
  v1::AssessRiskResponse assessed;
  if (!AssessRisk(point.factors(), matrix, &assessed).ok()) return RISK_LEVEL_UNSPECIFIED;
  return assessed.level();
}

v1::DepartmentLevel Highest(const std::vector<v1::Grade>& grades,
                            const std::vector<risk::v1::RiskPoint>& points,
                            const CompiledPolicy& matrix) {
  v1::DepartmentLevel highest;
  std::vector<std::pair<RiskLevel, std::string>> found;
  for (const v1::Grade& grade : grades) found.emplace_back(ConfirmedLevel(grade), grade.name());
  int registered = 0;
  for (const risk::v1::RiskPoint& point : points) {
    if (!IsRegistered(point)) continue;
    ++registered;
    found.emplace_back(LevelOf(point, matrix), point.name());
  }
  for (const auto& [level, name] : found) highest.set_level(Higher(highest.level(), level));
  highest.set_grade_number(highest.level());
  highest.set_risk_point_count(registered);
  for (auto& [level, name] : found) {
    if (level != RISK_LEVEL_UNSPECIFIED && level == highest.level() &&
        highest.deciding_size() < kMaxDeciding) {
      highest.add_deciding(std::move(name));
    }
  }
  return highest;
}

}  // namespace lianfang::grading
