// The level of a department from what it rests on, as a pure function.
// 「根据存在风险点的岗位和科室的最高级别风险」
#pragma once

#include <string>
#include <vector>

#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/grading/domain/grade.h"

namespace lianfang::grading {

// Most records that DepartmentLevel.deciding names.
inline constexpr int kMaxDeciding = 50;

// The level that the superior confirmed last; unspecified when there is none.
common::v1::RiskLevel ConfirmedLevel(const v1::Grade& grade);

// Whether a risk point is on the register: counted, graded, shown.
bool IsRegistered(const risk::v1::RiskPoint& point);

// The higher of two levels; unspecified is below all.
common::v1::RiskLevel Higher(common::v1::RiskLevel a, common::v1::RiskLevel b);

// Level of a risk point by the policy's matrix; unspecified without the factors that it needs.
common::v1::RiskLevel LevelOf(const risk::v1::RiskPoint& point, const CompiledPolicy& matrix);

// The highest of the confirmed grades of a department's posts and of the registered risk points
// that are its own or its posts'. Name and title are the caller's to set.
v1::DepartmentLevel Highest(const std::vector<v1::Grade>& grades,
                            const std::vector<risk::v1::RiskPoint>& points,
                            const CompiledPolicy& matrix);

}  // namespace lianfang::grading
