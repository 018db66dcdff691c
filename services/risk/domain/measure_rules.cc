#include "services/risk/domain/measure_rules.h"

#include "absl/strings/str_cat.h"
#include "common/directory/date.h"
#include "common/status/error.h"
#include "services/risk/domain/categories.h"

namespace lianfang::risk {

using risk::v1::Measure;

namespace {

absl::Status Illegal(absl::string_view name, absl::string_view state, absl::string_view zh,
                     absl::string_view en) {
  return ErrorBuilder(common::v1::ERROR_REASON_ILLEGAL_TRANSITION, zh,
                      absl::StrCat(en, " It is ", state, "."))
      .Meta("resource", name)
      .Meta("state", state);
}

}  // namespace

absl::Status CheckMeasure(const Measure& measure, absl::string_view unit_id) {
  LF_RETURN_IF_ERROR(CheckUnit(measure.risk_point(), unit_id, "measure.risk_point"));
  LF_RETURN_IF_ERROR(CheckUnit(measure.responsible_post(), unit_id, "measure.responsible_post"));
  if (measure.has_due_date() && !directory::IsValidDate(measure.due_date())) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "measure.due_date",
                      "不是日历上的日期。", "is not a whole day of the calendar.");
  }
  return absl::OkStatus();
}

absl::Status CheckTreatable(const risk::v1::RiskPoint& point) {
  if (point.state() != risk::v1::RISK_POINT_STATE_ARCHIVED) return absl::OkStatus();
  return Illegal(point.name(), risk::v1::RiskPointState_Name(point.state()),
                 "该风险点已归档，不能再提出防控措施。",
                 "The risk point is archived and takes no new measures.");
}

absl::Status CheckEditable(const Measure& measure) {
  switch (measure.state()) {
    case risk::v1::MEASURE_STATE_DRAFT:
    case risk::v1::MEASURE_STATE_PROPOSED:
    case risk::v1::MEASURE_STATE_RETURNED:
      return absl::OkStatus();
    default:
      return Illegal(measure.name(), risk::v1::MeasureState_Name(measure.state()),
                     "该措施目前不能修改。", "The measure cannot be changed now.");
  }
}

absl::Status Archive(Measure* measure) {
  if (measure->state() == risk::v1::MEASURE_STATE_ARCHIVED ||
      measure->state() == risk::v1::MEASURE_STATE_IN_REVIEW) {
    return Illegal(measure->name(), risk::v1::MeasureState_Name(measure->state()),
                   "已归档或审核中的措施不能归档。",
                   "A measure that is archived already or under review cannot be archived.");
  }
  measure->set_state(risk::v1::MEASURE_STATE_ARCHIVED);
  return absl::OkStatus();
}

}  // namespace lianfang::risk
