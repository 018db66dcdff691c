#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "common/directory/date.h"
#include "common/rpc/service.h"
#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "services/grading/access.h"
#include "services/grading/decisions.h"
#include "services/grading/domain/review.h"
#include "services/grading/grading_handler.h"
#include "services/grading/grading_kinds.h"
#include "services/grading/reviewers.h"

namespace lianfang::grading {
namespace {

using Routes = config::v1::RoutesPolicy;

constexpr char kReviewService[] = "lianfang.grading.v1.ReviewService";

// Who can act today, for reading and for a change.
review::Roster RosterOf(store::Reader& reader, absl::string_view unit_id, absl::Time now) {
  return {&reader, unit_id, directory::DateOf(now, directory::SchoolTimeZone())};
}

// Reviews that fit the query and `keep`, as they stand now.
template <class Request, class Response>
absl::Status ListStanding(const Routes& routes, const rpc::CallContext& call, store::Reader& reader,
                          const Request& request, const store::Query& query,
                          absl::FunctionRef<absl::StatusOr<bool>(const v1::Review&)> keep,
                          Response* response) {
  review::Roster roster = RosterOf(reader, call.unit_id, call.now);
  return rpc::ListKept(
      call, reader, ReviewKind(), request, query,
      [&](google::protobuf::Message& record) -> absl::StatusOr<bool> {
        auto& review = static_cast<v1::Review&>(record);
        LF_RETURN_IF_ERROR(RefreshReviewers(routes, roster, &review));
        return keep(review);
      },
      response);
}

// Open reviews that wait for the caller.
absl::Status ListTasks(const Routes& routes, const rpc::CallContext& call, store::Reader& reader,
                       const v1::ListReviewTasksRequest& request,
                       v1::ListReviewTasksResponse* response) {
  const Actor actor = ActorOf(*call.identity);
  store::Query query;
  query.equal.emplace_back("state", int64_t{v1::REVIEW_STATE_OPEN});
  return ListStanding(
      routes, call, reader, request, query,
      [&actor](const v1::Review& review) -> absl::StatusOr<bool> {
        return WaitsFor(review, actor);
      },
      response);
}

absl::Status ListReviews(const Routes& routes, const rpc::CallContext& call, store::Reader& reader,
                         const v1::ListReviewsRequest& request, v1::ListReviewsResponse* response) {
  store::Query query;
  if (request.state() != 0) query.equal.emplace_back("state", int64_t{request.state()});
  if (!request.record().empty()) query.equal.emplace_back("record", request.record());
  const bool superiors = request.waits_for_superior();
  if (superiors && request.state() == 0) {
    query.equal.emplace_back("state", int64_t{v1::REVIEW_STATE_OPEN});
  }
  access::Viewer viewer = ViewerOf(call, reader);
  return ListStanding(
      routes, call, reader, request, query,
      [&](const v1::Review& review) -> absl::StatusOr<bool> {
        if (superiors && !WaitsForSuperior(review)) return false;
        return viewer.Sees(access::Action::kSeeReview, FactsOf(review));
      },
      response);
}

// A review as it stands now, for a change by the caller.
template <class Request>
absl::StatusOr<v1::Review> Current(const Routes& routes, store::WriteTx& tx,
                                   const Request& request) {
  LF_ASSIGN_OR_RETURN(v1::Review review, tx.Get<v1::Review>(ReviewKind(), request.name()));
  review::Roster roster = RosterOf(tx, tx.unit_id(), tx.now());
  LF_RETURN_IF_ERROR(RefreshReviewers(routes, roster, &review));
  LF_RETURN_IF_ERROR(FromDirectory(ViewerOf(tx).May(access::Action::kSeeReview, FactsOf(review))));
  return review;
}

// Whoever is no reviewer may have become one by a change of the directory that is not here yet.
absl::Status MaybeNew(absl::Status status) {
  return ReasonOf(status) == common::v1::ERROR_REASON_NOT_REVIEWER
             ? rpc::MaybeBehind(std::move(status), "personnel")
             : status;
}

absl::Status GiveOpinion(const Routes& routes, store::WriteTx& tx,
                         const v1::AddOpinionRequest& request) {
  LF_ASSIGN_OR_RETURN(const v1::Review review, Current(routes, tx, request));
  const MemberOpinion opinion{request.stance(), request.comment(), request.revision_digest()};
  auto next = AddOpinion(review, ActorOf(tx.actor()), opinion, tx.now());
  LF_RETURN_IF_ERROR(
      rpc::Foremost(MaybeNew(next.status()), store::CheckEtag(review.etag(), request.etag())));
  return tx.Put(ReviewKind(), *next);
}

absl::Status DecideReview(store::WriteTx& tx, const policy::Policies& policies,
                          const CompiledPolicy& matrix, const v1::DecideRequest& request,
                          bool may_relay) {
  LF_ASSIGN_OR_RETURN(const Actor actor, DeciderOf(tx.actor(), may_relay, request));
  LF_ASSIGN_OR_RETURN(const v1::Review review, Current(policies.routes, tx, request));
  const Verdict verdict{request.decision(), request.comment(), request.revision_digest()};
  auto decided = Decide(review, actor, verdict, tx.now());
  LF_RETURN_IF_ERROR(
      rpc::Foremost(MaybeNew(decided.status()), store::CheckEtag(review.etag(), request.etag())));
  // Who takes the next step is looked up as well, so that the answer says it.
  review::Roster roster = RosterOf(tx, tx.unit_id(), tx.now());
  LF_RETURN_IF_ERROR(RefreshReviewers(policies.routes, roster, &*decided));
  return StoreDecision(tx, policies, matrix, *std::move(decided));
}

}  // namespace

void RegisterReviews(rpc::Registry& registry, rpc::Service& host,
                     const std::shared_ptr<const PolicySet>& set,
                     const policy::Policies& policies) {
  registry.Read<v1::ListReviewTasksRequest, v1::ListReviewTasksResponse>(
      kReviewService, "ListReviewTasks", host,
      [&routes = policies.routes](const auto& call, auto& reader, const auto& request,
                                  auto* response) {
        return ListTasks(routes, call, reader, request, response);
      });
  const auto relay =
      static_cast<size_t>(registry.environment().permissions->Register("grading.reviews.relay"));
  registry.Write<v1::DecideRequest, v1::DecideResponse>(
      kReviewService, "Decide", host,
      [set, &policies, relay](store::WriteTx& tx,
                              const v1::DecideRequest& request) -> absl::Status {
        LF_ASSIGN_OR_RETURN(const CompiledPolicy* matrix, set->FindMatrix(""));
        return DecideReview(tx, policies, *matrix, request, tx.actor().granted[relay]);
      });
  registry.Write<v1::AddOpinionRequest, v1::AddOpinionResponse>(
      kReviewService, "AddOpinion", host,
      [&routes = policies.routes](store::WriteTx& tx, const v1::AddOpinionRequest& request) {
        return GiveOpinion(routes, tx, request);
      });
  registry.Read<v1::GetReviewRequest, v1::GetReviewResponse>(
      kReviewService, "GetReview", host,
      [&routes = policies.routes](const rpc::CallContext& call, store::Reader& reader,
                                  const v1::GetReviewRequest& request,
                                  v1::GetReviewResponse* response) -> absl::Status {
        LF_ASSIGN_OR_RETURN(auto found, reader.Find<v1::Review>(ReviewKind(), request.name()));
        // Asked as well where there is none: how long an answer takes must not tell it.
        if (!found) {
          static_cast<void>(ViewerOf(call, reader).May(access::Action::kSeeReview, {}));
          return store::NotFound(request.name());
        }
        *response->mutable_review() = *std::move(found);
        review::Roster roster = RosterOf(reader, call.unit_id, call.now);
        LF_RETURN_IF_ERROR(RefreshReviewers(routes, roster, response->mutable_review()));
        return ViewerOf(call, reader).May(access::Action::kSeeReview, FactsOf(response->review()));
      });
  registry.Read<v1::ListReviewsRequest, v1::ListReviewsResponse>(
      kReviewService, "ListReviews", host,
      [&routes = policies.routes](const rpc::CallContext& call, store::Reader& reader,
                                  const v1::ListReviewsRequest& request,
                                  v1::ListReviewsResponse* response) {
        return ListReviews(routes, call, reader, request, response);
      });
}

}  // namespace lianfang::grading
