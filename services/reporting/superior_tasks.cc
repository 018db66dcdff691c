#include "services/reporting/superior_tasks.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/base/resource_name.h"
#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "lianfang/grading/v1/grading.grpc.pb.h"
#include "lianfang/grading/v1/inspection.grpc.pb.h"
#include "lianfang/personnel/v1/duty.grpc.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"
#include "services/reporting/domain/superior_summary.h"
#include "services/reporting/service_name.h"

namespace lianfang::reporting {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(10);
// Reviews that grading is asked for at a time.
constexpr int kStep = 10;
// A page ends early rather than get too large for a message.
constexpr size_t kMaxPageBytes = size_t{4} << 20;

struct Upstreams {
  client::Client* personnel = nullptr;
  client::Client* risk = nullptr;
  client::Client* grading = nullptr;
};

// Calls of others for one call here: none goes on after its deadline.
class Asker {
 public:
  Asker(const Upstreams& upstreams, absl::Time deadline)
      : upstreams_(upstreams), deadline_(deadline) {}

  template <class ServiceT, class Req, class Resp>
  absl::StatusOr<Resp> Ask(client::Client& client,
                           grpc::Status (ServiceT::Stub::*method)(grpc::ClientContext*, const Req&,
                                                                  Resp*),
                           const Req& request) {
    // The deadline is of the real world, like the one that gRPC keeps.
    const absl::Duration left = deadline_ - absl::Now();
    if (left <= absl::ZeroDuration()) {
      return MakeError(common::v1::ERROR_REASON_DEADLINE_EXCEEDED, "等待时间已过。",
                       "The deadline has passed.");
    }
    const auto stub = ServiceT::NewStub(client.channel());
    return client.Call(*stub, method, request, {.timeout = std::min(left, kCallTimeout)});
  }

  // What is under review, in lines. Nothing when it is not what the review is about any more: then
  // nobody can decide on it either.
  absl::StatusOr<Lines> Describe(const grading::v1::Review& review);

  const Upstreams& upstreams() const { return upstreams_; }

 private:
  absl::StatusOr<Lines> OfSelfCheck(const grading::v1::Review& review);
  absl::StatusOr<Lines> OfMeasures(const grading::v1::Review& review);
  absl::StatusOr<Lines> OfGrade(const grading::v1::Review& review);
  absl::StatusOr<Lines> OfDuty(const grading::v1::Review& review);
  absl::StatusOr<Lines> OfSelfInspection(const grading::v1::Review& review);

