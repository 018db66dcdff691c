// Risk points of departments and the unit, and measures.
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "services/cli/core/pages.h"
#include "services/cli/play/parallel.h"
#include "services/cli/play/player.h"

namespace lianfang::cli {
namespace {

using Stub = risk::v1::RiskService::Stub;

}  // namespace

absl::StatusOr<StageResult> Player::RegisterRisks(StageProgress& progress) {
  std::set<std::string> existing;
  risk::v1::ListRiskPointsRequest list;
  list.set_parent(unit_);
  list.set_year(sample_.year.year());
  list.set_show_archived(true);
  LF_RETURN_IF_ERROR(EachPage(
      list,
      [&](const auto& page) {
        return Call(actors_.AsRole("control_office"), risk_, &Stub::ListRiskPoints, page);
      },
      [&](const auto& page) {
        for (const auto& point : page.risk_points()) existing.insert(point.name());
        return absl::OkStatus();
      }));
  std::vector<const risk::v1::RiskPoint*> missing;
  for (const auto& point : sample_.year.risk_points()) {
    if (!existing.contains(point.name())) missing.push_back(&point);
  }
  progress.Start(static_cast<int64_t>(missing.size()));
  LF_RETURN_IF_ERROR(InParallel(missing.size(), concurrency_, [&](size_t i) -> absl::Status {
    const risk::v1::RiskPoint& point = *missing[i];
    risk::v1::CreateRiskPointRequest request;
    request.set_parent(unit_);
    request.set_risk_point_id(std::string(IdIn("riskPoints", point.name())));
    *request.mutable_risk_point() = point;
    request.set_request_id(UuidOf(absl::StrCat("CreateRiskPoint ", request.SerializeAsString())));
    LF_ASSIGN_OR_RETURN(const auto created,
                        Call(KeeperOf(point.owner()), risk_, &Stub::CreateRiskPoint, request));
    positions_.Add(created.position());
    progress.Advance();
    return absl::OkStatus();
  }));
  const auto done = static_cast<int64_t>(missing.size());
  return StageResult{.done = done, .found = sample_.year.risk_points_size() - done};
}

absl::StatusOr<StageResult> Player::ProposeMeasures(StageProgress& progress) {
  const client::Client& office = actors_.AsRole("control_office");
  std::set<std::string> existing;
  risk::v1::ListMeasuresRequest list;
  list.set_parent(unit_);
  list.set_show_archived(true);
  LF_RETURN_IF_ERROR(EachPage(
      list, [&](const auto& page) { return Call(office, risk_, &Stub::ListMeasures, page); },
      [&](const auto& page) {
        for (const auto& measure : page.measures()) existing.insert(measure.name());
        return absl::OkStatus();
      }));
  // Points of a post came from its holder's form, and he proposes their measures; else the head of
  // the department that a risk is counted under does.
  std::map<std::string, std::string> person_of;
  for (const auto& form : sample_.year.self_checks()) {
    person_of[std::string(IdIn("selfChecks", form.form().name()))] = form.form().person();
  }
  std::map<std::string, std::string> department_of;
  risk::v1::ListRiskPointsRequest points;
  points.set_parent(unit_);
  points.set_year(sample_.year.year());
  positions_.CopyTo(points.mutable_not_before());
  LF_RETURN_IF_ERROR(EachPage(
      points, [&](const auto& page) { return Call(office, risk_, &Stub::ListRiskPoints, page); },
      [&](const auto& page) {
        for (const auto& point : page.risk_points()) {
          department_of[point.name()] = point.department();
        }
        return absl::OkStatus();
      }));
  std::vector<const risk::v1::Measure*> missing;
  for (const auto& measure : sample_.year.measures()) {
    if (!existing.contains(measure.name())) missing.push_back(&measure);
  }
  progress.Start(static_cast<int64_t>(missing.size()));
  LF_RETURN_IF_ERROR(InParallel(missing.size(), concurrency_, [&](size_t i) -> absl::Status {
    const risk::v1::Measure& measure = *missing[i];
    risk::v1::CreateMeasureRequest request;
    request.set_parent(unit_);
    request.set_measure_id(std::string(IdIn("measures", measure.name())));
    *request.mutable_measure() = measure;
    request.set_request_id(UuidOf(absl::StrCat("CreateMeasure ", request.SerializeAsString())));
    const absl::string_view point_id = IdIn("riskPoints", measure.risk_point());
    const auto person = person_of.find(std::string(point_id.substr(0, point_id.rfind('-'))));
    const auto owner = department_of.find(measure.risk_point());
    const client::Client& proposer = person != person_of.end() ? actors_.As(person->second, "staff")
                                     : owner == department_of.end() ? office
                                                                    : KeeperOf(owner->second);
    LF_ASSIGN_OR_RETURN(const auto created, Call(proposer, risk_, &Stub::CreateMeasure, request));
    positions_.Add(created.position());
    progress.Advance();
    return absl::OkStatus();
  }));
  const auto done = static_cast<int64_t>(missing.size());
  return StageResult{.done = done, .found = sample_.year.measures_size() - done};
}

}  // namespace lianfang::cli
