#include "services/risk/domain/categories.h"

#include "absl/strings/str_cat.h"
#include "common/base/id.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"

namespace lianfang::risk {

bool PersonalFormAllows(common::v1::RiskCategory category) {
  switch (category) {
    case common::v1::RISK_CATEGORY_MORALITY:
    case common::v1::RISK_CATEGORY_POST_DUTY:
    case common::v1::RISK_CATEGORY_RULE_EXECUTION:
    case common::v1::RISK_CATEGORY_TEACHING:
      return true;
    default:
      return false;
  }
}

bool DepartmentFormAllows(common::v1::RiskCategory category) {
  switch (category) {
    case common::v1::RISK_CATEGORY_BUSINESS_PROCESS:
    case common::v1::RISK_CATEGORY_INSTITUTIONAL_MECHANISM:
    case common::v1::RISK_CATEGORY_EXTERNAL_ENVIRONMENT:
    case common::v1::RISK_CATEGORY_POST_DUTY:
    case common::v1::RISK_CATEGORY_TEACHING:
      return true;
    default:
      return false;
  }
}

absl::Status CheckCategory(common::v1::RiskLayer layer, common::v1::RiskCategory category,
                           absl::string_view path) {
  if (layer == common::v1::RISK_LAYER_POST) {
    if (PersonalFormAllows(category)) return absl::OkStatus();
    return FieldError(
        common::v1::ERROR_REASON_INVALID_FIELD, path,
        "个人自查表的风险类别只能是思想道德、岗位职责、执行制度或教育教学。",
        "a personal form takes MORALITY, POST_DUTY, RULE_EXECUTION or TEACHING only.");
  }
  if (DepartmentFormAllows(category)) return absl::OkStatus();
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, path,
                    "处室和单位的风险类别只能是业务流程、制度机制、外部环境、岗位职责或教育教学。",
                    "a department or the unit takes BUSINESS_PROCESS, INSTITUTIONAL_MECHANISM, "
                    "EXTERNAL_ENVIRONMENT, POST_DUTY or TEACHING only.");
}

absl::Status CheckOwner(common::v1::RiskLayer layer, absl::string_view owner,
                        absl::string_view unit_id, absl::string_view path) {
  LF_RETURN_IF_ERROR(CheckUnit(owner, unit_id, path));
  switch (layer) {
    case common::v1::RISK_LAYER_POST:
      if (IsValidResourceId(IdIn("posts", owner))) return absl::OkStatus();
      return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, path,
                        "岗位层次的风险点应归属于岗位（units/*/posts/*）。",
                        "must be a post (units/*/posts/*), as the layer is POST.");
    case common::v1::RISK_LAYER_DEPARTMENT:
      if (IsValidResourceId(IdIn("departments", owner))) return absl::OkStatus();
      return FieldError(
          common::v1::ERROR_REASON_INVALID_FIELD, path,
          "科室层次的风险点应归属于处室（units/*/departments/*）。",
          "must be a department (units/*/departments/*), as the layer is DEPARTMENT.");
    case common::v1::RISK_LAYER_UNIT:
      if (owner == UnitName(unit_id)) return absl::OkStatus();
      return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, path,
                        "单位层次的风险点应归属于本单位。",
                        "must be the unit itself, as the layer is UNIT.");
    default:
      return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, path, "没有说明风险层次。",
                        "no layer is given.");
  }
}

absl::Status CheckUnit(absl::string_view name, absl::string_view unit_id, absl::string_view path) {
  if (UnitIdOf(name) == unit_id) return absl::OkStatus();
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, path,
                    absl::StrCat("应属于本单位 ", UnitName(unit_id), "。"),
                    absl::StrCat("must be of the unit of the request, ", UnitName(unit_id), "."));
}

}  // namespace lianfang::risk
