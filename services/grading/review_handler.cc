#include <string>
#include <utility>

#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "services/grading/domain/grade_record.h"
#include "services/grading/domain/review.h"
#include "services/grading/grading_handler.h"
#include "services/grading/grading_kinds.h"

namespace lianfang::grading {
namespace {

constexpr char kService[] = "lianfang.grading.v1.ReviewService";

Actor ActorOf(const auth::Identity& identity) { return {identity.subject, identity.roles}; }

// Open reviews in the order of their ids; those that the caller may take, until the page is full.
absl::Status ListTasks(const rpc::CallContext& call, store::Reader& reader,
                       const v1::ListReviewTasksRequest& request,
                       v1::ListReviewTasksResponse* response) {
  const Actor actor = ActorOf(*call.identity);
  const int size = rpc::PageSize(request.page_size());
  store::Query query;
  query.equal.emplace_back("state", int64_t{v1::REVIEW_STATE_OPEN});
  query.limit = rpc::kMaxPage;
  LF_ASSIGN_OR_RETURN(query.after, rpc::ReadPageToken(request));
  std::string last;
  while (true) {
    int found = 0;
    bool full = false;
    LF_RETURN_IF_ERROR(reader.Scan(
        ReviewKind(), call.unit_id, query, [&](absl::string_view id, absl::string_view body) {
          ++found;
          query.after = std::string(id);
          if (full) return absl::OkStatus();
          v1::Review review;
          if (!review.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
            return store::CorruptRecord(ReviewKind(), id);
          }
          if (!MayDecide(review, actor).ok()) return absl::OkStatus();
          if (response->reviews_size() == size) {
            full = true;
            return absl::OkStatus();
          }
          last = std::string(id);
          *response->add_reviews() = std::move(review);
          return absl::OkStatus();
        }));
    if (full) {
      response->set_next_page_token(rpc::MakePageToken(request, last));
      return absl::OkStatus();
    }
    if (found < query.limit) return absl::OkStatus();
  }
}

absl::Status DecideReview(store::WriteTx& tx, const v1::DecideRequest& request) {
  LF_ASSIGN_OR_RETURN(const v1::Review review, tx.Get<v1::Review>(ReviewKind(), request.name()));
  LF_RETURN_IF_ERROR(store::CheckEtag(review.etag(), request.etag()));
  const Verdict verdict{request.decision(), request.comment(), request.revision_digest()};
  LF_ASSIGN_OR_RETURN(v1::Review decided, Decide(review, ActorOf(tx.actor()), verdict, tx.now()));
  if (review.record_kind() == v1::RECORD_KIND_GRADE) {
    LF_ASSIGN_OR_RETURN(const v1::Grade grade, tx.Get<v1::Grade>(GradeKind(), review.record()));
    LF_ASSIGN_OR_RETURN(v1::Grade after, AfterDecision(grade, decided, tx.now()));
    LF_RETURN_IF_ERROR(tx.Put(ReviewKind(), decided));
    return tx.Put(GradeKind(), after);
  }
  return tx.Put(ReviewKind(), decided);
}

}  // namespace

void RegisterReviews(rpc::Registry& registry, rpc::Service& host) {
  registry.Read<v1::ListReviewTasksRequest, v1::ListReviewTasksResponse>(
      kService, "ListReviewTasks", host, ListTasks);
  registry.Write<v1::DecideRequest, v1::DecideResponse>(kService, "Decide", host, DecideReview);
  rpc::Standard<v1::Review>(&registry, kService, &host, &ReviewKind())
      .Get<v1::GetReviewRequest, v1::GetReviewResponse>("GetReview")
      .List<v1::ListReviewsRequest, v1::ListReviewsResponse>(
          "ListReviews", [](const rpc::CallContext&, const v1::ListReviewsRequest& request) {
            store::Query query;
            if (request.state() != 0) query.equal.emplace_back("state", int64_t{request.state()});
            if (!request.record().empty()) query.equal.emplace_back("record", request.record());
            return query;
          });
}

}  // namespace lianfang::grading
