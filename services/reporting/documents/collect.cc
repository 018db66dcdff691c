#include "services/reporting/documents/collect.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/follow/follow_kinds.h"
#include "common/status/error.h"
#include "lianfang/grading/v1/grading.grpc.pb.h"
#include "lianfang/grading/v1/inspection.grpc.pb.h"
#include "lianfang/grading/v1/responsibility.grpc.pb.h"
#include "lianfang/internal/v1/state.pb.h"
#include "lianfang/personnel/v1/duty.grpc.pb.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"
#include "services/reporting/domain/campaign_items.h"
#include "services/reporting/domain/school_time.h"
#include "services/reporting/facts.h"
#include "services/reporting/reporting_kinds.h"
#include "services/reporting/scan.h"
#include "services/reporting/statistics_handler.h"
#include "services/reporting/summary_handler.h"

namespace lianfang::reporting::documents {
namespace {

constexpr int kPage = 500;
// Records of one kind: more than any school has, and no more than fit into memory with ease.
constexpr size_t kMaxRecords = 20000;
constexpr absl::Duration kCallTimeout = absl::Seconds(15);

absl::Status TooMany() {
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "scope", "记录太多，无法写入一份文书。",
                    "There are too many records for one document.");
}

// One collection of calls to a service.
class Source {
 public:
  Source(const std::map<std::string, client::Client*>& upstreams, std::string unit_id,
         const Positions& positions, absl::Time deadline)
      : upstreams_(upstreams),
        unit_id_(std::move(unit_id)),
        positions_(positions),
        deadline_(deadline) {}

  // All records of a list, page by page.
  template <class StubT, class Req, class Resp, class T>
  absl::Status List(const char* service,
                    grpc::Status (StubT::*method)(grpc::ClientContext*, const Req&, Resp*),
                    Req request, google::protobuf::RepeatedPtrField<T>* (Resp::*records)(),
                    std::vector<T>* into) const {
    StubT stub(upstreams_.at(service)->channel());
    request.set_parent(UnitName(unit_id_));
    request.set_page_size(kPage);
    NotBefore(service, &request);
    while (true) {
      LF_ASSIGN_OR_RETURN(const client::CallOptions options, Options());
      LF_ASSIGN_OR_RETURN(Resp page, upstreams_.at(service)->Call(stub, method, request, options));
      for (T& record : *(page.*records)()) into->push_back(std::move(record));
      if (into->size() > kMaxRecords) return TooMany();
      if (page.next_page_token().empty()) return absl::OkStatus();
      request.set_page_token(page.next_page_token());
    }
  }

  template <class StubT, class Req, class Resp>
  absl::StatusOr<Resp> Get(const char* service,
                           grpc::Status (StubT::*method)(grpc::ClientContext*, const Req&, Resp*),
                           const std::string& name) const {
    StubT stub(upstreams_.at(service)->channel());
    Req request;
    request.set_name(name);
    NotBefore(service, &request);
    LF_ASSIGN_OR_RETURN(const client::CallOptions options, Options());
    return upstreams_.at(service)->Call(stub, method, request, options);
  }

 private:
  template <class Req>
  void NotBefore(const std::string& service, Req* request) const {
    const auto position = positions_.find(service);
    if (position == positions_.end() || position->second == 0) return;
    auto* added = request->add_not_before();
    added->set_unit(UnitName(unit_id_));
    added->set_service(service);
    added->set_sequence(position->second);
  }

  absl::StatusOr<client::CallOptions> Options() const {
    // The deadline is of the real world, like the one that gRPC keeps.
    const absl::Duration left = deadline_ - absl::Now();
    if (left <= absl::ZeroDuration()) {
      return MakeError(common::v1::ERROR_REASON_DEADLINE_EXCEEDED, "等待时间已过。",
                       "The deadline has passed.");
    }
    return client::CallOptions{.timeout = std::min(left, kCallTimeout)};
  }

