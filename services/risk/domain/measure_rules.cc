#include "services/risk/domain/measure_rules.h"

#include "absl/strings/str_cat.h"
#include "common/directory/date.h"
#include "common/status/error.h"
#include "services/risk/domain/categories.h"
#include "services/risk/domain/publicity_rules.h"

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

absl::Status CheckFiled(const Measure& measure) {
  if (IsFiled(measure)) return absl::OkStatus();
  return Illegal(measure.name(), risk::v1::MeasureState_Name(measure.state()),
                 "只有已备案的措施可以修订、评估和确认。",
                 "Only a filed measure is revised, assessed or confirmed.");
}

}  // namespace

absl::Status CheckMeasure(const Measure& measure, absl::string_view unit_id) {
  LF_RETURN_IF_ERROR(CheckUnit(measure.risk_point(), unit_id, "measure.risk_point"));
  LF_RETURN_IF_ERROR(CheckUnit(measure.responsible_post(), unit_id, "measure.responsible_post"));
  if (measure.has_due_date() && !directory::IsValidDate(measure.due_date())) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "measure.due_date",
                      "不是日历上的日期。", "is not a whole day of the calendar.");
  }
  const bool changes_rule = measure.rule_change() != risk::v1::RULE_CHANGE_UNSPECIFIED;
  if (changes_rule && measure.rule_title().empty()) {
    return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, "measure.rule_title",
                      "请写明新建或修订的制度名称。",
                      "must be the title of the rule that is made or revised.");
  }
  if (!changes_rule && !measure.rule_title().empty()) {
    return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, "measure.rule_change",
                      "请说明该制度是新建还是修订。",
                      "must say whether the rule is new or revised.");
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

bool IsFiled(const Measure& measure) {
  return measure.state() == risk::v1::MEASURE_STATE_FILED ||
         measure.state() == risk::v1::MEASURE_STATE_PUBLICISED;
}

absl::Status Revise(Measure* measure) {
  LF_RETURN_IF_ERROR(CheckFiled(*measure));
  measure->set_state(risk::v1::MEASURE_STATE_PROPOSED);
  measure->clear_marks();
  measure->clear_publications();
  return absl::OkStatus();
}

absl::Status Assess(const Assessment& assessment, const google::protobuf::Timestamp& now,
                    Measure* measure) {
  LF_RETURN_IF_ERROR(CheckFiled(*measure));
  if (!assessment.before.empty()) measure->set_outcome_before(assessment.before);
  if (measure->outcome_before().empty()) {
    return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, "outcome_before",
                      "请说明措施实施前的情况，以便对比。",
                      "must say how things stood before, to compare with.");
  }
  measure->set_outcome_after(assessment.after);
  measure->set_effect(assessment.effect);
  measure->set_assessor(assessment.assessor);
  *measure->mutable_assess_time() = now;
  return absl::OkStatus();
}

absl::Status Confirm(Measure* measure) {
  LF_RETURN_IF_ERROR(CheckFiled(*measure));
  measure->clear_marks();
  return absl::OkStatus();
}

bool SetPublicised(bool publicised, const std::string& publication, Measure* measure) {
  return publicised ? ShowIn(publication, risk::v1::MEASURE_STATE_FILED,
                             risk::v1::MEASURE_STATE_PUBLICISED, measure)
                    : TakeOutOf(publication, risk::v1::MEASURE_STATE_FILED,
                                risk::v1::MEASURE_STATE_PUBLICISED, measure);
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