  const Upstreams upstreams_;
  const absl::Time deadline_;
};

template <class Record>
Lines IfReviewed(const grading::v1::Review& review, const Record& record, Lines lines) {
  return record.revision_digest() == review.revision_digest() ? Bounded(std::move(lines)) : Lines();
}

absl::StatusOr<Lines> Asker::OfSelfCheck(const grading::v1::Review& review) {
  risk::v1::GetSelfCheckRequest request;
  request.set_name(review.record());
  LF_ASSIGN_OR_RETURN(const auto form,
                      (Ask<risk::v1::RiskService>(
                          *upstreams_.risk, &risk::v1::RiskService::Stub::GetSelfCheck, request)));
  personnel::v1::GetPostRequest of;
  of.set_name(form.self_check().post());
  LF_ASSIGN_OR_RETURN(const auto post, (Ask<personnel::v1::PersonnelService>(
                                           *upstreams_.personnel,
                                           &personnel::v1::PersonnelService::Stub::GetPost, of)));
  return IfReviewed(review, form.self_check(),
                    reporting::Describe(form.self_check(), post.post().display_name()));
}

absl::StatusOr<Lines> Asker::OfMeasures(const grading::v1::Review& review) {
  risk::v1::GetSubmissionRequest request;
  request.set_name(review.record());
  LF_ASSIGN_OR_RETURN(const auto form,
                      (Ask<risk::v1::RiskService>(
                          *upstreams_.risk, &risk::v1::RiskService::Stub::GetSubmission, request)));
  std::vector<MeasureOfPoint> measures;
  for (const auto& item : form.submission().items()) {
    risk::v1::GetMeasureRequest get;
    get.set_name(item.name());
    LF_ASSIGN_OR_RETURN(const auto measure,
                        (Ask<risk::v1::RiskService>(
                            *upstreams_.risk, &risk::v1::RiskService::Stub::GetMeasure, get)));
    measures.emplace_back().measure = measure.measure();
  }
  std::stable_sort(measures.begin(), measures.end(), [](const auto& a, const auto& b) {
    return a.measure.risk_point() < b.measure.risk_point();
  });
  for (size_t i = 0; i < measures.size(); ++i) {
    if (i > 0 && measures[i].measure.risk_point() == measures[i - 1].measure.risk_point()) {
      continue;
    }
    risk::v1::GetRiskPointRequest get;
    get.set_name(measures[i].measure.risk_point());
    LF_ASSIGN_OR_RETURN(const auto point,
                        (Ask<risk::v1::RiskService>(
                            *upstreams_.risk, &risk::v1::RiskService::Stub::GetRiskPoint, get)));
    measures[i].point = point.risk_point();
  }
  return IfReviewed(review, form.submission(), reporting::Describe(form.submission(), measures));
}

absl::StatusOr<Lines> Asker::OfGrade(const grading::v1::Review& review) {
  grading::v1::GetGradeRequest request;
  request.set_name(review.record());
  LF_ASSIGN_OR_RETURN(
      const auto grade,
      (Ask<grading::v1::GradingService>(*upstreams_.grading,
                                        &grading::v1::GradingService::Stub::GetGrade, request)));
  return IfReviewed(review, grade.grade(), reporting::Describe(grade.grade()));
}

absl::StatusOr<Lines> Asker::OfDuty(const grading::v1::Review& review) {
  personnel::v1::GetPostDutyRequest request;
  request.set_name(review.record());
  LF_ASSIGN_OR_RETURN(
      const auto duty,
      (Ask<personnel::v1::DutyService>(*upstreams_.personnel,
                                       &personnel::v1::DutyService::Stub::GetPostDuty, request)));
  return IfReviewed(review, duty.post_duty(), reporting::Describe(duty.post_duty()));
}

absl::StatusOr<Lines> Asker::OfSelfInspection(const grading::v1::Review& review) {
  using Service = grading::v1::InspectionService;
  grading::v1::GetSelfInspectionReportRequest request;
  request.set_name(review.record());
  LF_ASSIGN_OR_RETURN(
      const auto report,
      (Ask<Service>(*upstreams_.grading, &Service::Stub::GetSelfInspectionReport, request)));
  return IfReviewed(review, report.self_inspection_report(),
                    reporting::Describe(report.self_inspection_report()));
}

absl::StatusOr<Lines> Asker::Describe(const grading::v1::Review& review) {
  switch (review.record_kind()) {
    case grading::v1::RECORD_KIND_SELF_CHECK:
      return OfSelfCheck(review);
    case grading::v1::RECORD_KIND_MEASURE:
      return OfMeasures(review);
    case grading::v1::RECORD_KIND_GRADE:
      return OfGrade(review);
    case grading::v1::RECORD_KIND_POST_DUTY:
      return OfDuty(review);
    case grading::v1::RECORD_KIND_SELF_INSPECTION:
      return OfSelfInspection(review);
    default:
      // A school's own routes may send more upward; what it is stands in the title.
      return Lines();
  }
}

absl::StatusOr<v1::ListSuperiorTasksResponse> ListTasks(
    Asker asker, const v1::ListSuperiorTasksRequest& request) {
  const int size = rpc::PageSize(request.page_size());
  grading::v1::ListReviewsRequest list;
  list.set_parent(request.parent());
  list.set_page_size(std::min(size, kStep));
  list.set_waits_for_superior(true);
  for (const auto& position : request.not_before()) {
    // What grading follows; what is grading's own it reads as it is.
    if (position.service() == "personnel" || position.service() == "risk") {
      *list.add_not_before() = position;
    }
  }
  LF_ASSIGN_OR_RETURN(*list.mutable_page_token(), rpc::ReadPageToken(request));
  v1::ListSuperiorTasksResponse response;
  size_t bytes = 0;
  while (true) {
    using Service = grading::v1::ReviewService;
    LF_ASSIGN_OR_RETURN(
        const auto reviews,
        (asker.Ask<Service>(*asker.upstreams().grading, &Service::Stub::ListReviews, list)));
    for (const grading::v1::Review& review : reviews.reviews()) {
      v1::SuperiorTask* task = response.add_tasks();
      *task->mutable_review() = review;
      *task->mutable_wait_time() = WaitsSince(review);
      LF_ASSIGN_OR_RETURN(const Lines lines, asker.Describe(review));
      *task->mutable_summary() = {lines.begin(), lines.end()};
      bytes += task->ByteSizeLong();
    }
    list.set_page_token(reviews.next_page_token());
    if (list.page_token().empty()) return response;
    if (response.tasks_size() + list.page_size() > size || bytes > kMaxPageBytes) break;
  }
  response.set_next_page_token(rpc::MakePageToken(request, list.page_token()));
  return response;
}

absl::StatusOr<v1::RelayDecisionResponse> Relay(Asker asker,
                                                const v1::RelayDecisionRequest& request) {
  grading::v1::DecideRequest decide;
  decide.set_name(request.review());
  // The request id of the superior: however often it comes, grading decides once.
  decide.set_request_id(request.request_id());
  decide.set_decision(request.decision());
  decide.set_comment(request.comment());
  decide.set_revision_digest(request.revision_digest());
  decide.set_on_behalf_of(request.decider());
  decide.set_on_behalf_role(request.role());
  using Service = grading::v1::ReviewService;
  LF_ASSIGN_OR_RETURN(auto decided, (asker.Ask<Service>(*asker.upstreams().grading,
                                                        &Service::Stub::Decide, decide)));
  v1::RelayDecisionResponse response;
  *response.mutable_review() = std::move(*decided.mutable_review());
  *response.mutable_position() = std::move(*decided.mutable_position());
  return response;
}

}  // namespace

void RegisterSuperiorTasks(server::ModuleContext& context) {
  const Upstreams upstreams = {&context.Upstream("personnel"), &context.Upstream("risk"),
                               &context.Upstream("grading")};
  context.registry().Async<v1::ListSuperiorTasksRequest, v1::ListSuperiorTasksResponse>(
      kReportingService, "ListSuperiorTasks",
      [&context, upstreams](
          const rpc::CallContext& call, std::shared_ptr<const v1::ListSuperiorTasksRequest> request,
          std::function<void(absl::StatusOr<v1::ListSuperiorTasksResponse>)> done) {
        context.RunInBackground([asker = Asker(upstreams, call.deadline),
                                 request = std::move(request),
                                 done = std::move(done)] { done(ListTasks(asker, *request)); });
      });
  context.registry().Async<v1::RelayDecisionRequest, v1::RelayDecisionResponse>(
      kReportingService, "RelayDecision",
      [&context, upstreams](const rpc::CallContext& call,
                            std::shared_ptr<const v1::RelayDecisionRequest> request,
                            std::function<void(absl::StatusOr<v1::RelayDecisionResponse>)> done) {
        context.RunInBackground([asker = Asker(upstreams, call.deadline),
                                 request = std::move(request),
                                 done = std::move(done)] { done(Relay(asker, *request)); });
      });
}

}  // namespace lianfang::reporting
