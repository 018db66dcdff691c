// Reviews: whoever's turn it is takes his step, until they are over.
#include <algorithm>
#include <atomic>

#include "common/status/error.h"
#include "services/cli/play/player.h"

namespace lianfang::cli {
namespace {

using ReviewStub = grading::v1::ReviewService::Stub;
using grading::v1::Review;
using grading::v1::ReviewerRole;
using grading::v1::ReviewStep;

// Role of the token with which a person of the unit takes a step.
const char* TokenRole(ReviewerRole role) {
  switch (role) {
    case grading::v1::REVIEWER_ROLE_PRINCIPAL:
    case grading::v1::REVIEWER_ROLE_PARTY_BRANCH:
      return "principal";
    case grading::v1::REVIEWER_ROLE_VICE_PRINCIPAL:
      return "vice_principal";
    case grading::v1::REVIEWER_ROLE_DEPARTMENT_HEAD:
      return "department_head";
    case grading::v1::REVIEWER_ROLE_LEADING_GROUP:
      return "leading_group";
    case grading::v1::REVIEWER_ROLE_CONTROL_OFFICE:
      return "control_office";
    default:
      return "staff";
  }
}

bool IsOpen(const Review& review) {
  return review.state() == grading::v1::REVIEW_STATE_OPEN &&
         review.current_step() < review.steps_size();
}

const ReviewStep& Waiting(const Review& review) { return review.steps(review.current_step()); }

bool IsJoint(const ReviewStep& step) { return step.kind() == grading::v1::STEP_KIND_JOINT_REVIEW; }

}  // namespace

absl::StatusOr<int64_t> Player::TakeReviews(grading::v1::RecordKind kind,
                                            const std::set<std::string>& ours,
                                            StageProgress& progress, const CommentOf& comment_of,
                                            const OpinionOf& opinion_of) {
  grading::v1::ListReviewsRequest list;
  list.set_state(grading::v1::REVIEW_STATE_OPEN);
  LF_ASSIGN_OR_RETURN(const auto all,
                      All<Review>(reviews_, &ReviewStub::ListReviews,
                                  &grading::v1::ListReviewsResponse::mutable_reviews, list));
  std::vector<Review> open;
  for (const auto& [name, review] : all) {
    if (review.record_kind() == kind && review.year() == sample_.year.year() &&
        ours.contains(review.record())) {
      open.push_back(review);
    }
  }
  std::atomic<int64_t> calls = 0;
  std::atomic<int64_t> left = 0;
  const absl::Status worked =
      ForEach<Review>(open, progress, [&](const Review& found) -> absl::Status {
        Review review = found;
        // Each step is taken once: a review has no more steps than it had when it was opened.
        for (int step = review.current_step(); step < found.steps_size() && IsOpen(review);
             ++step) {
          int64_t made = 0;
          const absl::Status taken = TakeStep(&review, comment_of, opinion_of, &made);
          calls += made;
          LF_RETURN_IF_ERROR(taken);
        }
        if (IsOpen(review)) ++left;
        return absl::OkStatus();
      });
  LF_RETURN_IF_ERROR(worked);
  if (left > 0) {
    session_.Note(absl::StrCat("还有 ", left.load(), " 件无人可审。"),
                  absl::StrCat(left.load(), " records have no reviewer among the sample's."));
  }
  if (calls > 0) LF_RETURN_IF_ERROR(Settle());
  return calls.load();
}

absl::Status Player::TakeStep(Review* review, const CommentOf& comment_of,
                              const OpinionOf& opinion_of, int64_t* calls) {
  if (IsJoint(Waiting(*review))) LF_RETURN_IF_ERROR(GiveOpinions(review, opinion_of, calls));
  const client::Client* decider = DeciderOf(*review);
  if (decider == nullptr) return absl::OkStatus();
  const std::string comment = comment_of ? comment_of(*review) : std::string();
  grading::v1::DecideRequest request;
  request.set_name(review->name());
  request.set_etag(review->etag());
  request.set_decision(comment.empty() ? grading::v1::DECISION_APPROVE
                                       : grading::v1::DECISION_RETURN);
  request.set_comment(comment);
  request.set_revision_digest(review->revision_digest());
  LF_ASSIGN_OR_RETURN(auto decided, Change(*decider, reviews_, &ReviewStub::Decide, request));
  *review = std::move(*decided.mutable_review());
  ++*calls;
  return absl::OkStatus();
}

absl::Status Player::GiveOpinions(Review* review, const OpinionOf& opinion_of, int64_t* calls) {
  const ReviewStep step = Waiting(*review);
  for (const std::string& member : step.assignees()) {
    const bool spoken =
        std::any_of(review->opinions().begin(), review->opinions().end(), [&](const auto& opinion) {
          return opinion.step() == review->current_step() && opinion.person() == member;
        });
    if (spoken) continue;
    config::v1::SampleOpinion opinion;
    if (opinion_of) opinion = opinion_of(*review, member);
    grading::v1::AddOpinionRequest request;
    request.set_name(review->name());
    request.set_etag(review->etag());
    request.set_stance(opinion.stance() == grading::v1::STANCE_UNSPECIFIED
                           ? grading::v1::STANCE_AGREE
                           : opinion.stance());
    request.set_comment(opinion.comment());
    request.set_revision_digest(review->revision_digest());
    LF_ASSIGN_OR_RETURN(auto given, Change(actors_.As(member, "staff"), reviews_,
                                           &ReviewStub::AddOpinion, request));
    *review = std::move(*given.mutable_review());
    ++*calls;
  }
  return absl::OkStatus();
}

const client::Client* Player::DeciderOf(const Review& review) {
  const ReviewStep& step = Waiting(review);
  if (step.role() == grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER) {
    return &actors_.As("superior/leader", "superior_leader");
  }
  if (step.role() == grading::v1::REVIEWER_ROLE_SUPERIOR_OFFICE) {
    return &actors_.As("superior/office", "superior_office");
  }
  const auto& takers = IsJoint(step) ? step.convenors() : step.assignees();
  if (takers.empty()) return nullptr;
  const std::string& person = takers.Get(0);
  if (!IsJoint(step)) return &actors_.As(person, TokenRole(step.role()));
  // Somebody stands in for a head whose own record it is.
  const auto department = departments_.find(review.department());
  const bool stands_in = step.convenor_role() == grading::v1::REVIEWER_ROLE_DEPARTMENT_HEAD &&
                         (department == departments_.end() || department->second.head() != person);
  if (!stands_in) return &actors_.As(person, TokenRole(step.convenor_role()));
  return &actors_.As(person, principals_.contains(person) ? "principal" : "vice_principal");
}

}  // namespace lianfang::cli