  const std::map<std::string, client::Client*>& upstreams_;
  const std::string unit_id_;
  const Positions& positions_;
  const absl::Time deadline_;
};

using Risk = risk::v1::RiskService::Stub;
using Grading = grading::v1::GradingService::Stub;
using Reviews = grading::v1::ReviewService::Stub;
using Responsibility = grading::v1::ResponsibilityService::Stub;
using Inspections = grading::v1::InspectionService::Stub;
using Duties = personnel::v1::DutyService::Stub;

absl::Status AddSelfChecks(const Source& source, Facts* facts) {
  risk::v1::ListSelfChecksRequest request;
  request.set_year(facts->year);
  if (facts->scope.type == ScopeType::kPerson) request.set_person(facts->scope.name);
  return source.List("risk", &Risk::ListSelfChecks, request,
                     &risk::v1::ListSelfChecksResponse::mutable_self_checks, &facts->self_checks);
}

absl::Status AddReview(const Source& source, const std::string& name, Facts* facts) {
  if (name.empty() || facts->reviews.contains(name)) return absl::OkStatus();
  auto response = source.Get("grading", &Reviews::GetReview, name);
  // Handed in, and its review not opened yet: nobody has said anything.
  if (ReasonOf(response.status()) == common::v1::ERROR_REASON_RESOURCE_NOT_FOUND) {
    return absl::OkStatus();
  }
  LF_RETURN_IF_ERROR(response.status());
  facts->reviews[name] = std::move(*response->mutable_review());
  return absl::OkStatus();
}

// Of the forms in which a department's points were handed in.
absl::Status AddReviewsOfPoints(const Source& source, Facts* facts) {
  if (facts->scope.type != ScopeType::kDepartment) return absl::OkStatus();
  for (const risk::v1::RiskPoint& point : facts->points) {
    if (point.owner() != facts->scope.name || !Counts(*facts, point)) continue;
    LF_RETURN_IF_ERROR(AddReview(source, point.review(), facts));
  }
  return absl::OkStatus();
}

absl::Status AddReviews(const Source& source, Facts* facts) {
  for (const risk::v1::SelfCheck& form : facts->self_checks) {
    if (facts->scope.type == ScopeType::kDepartment &&
        DepartmentOf(*facts, form.post()) != facts->scope.name) {
      continue;
    }
    LF_RETURN_IF_ERROR(AddReview(source, form.review(), facts));
  }
  return absl::OkStatus();
}

// Risk points of the year, their measures, and the grades of their owners.
absl::Status AddPoints(const Source& source, Facts* facts) {
  risk::v1::ListRiskPointsRequest points;
  points.set_year(facts->year);
  LF_RETURN_IF_ERROR(source.List("risk", &Risk::ListRiskPoints, points,
                                 &risk::v1::ListRiskPointsResponse::mutable_risk_points,
                                 &facts->points));
  return source.List("risk", &Risk::ListMeasures, risk::v1::ListMeasuresRequest(),
                     &risk::v1::ListMeasuresResponse::mutable_measures, &facts->measures);
}

absl::Status AddGrades(const Source& source, Facts* facts) {
  grading::v1::ListGradesRequest grades;
  grades.set_year(facts->year);
  return source.List("grading", &Grading::ListGrades, grades,
                     &grading::v1::ListGradesResponse::mutable_grades, &facts->grades);
}

absl::Status AddPowers(const Source& source, Facts* facts) {
  return source.List("risk", &Risk::ListPowers, risk::v1::ListPowersRequest(),
                     &risk::v1::ListPowersResponse::mutable_powers, &facts->powers);
}

absl::Status AddWorkflows(const Source& source, Facts* facts) {
  return source.List("risk", &Risk::ListWorkflows, risk::v1::ListWorkflowsRequest(),
                     &risk::v1::ListWorkflowsResponse::mutable_workflows, &facts->workflows);
}

// Duties; unless it is a draft, each as it was approved, also while its next revision is written.
absl::Status AddDuties(const Source& source, Facts* facts) {
  personnel::v1::ListPostDutiesRequest request;
  request.set_year(facts->year);
  LF_RETURN_IF_ERROR(source.List("personnel", &Duties::ListPostDuties, request,
                                 &personnel::v1::ListPostDutiesResponse::mutable_post_duties,
                                 &facts->duties));
  if (facts->draft) return absl::OkStatus();
  for (personnel::v1::PostDuty& duty : facts->duties) {
    const bool settled = duty.state() == personnel::v1::POST_DUTY_STATE_APPROVED ||
                         duty.state() == personnel::v1::POST_DUTY_STATE_COMPILED;
    if (settled || duty.approved_revision() == 0) continue;
    LF_ASSIGN_OR_RETURN(const auto response, source.Get("personnel", &Duties::GetPostDutyRevision,
                                                        absl::StrCat(duty.name(), "/revisions/",
                                                                     duty.approved_revision())));
    const personnel::v1::PostDutyRevision& revision = response.post_duty_revision();
    *duty.mutable_items() = revision.items();
    duty.set_requirements(revision.requirements());
    duty.clear_effective_date();
    if (revision.has_effective_date()) *duty.mutable_effective_date() = revision.effective_date();
  }
  return absl::OkStatus();
}

absl::Status ReadDirectory(store::Reader& reader, absl::string_view unit_id, absl::CivilDay today,
                           Facts* facts) {
  LF_ASSIGN_OR_RETURN(const auto unit, reader.FindById<personnel::v1::Unit>(directory::UnitKind(),
                                                                            unit_id, unit_id));
  if (!unit) return store::NotFound(UnitName(unit_id));
  facts->unit = *unit;
  facts->departments.clear();
  facts->posts.clear();
  facts->persons.clear();
  facts->holders.clear();
  LF_ASSIGN_OR_RETURN(auto departments, directory::ListAll<personnel::v1::Department>(
                                            reader, directory::DepartmentKind(), unit_id, {}));
  for (auto& one : departments) facts->departments[one.name()] = std::move(one);
  LF_ASSIGN_OR_RETURN(auto posts, directory::ListAll<personnel::v1::Post>(
                                      reader, directory::PostKind(), unit_id, {}));
  for (auto& one : posts) facts->posts[one.name()] = std::move(one);
  LF_ASSIGN_OR_RETURN(auto persons, directory::ListAll<personnel::v1::Person>(
                                        reader, directory::PersonKind(), unit_id, {}));
  for (auto& one : persons) facts->persons[one.name()] = one.display_name();
  LF_ASSIGN_OR_RETURN(const auto appointments,
                      directory::ListAll<personnel::v1::Appointment>(
                          reader, directory::AppointmentKind(), unit_id, {}));
  for (const auto& one : appointments) {
    if (!directory::Covers(one, ToDate(today))) continue;
    auto& holders = facts->holders[one.post()];
    if (std::find(holders.begin(), holders.end(), one.person()) == holders.end()) {
      holders.push_back(one.person());
    }
  }
  return absl::OkStatus();
}

// The newest campaign that was opened, else the newest year that has something, else this one.
absl::StatusOr<int32_t> NewestYear(store::Reader& reader, absl::string_view unit_id,
                                   absl::CivilDay today) {
  int32_t year = 0;
  LF_RETURN_IF_ERROR(ScanAll<v1::Campaign>(reader, CampaignKind(), unit_id, {},
                                           [&](absl::string_view, const v1::Campaign& campaign) {
                                             year = std::max(year, campaign.year());
                                           }));
  if (year != 0) return year;
  LF_ASSIGN_OR_RETURN(const UnitStatistics statistics, ReadStatistics(reader, unit_id, 0));
  return statistics.year != 0 ? statistics.year : static_cast<int32_t>(today.year());
}

absl::Status ReadSummary(const rpc::CallContext& call, store::Reader& reader, Facts* facts) {
  v1::GetRiskSummaryRequest request;
  request.set_unit(UnitName(call.unit_id));
  request.set_year(facts->year);
  request.set_page_size(kPage);
  if (facts->scope.type == ScopeType::kDepartment) request.set_department(facts->scope.name);
  facts->summary.clear();
  while (true) {
    v1::GetRiskSummaryResponse page;
    LF_RETURN_IF_ERROR(GetRiskSummary(call, reader, request, &page));
    for (auto& row : *page.mutable_rows()) facts->summary.push_back(std::move(row));
    if (facts->summary.size() > kMaxRecords) return TooMany();
    if (page.next_page_token().empty()) return absl::OkStatus();
    request.set_page_token(page.next_page_token());
  }
}

// The year of the one record that was asked for.
template <class T>
void TakeYear(const std::vector<T>& records, Facts* facts) {
  for (const T& record : records) {
    if (record.name() == facts->scope.name) facts->year = record.year();
  }
}

absl::Status AddStatistics(store::Reader& reader, absl::string_view unit_id, Facts* facts) {
  LF_ASSIGN_OR_RETURN(UnitStatistics statistics, ReadStatistics(reader, unit_id, facts->year));
  facts->total = std::move(statistics.total);
  facts->statistics = std::move(statistics.departments);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Positions> ReadPositions(store::Reader& reader, absl::string_view unit_id,
                                        const std::vector<std::string>& upstreams,
                                        absl::string_view own) {
  Positions positions;
  for (const std::string& upstream : upstreams) {
    LF_ASSIGN_OR_RETURN(const auto position, reader.FindById<internal::v1::FollowPosition>(
                                                 follow::FollowPositionKind(), unit_id, upstream));
    positions[upstream] = position ? position->sequence() : 0;
  }
  LF_ASSIGN_OR_RETURN(positions[std::string(own)], reader.LedgerSize(unit_id));
  return positions;
}

absl::Status ReadOwn(const rpc::CallContext& call, store::Reader& reader,
                     const policy::Policies& policies, Facts* facts) {
  const absl::CivilDay today = reporting::DayOf(call.now);
  LF_RETURN_IF_ERROR(ReadDirectory(reader, call.unit_id, today, facts));
  if (facts->scope.type == ScopeType::kPublication) {
    LF_ASSIGN_OR_RETURN(facts->publication,
                        reader.Find<v1::Publication>(PublicationKind(), facts->scope.name));
    if (facts->publication) facts->year = facts->publication->year();
  }
  if (facts->year == 0) {
    LF_ASSIGN_OR_RETURN(facts->year, NewestYear(reader, call.unit_id, today));
  }
  switch (facts->kind->kind) {
    case v1::DOCUMENT_KIND_RISK_SUMMARY:
      return facts->draft ? absl::OkStatus() : ReadSummary(call, reader, facts);
    case v1::DOCUMENT_KIND_STATISTICS:
    case v1::DOCUMENT_KIND_RISK_PLOTS:
    case v1::DOCUMENT_KIND_SELF_INSPECTION_REPORT:
      return AddStatistics(reader, call.unit_id, facts);
    case v1::DOCUMENT_KIND_TASK_BREAKDOWN:
    case v1::DOCUMENT_KIND_PROGRESS_PLOT: {
      LF_ASSIGN_OR_RETURN(const Roster roster, ReadRoster(reader, call.unit_id, today));
      LF_ASSIGN_OR_RETURN(facts->campaign,
                          ReadCampaign(reader, policies, call.unit_id, facts->year));
      LF_ASSIGN_OR_RETURN(const auto items, ReadItems(reader, facts->campaign, roster, today));
      facts->progress = ProgressOf(facts->campaign, roster, items);
      return absl::OkStatus();
    }
    default:
      return absl::OkStatus();
  }
}

absl::Status ReadUpstreams(const std::map<std::string, client::Client*>& upstreams,
                           const std::string& unit_id, const Positions& positions,
                           absl::Time deadline, Facts* facts) {
  const Source source(upstreams, unit_id, positions, deadline);
  const auto points_and_grades = [&]() -> absl::Status {
    LF_RETURN_IF_ERROR(AddPoints(source, facts));
    return AddGrades(source, facts);
  };
  switch (facts->kind->kind) {
    case v1::DOCUMENT_KIND_SELF_CHECK:
      LF_RETURN_IF_ERROR(AddSelfChecks(source, facts));
      LF_RETURN_IF_ERROR(AddReviews(source, facts));
      return points_and_grades();
    case v1::DOCUMENT_KIND_DEPARTMENT_RISKS:
      LF_RETURN_IF_ERROR(points_and_grades());
      return AddReviewsOfPoints(source, facts);
    case v1::DOCUMENT_KIND_POWER_RISKS:
      LF_RETURN_IF_ERROR(AddPowers(source, facts));
      LF_RETURN_IF_ERROR(AddWorkflows(source, facts));
      LF_RETURN_IF_ERROR(points_and_grades());
      return AddReviewsOfPoints(source, facts);
    case v1::DOCUMENT_KIND_WORKFLOW_CHART:
      LF_RETURN_IF_ERROR(AddPowers(source, facts));
      LF_RETURN_IF_ERROR(AddWorkflows(source, facts));
      return points_and_grades();
    case v1::DOCUMENT_KIND_POWER_CATALOGUE:
      LF_RETURN_IF_ERROR(AddPowers(source, facts));
      return AddWorkflows(source, facts);
    case v1::DOCUMENT_KIND_RISK_SUMMARY:
      return facts->draft ? points_and_grades() : absl::OkStatus();
    case v1::DOCUMENT_KIND_POST_DUTIES:
      return AddDuties(source, facts);
    case v1::DOCUMENT_KIND_DESK_SIGN:
    case v1::DOCUMENT_KIND_WALL_SIGN: {
      grading::v1::ListWarningSignsRequest request;
      request.set_year(facts->year);
      LF_RETURN_IF_ERROR(source.List("grading", &Responsibility::ListWarningSigns, request,
                                     &grading::v1::ListWarningSignsResponse::mutable_warning_signs,
                                     &facts->signs));
      return AddPoints(source, facts);
    }
    case v1::DOCUMENT_KIND_RESPONSIBILITY_LETTER: {
      grading::v1::ListLettersRequest request;
      if (facts->scope.type == ScopeType::kUnit) request.set_year(facts->year);
      LF_RETURN_IF_ERROR(source.List(
          "grading", &Responsibility::ListLetters, request,
          &grading::v1::ListLettersResponse::mutable_responsibility_letters, &facts->letters));
      TakeYear(facts->letters, facts);
      return absl::OkStatus();
    }
    case v1::DOCUMENT_KIND_SELF_INSPECTION_REPORT: {
      grading::v1::ListSelfInspectionReportsRequest request;
      if (facts->scope.type == ScopeType::kUnit) request.set_year(facts->year);
      LF_RETURN_IF_ERROR(source.List(
          "grading", &Inspections::ListSelfInspectionReports, request,
          &grading::v1::ListSelfInspectionReportsResponse::mutable_self_inspection_reports,
          &facts->inspections));
      TakeYear(facts->inspections, facts);
      return AddPoints(source, facts);
    }
    case v1::DOCUMENT_KIND_RECTIFICATION_NOTICE: {
      auto response = source.Get("grading", &Inspections::GetRectification, facts->scope.name);
      facts->rectification.reset();
      // Whoever may not have it is not told that there is none.
      if (ReasonOf(response.status()) == common::v1::ERROR_REASON_RESOURCE_NOT_FOUND) {
        return absl::OkStatus();
      }
      LF_RETURN_IF_ERROR(response.status());
      facts->rectification = std::move(*response->mutable_rectification());
      facts->year = facts->rectification->year();
      return absl::OkStatus();
    }
    case v1::DOCUMENT_KIND_PUBLIC_NOTICE:
      LF_RETURN_IF_ERROR(AddPowers(source, facts));
      LF_RETURN_IF_ERROR(AddWorkflows(source, facts));
      LF_RETURN_IF_ERROR(AddDuties(source, facts));
      LF_RETURN_IF_ERROR(AddSelfChecks(source, facts));
      return AddPoints(source, facts);
    default:
      return absl::OkStatus();
  }
}

}  // namespace lianfang::reporting::documents
