// Which categories each form allows, and whose a risk point may be.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lianfang/common/v1/types.pb.h"

namespace lianfang::risk {

// 「认真分析查找个人在思想道德、岗位职责、执行制度等方面存在或潜在的岗位风险及其表现形式」; in a
// school, teaching too.
bool PersonalFormAllows(common::v1::RiskCategory category);

// 「分别查找业务流程、制度机制和外部环境等方面存在或可能存在的廉政风险点及其表现形式」; duties and
// teaching as well, which the scheme's aim and contents name for the school as a whole.
bool DepartmentFormAllows(common::v1::RiskCategory category);

// INVALID_FIELD at `path` when a personal form (layer POST) or a form of a department or the unit
// does not take the category.
absl::Status CheckCategory(common::v1::RiskLayer layer, common::v1::RiskCategory category,
                           absl::string_view path);

// INVALID_FIELD at `path` unless `owner` is what the layer says, in this unit: POST
// `units/{unit}/posts/*`, DEPARTMENT `units/{unit}/departments/*`, UNIT `units/{unit}` itself.
absl::Status CheckOwner(common::v1::RiskLayer layer, absl::string_view owner,
                        absl::string_view unit_id, absl::string_view path);

// INVALID_FIELD at `path` when a resource name is of another unit.
absl::Status CheckUnit(absl::string_view name, absl::string_view unit_id, absl::string_view path);

}  // namespace lianfang::risk
