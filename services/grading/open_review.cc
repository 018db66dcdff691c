#include "services/grading/open_review.h"

#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/obs/log.h"
#include "common/status/error.h"
#include "services/grading/domain/review.h"
#include "services/grading/grading_kinds.h"

namespace lianfang::grading {

absl::StatusOr<v1::Review> PlanReview(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                                      const ReviewSubject& subject) {
  const auto today = directory::DateOf(tx.now(), directory::SchoolTimeZone());
  v1::Review review;
  review.set_name(RecordName(tx.unit_id(), "reviews", subject.review_id));
  review.set_record(subject.record);
  review.set_record_kind(subject.whose.record_kind);
  review.set_revision(subject.revision);
  review.set_revision_digest(subject.revision_digest);
  if (!subject.whose.owners.empty()) review.set_owner(subject.whose.owners.front());
  for (const std::string& owner : subject.whose.owners) review.add_owners(owner);
  for (const std::string& barred : subject.whose.barred) review.add_owners(barred);
  if (subject.of_post) review.set_post(subject.whose.post);
  review.set_department(subject.whose.department);
  review.set_title(subject.title);
  review.set_year(subject.year);
  review.set_state(v1::REVIEW_STATE_OPEN);
  review.set_policy_version(review::RoutesVersion(routes));
  LF_ASSIGN_OR_RETURN(const v1::OwnerKind owner_kind,
                      review::FindOwnerKind(tx, tx.unit_id(), subject.whose, today));
  review.set_owner_kind(owner_kind);
  LF_ASSIGN_OR_RETURN(const std::vector<v1::ReviewStep> steps,
                      review::PlanSteps(tx, tx.unit_id(), routes, subject.whose, today));
  review.mutable_steps()->Add(steps.begin(), steps.end());
  return review;
}

absl::Status OpenReview(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                        const ReviewSubject& subject) {
  LF_ASSIGN_OR_RETURN(v1::Review review, PlanReview(tx, routes, subject));
  if (!review::CheckReviewers({review.steps().begin(), review.steps().end()}).ok()) {
    obs::Log(obs::Level::kWarning, "review_without_reviewer", {{"review", review.name()}});
  }
  return tx.Put(ReviewKind(), review);
}

absl::Status WithdrawIfOpen(store::WriteTx& tx, const v1::Review& review) {
  if (review.state() != v1::REVIEW_STATE_OPEN) return absl::OkStatus();
  LF_ASSIGN_OR_RETURN(v1::Review withdrawn, Withdraw(review));
  return tx.Put(ReviewKind(), withdrawn);
}

}  // namespace lianfang::grading
