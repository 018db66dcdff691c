// Risk points of departments and the unit, measures and what they brought about.
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/cli/play/player.h"

namespace lianfang::cli {
namespace {

using RiskStub = risk::v1::RiskService::Stub;
using risk::v1::Measure;
using risk::v1::RiskPoint;

}  // namespace

absl::StatusOr<StageResult> Player::EnterRisks(StageProgress& progress) {
  risk::v1::ListRiskPointsRequest list;
  list.set_year(sample_.year.year());
  list.set_show_archived(true);
  LF_ASSIGN_OR_RETURN(const auto existing,
                      All<RiskPoint>(risk_, &RiskStub::ListRiskPoints,
                                     &risk::v1::ListRiskPointsResponse::mutable_risk_points, list));
  return MakeMissing<RiskPoint>(
      sample_.year.risk_points(), existing, progress, [&](const RiskPoint& point) {
        risk::v1::CreateRiskPointRequest request;
        request.set_parent(unit_);
        request.set_risk_point_id(std::string(IdIn("riskPoints", point.name())));
        *request.mutable_risk_point() = point;
        request.set_draft(HasForm(point.power().empty() ? risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS
                                                        : risk::v1::SUBMISSION_KIND_POWER_RISKS,
                                  point.owner()));
        return Change(KeeperOf(point.owner()), risk_, &RiskStub::CreateRiskPoint, request).status();
      });
}

absl::StatusOr<StageResult> Player::ProposeMeasures(StageProgress& progress) {
  risk::v1::ListMeasuresRequest list;
  list.set_show_archived(true);
  LF_ASSIGN_OR_RETURN(const auto existing,
                      All<Measure>(risk_, &RiskStub::ListMeasures,
                                   &risk::v1::ListMeasuresResponse::mutable_measures, list));
  // Points of a post came from its holder's form, and he proposes their measures; else the head of
  // the department that a risk is counted under does.
  std::map<std::string, std::string> person_of;
  for (const auto& form : sample_.year.self_checks()) {
    person_of[std::string(IdIn("selfChecks", form.form().name()))] = form.form().person();
  }
  risk::v1::ListRiskPointsRequest of_year;
  of_year.set_year(sample_.year.year());
  LF_ASSIGN_OR_RETURN(
      const auto points,
      All<RiskPoint>(risk_, &RiskStub::ListRiskPoints,
                     &risk::v1::ListRiskPointsResponse::mutable_risk_points, of_year));
  return MakeMissing<Measure>(
      sample_.year.measures(), existing, progress, [&](const Measure& measure) {
        risk::v1::CreateMeasureRequest request;
        request.set_parent(unit_);
        request.set_measure_id(std::string(IdIn("measures", measure.name())));
        *request.mutable_measure() = measure;
        const absl::string_view point_id = IdIn("riskPoints", measure.risk_point());
        const auto person = person_of.find(std::string(point_id.substr(0, point_id.rfind('-'))));
        const auto point = points.find(measure.risk_point());
        const client::Client& proposer =
            person != person_of.end() ? actors_.As(person->second, "staff")
            : point == points.end()   ? Office()
                                      : KeeperOf(point->second.department());
        return Change(proposer, risk_, &RiskStub::CreateMeasure, request).status();
      });
}

absl::StatusOr<StageResult> Player::AssessMeasures(StageProgress& progress) {
  risk::v1::ListMeasuresRequest list;
  LF_ASSIGN_OR_RETURN(const auto measures,
                      All<Measure>(risk_, &RiskStub::ListMeasures,
                                   &risk::v1::ListMeasuresResponse::mutable_measures, list));
  std::vector<const config::v1::SampleAssessment*> to_do;
  for (const auto& assessment : sample_.year.assessments()) {
    const auto it = measures.find(assessment.measure());
    if (it != measures.end() && it->second.effect() == risk::v1::MEASURE_EFFECT_UNSPECIFIED) {
      to_do.push_back(&assessment);
    }
  }
  LF_RETURN_IF_ERROR(ForEach<const config::v1::SampleAssessment*>(
      to_do, progress, [&](const config::v1::SampleAssessment* const& wanted) {
        risk::v1::AssessMeasureRequest request;
        request.set_name(wanted->measure());
        request.set_etag(measures.at(wanted->measure()).etag());
        request.set_effect(wanted->effect());
        request.set_outcome_after(wanted->outcome_after());
        return Change(Office(), risk_, &RiskStub::AssessMeasure, request).status();
      }));
  const auto done = static_cast<int64_t>(to_do.size());
  return StageResult{.done = done, .found = sample_.year.assessments_size() - done};
}

}  // namespace lianfang::cli
