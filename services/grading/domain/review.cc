#include "services/grading/domain/review.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "services/grading/domain/route.h"

namespace lianfang::grading {
namespace {

using google::protobuf::util::TimeUtil;

absl::Status NotReviewer() {
  return MakeError(common::v1::ERROR_REASON_NOT_REVIEWER, "您不是这一步的审核人。",
                   "The caller is not the reviewer of this step.");
}

absl::Status NotOpen() {
  return MakeError(common::v1::ERROR_REASON_ILLEGAL_TRANSITION, "该审核已经结束，不能再作决定。",
                   "The review is over; nothing can be decided any more.");
}

}  // namespace

absl::Status MayDecide(const v1::Review& review, const Actor& actor) {
  if (!review.owner().empty() && actor.subject == review.owner()) {
    return MakeError(common::v1::ERROR_REASON_OWN_RECORD, "不能审核本人的记录。",
                     "Nobody decides on his own record.");
  }
  if (review.state() != v1::REVIEW_STATE_OPEN || review.current_step() < 0 ||
      review.current_step() >= review.steps_size()) {
    return NotOpen();
  }
  const v1::ReviewStep& step = review.steps(review.current_step());
  const absl::string_view role = TokenRole(step.role());
  if (role.empty() ||
      std::find(actor.roles.begin(), actor.roles.end(), role) == actor.roles.end()) {
    return NotReviewer();
  }
  if (IsSuperiorRole(step.role())) {
    // Whoever holds the role in a token, a person of the unit is not its superior.
    const std::string persons = absl::StrCat(UnitName(UnitIdOf(review.name())), "/");
    return absl::StartsWith(actor.subject, persons) ? NotReviewer() : absl::OkStatus();
  }
  // 「校主要负责人的岗位风险由分管厅领导审核」: the school may look at the grade of such a post
  // first, but neither end its review nor touch the form.
  const bool last = review.current_step() + 1 == review.steps_size();
  if (review.owner_kind() == v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE &&
      (review.record_kind() != v1::RECORD_KIND_GRADE || last)) {
    return NotReviewer();
  }
  const auto& assignees = step.assignees();
  if (std::find(assignees.begin(), assignees.end(), actor.subject) == assignees.end()) {
    return NotReviewer();
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Review> Decide(const v1::Review& review, const Actor& actor,
                                  const Verdict& verdict, absl::Time now) {
  LF_RETURN_IF_ERROR(MayDecide(review, actor));
  if (verdict.revision_digest != review.revision_digest()) {
    return FieldError(common::v1::ERROR_REASON_REVISION_CHANGED, "revision_digest",
                      "与待审核的内容不一致，请重新阅读后再决定。",
                      "is not the digest of what is under review; read it again.");
  }
  const bool approve = verdict.decision == v1::DECISION_APPROVE;
  if (!approve && verdict.decision != v1::DECISION_RETURN) {
    return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, "decision", "必须填写。",
                      "must be given.");
  }
  if (!approve && absl::StripAsciiWhitespace(verdict.comment).empty()) {
    return FieldError(common::v1::ERROR_REASON_REASON_REQUIRED, "comment", "退回时必须说明理由。",
                      "is needed to return a record.");
  }
  v1::Review next = review;
  v1::ReviewDecision* decision = next.add_decisions();
  decision->set_step(review.current_step());
  decision->set_decision(verdict.decision);
  decision->set_decider(actor.subject);
  decision->set_role(review.steps(review.current_step()).role());
  decision->set_comment(verdict.comment);
  *decision->mutable_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  decision->set_revision_digest(verdict.revision_digest);
  if (approve) {
    next.set_current_step(review.current_step() + 1);
    if (next.current_step() == next.steps_size()) next.set_state(v1::REVIEW_STATE_APPROVED);
  } else {
    next.set_current_step(review.steps_size());
    next.set_state(v1::REVIEW_STATE_RETURNED);
  }
  return next;
}

absl::StatusOr<v1::Review> Withdraw(const v1::Review& review) {
  if (review.state() != v1::REVIEW_STATE_OPEN) return NotOpen();
  v1::Review next = review;
  next.set_state(v1::REVIEW_STATE_WITHDRAWN);
  next.set_current_step(review.steps_size());
  return next;
}

}  // namespace lianfang::grading
