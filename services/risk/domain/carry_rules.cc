#include "services/risk/domain/carry_rules.h"

#include "absl/strings/str_cat.h"
#include "services/risk/domain/self_check_rules.h"

namespace lianfang::risk {

using risk::v1::Measure;
using risk::v1::RiskPoint;
using risk::v1::SelfCheck;

std::string CarriedId(absl::string_view id, int year) { return FitId(absl::StrCat(id, "-", year)); }

bool GoesOn(const RiskPoint& point) {
  return point.state() == risk::v1::RISK_POINT_STATE_REGISTERED ||
         point.state() == risk::v1::RISK_POINT_STATE_PUBLICISED;
}

bool GoesOn(const Measure& measure) {
  return measure.state() == risk::v1::MEASURE_STATE_FILED ||
         measure.state() == risk::v1::MEASURE_STATE_PUBLICISED;
}

RiskPoint Carried(const RiskPoint& point, int year, absl::string_view name) {
  RiskPoint next;
  next.set_name(std::string(name));
  next.set_layer(point.layer());
  next.set_owner(point.owner());
  next.set_year(year);
  next.set_category(point.category());
  next.set_key_link(point.key_link());
  next.set_description(point.description());
  next.set_manifestation(point.manifestation());
  next.set_method(point.method());
  next.set_kind(point.kind());
  if (point.has_factors()) *next.mutable_factors() = point.factors();
  next.set_sensitive_topic(point.sensitive_topic());
  next.set_project_kind(point.project_kind());
  next.set_department(point.department());
  next.set_power(point.power());
  next.set_state(risk::v1::RISK_POINT_STATE_DRAFT);
  next.set_carried_from(point.name());
  return next;
}

SelfCheck Carried(const SelfCheck& form, const std::vector<RiskPoint>& points, int year,
                  absl::string_view name) {
  SelfCheck next;
  next.set_name(std::string(name));
  next.set_person(form.person());
  next.set_post(form.post());
  next.set_year(year);
  next.set_duties(form.duties());
  for (const RiskPoint& point : points) {
    risk::v1::Finding& finding = *next.add_findings();
    finding.set_category(point.category());
    finding.set_description(point.description());
    finding.set_manifestation(point.manifestation());
    finding.set_kind(point.kind());
    finding.set_method(point.method());
    finding.set_sensitive_topic(point.sensitive_topic());
    finding.set_project_kind(point.project_kind());
    if (point.has_factors()) *finding.mutable_factors() = point.factors();
    finding.set_carried_from(point.name());
  }
  next.set_state(risk::v1::SELF_CHECK_STATE_DRAFT);
  next.set_carried_from(form.name());
  return next;
}

Measure Carried(const Measure& measure, absl::string_view risk_point, absl::string_view name) {
  Measure next;
  next.set_name(std::string(name));
  next.set_risk_point(std::string(risk_point));
  next.set_stage(measure.stage());
  next.set_content(measure.content());
  next.set_responsible_post(measure.responsible_post());
  next.set_outcome_before(measure.outcome_after());
  next.set_state(risk::v1::MEASURE_STATE_DRAFT);
  next.set_carried_from(measure.name());
  return next;
}

std::string SelfCheckOf(const RiskPoint& point) {
  const size_t end = point.source().find("/revisions/");
  return end == std::string::npos ? std::string() : point.source().substr(0, end);
}

}  // namespace lianfang::risk
