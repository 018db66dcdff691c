#include "services/grading/domain/review.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/review/route.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"

namespace lianfang::grading {
namespace {

using google::protobuf::util::TimeUtil;

template <class Names>
bool Contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

absl::Status NotReviewer() {
  return MakeError(common::v1::ERROR_REASON_NOT_REVIEWER, "您不是这一步的审核人。",
                   "The caller is not the reviewer of this step.");
}

absl::Status NotOpen() {
  return MakeError(common::v1::ERROR_REASON_ILLEGAL_TRANSITION, "该审核已经结束，不能再作决定。",
                   "The review is over; nothing can be decided any more.");
}

// OWN_RECORD, or ILLEGAL_TRANSITION when nothing waits.
absl::Status CheckWaits(const v1::Review& review, const Actor& actor) {
  const auto owns = [&review](const std::string& subject) {
    return !subject.empty() && (subject == review.owner() || Contains(review.owners(), subject));
  };
  if (owns(actor.subject) || owns(actor.relayed_by)) {
    return MakeError(common::v1::ERROR_REASON_OWN_RECORD, "不能审核本人的记录。",
                     "Nobody decides on his own record.");
  }
  if (review.state() != v1::REVIEW_STATE_OPEN || review.current_step() < 0 ||
      review.current_step() >= review.steps_size()) {
    return NotOpen();
  }
  return absl::OkStatus();
}

bool IsJoint(const v1::ReviewStep& step) { return step.kind() == v1::STEP_KIND_JOINT_REVIEW; }

// Whether the actor's token holds what the step asks for.
bool HoldsRole(const v1::ReviewStep& step, const Actor& actor) {
  std::vector<v1::ReviewerRole> roles = {step.role()};
  if (IsJoint(step)) {
    roles = {step.convenor_role()};
    for (const int stand_in : step.stand_ins()) {
      roles.push_back(static_cast<v1::ReviewerRole>(stand_in));
    }
  }
  for (const v1::ReviewerRole role : roles) {
    for (const absl::string_view name : review::TokenRoles(role)) {
      if (Contains(actor.roles, std::string(name))) return true;
    }
  }
  return false;
}

absl::Status CheckDigest(const v1::Review& review, const std::string& digest) {
  if (digest == review.revision_digest()) return absl::OkStatus();
  return FieldError(common::v1::ERROR_REASON_REVISION_CHANGED, "revision_digest",
                    "与待审核的内容不一致，请重新阅读后再决定。",
                    "is not the digest of what is under review; read it again.");
}

// 「联查和综合评议」: enough members have spoken, and more of them agree than disagree.
absl::Status CheckAgreed(const v1::Review& review) {
  const v1::ReviewStep& step = review.steps(review.current_step());
  // Who has spoken is counted, also when he has moved or is away since.
  std::set<std::string> members(step.assignees().begin(), step.assignees().end());
  size_t agree = 0;
  size_t disagree = 0;
  for (const v1::ReviewOpinion& opinion : review.opinions()) {
    if (opinion.step() != review.current_step()) continue;
    members.insert(opinion.person());
    ++(opinion.stance() == v1::STANCE_AGREE ? agree : disagree);
  }
  const size_t needed =
      (members.size() * static_cast<size_t>(step.quorum_percent()) + 99) / size_t{100};
  if (agree + disagree < needed || agree + disagree == 0) {
    return ErrorBuilder(common::v1::ERROR_REASON_QUORUM_NOT_REACHED,
                        absl::StrCat("评议人数不足：应有 ", needed, " 人发表意见，目前 ",
                                     agree + disagree, " 人。"),
                        absl::StrCat("Too few members have given an opinion: ", needed,
                                     " are needed, ", agree + disagree, " have."))
        .Meta("needed", absl::StrCat(needed))
        .Meta("given", absl::StrCat(agree + disagree));
  }
  if (agree > disagree) return absl::OkStatus();
  return ErrorBuilder(common::v1::ERROR_REASON_NOT_AGREED,
                      absl::StrCat("评议未获多数同意（同意 ", agree, "，不同意 ", disagree,
                                   "），只能退回。"),
                      absl::StrCat("The members do not agree (", agree, " agree, ", disagree,
                                   " do not); it can only be returned."))
      .Meta("agree", absl::StrCat(agree))
      .Meta("disagree", absl::StrCat(disagree));
}

}  // namespace

absl::Status MayDecide(const v1::Review& review, const Actor& actor) {
  LF_RETURN_IF_ERROR(CheckWaits(review, actor));
  const v1::ReviewStep& step = review.steps(review.current_step());
  if (!HoldsRole(step, actor)) return NotReviewer();
  if (review::IsSuperiorRole(step.role())) {
    // Whoever holds the role in a token, a person of the unit is not its superior.
    const std::string persons = absl::StrCat(UnitName(UnitIdOf(review.name())), "/");
    return absl::StartsWith(actor.subject, persons) || absl::StartsWith(actor.relayed_by, persons)
               ? NotReviewer()
               : absl::OkStatus();
  }
  if (!actor.relayed_by.empty()) return NotReviewer();
  // 「校主要负责人的岗位风险由分管厅领导审核」: the school may look at the grade of such a post
  // first, and its cadres together at his measures, but nobody in it ends the review.
  const bool last = review.current_step() + 1 == review.steps_size();
  const bool looks = review.record_kind() == v1::RECORD_KIND_GRADE || IsJoint(step);
  if (review.owner_kind() == v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE && (!looks || last)) {
    return NotReviewer();
  }
  const auto& takers = IsJoint(step) ? step.convenors() : step.assignees();
  return Contains(takers, actor.subject) ? absl::OkStatus() : NotReviewer();
}

bool WaitsForSuperior(const v1::Review& review) {
  return review.state() == v1::REVIEW_STATE_OPEN && review.current_step() >= 0 &&
         review.current_step() < review.steps_size() &&
         review::IsSuperiorRole(review.steps(review.current_step()).role());
}

bool IsOfPerson(const v1::Review& review) {
  return review.owner_kind() == v1::OWNER_KIND_STAFF ||
         review.owner_kind() == v1::OWNER_KIND_DEPARTMENT_HEAD ||
         review.owner_kind() == v1::OWNER_KIND_VICE_PRINCIPAL;
}

void GoUp(const config::v1::Route& route, v1::Review* review) {
  if (route.steps().empty() || !review::IsSuperiorRole(route.steps().rbegin()->role())) return;
  review->set_owner_kind(v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE);
  if (review->steps().empty() || review::IsSuperiorRole(review->steps().rbegin()->role())) return;
  const int taken = review->current_step();
  review->mutable_steps()->DeleteSubrange(taken, review->steps_size() - taken);
  *review->add_steps() = review::PlannedStep(*route.steps().rbegin());
}

absl::Status MayGiveOpinion(const v1::Review& review, const Actor& actor) {
  LF_RETURN_IF_ERROR(CheckWaits(review, actor));
  const v1::ReviewStep& step = review.steps(review.current_step());
  if (!IsJoint(step)) {
    return MakeError(common::v1::ERROR_REASON_ILLEGAL_TRANSITION,
                     "当前步骤不是联查和综合评议，不需要评议意见。",
                     "The step that waits is no joint review; it takes no opinions.");
  }
  return Contains(step.assignees(), actor.subject) ? absl::OkStatus() : NotReviewer();
}

bool WaitsFor(const v1::Review& review, const Actor& actor) {
  if (MayDecide(review, actor).ok()) return true;
  if (!MayGiveOpinion(review, actor).ok()) return false;
  const auto& opinions = review.opinions();
  return std::none_of(opinions.begin(), opinions.end(), [&](const v1::ReviewOpinion& opinion) {
    return opinion.step() == review.current_step() && opinion.person() == actor.subject;
  });
}

absl::StatusOr<v1::Review> Decide(const v1::Review& review, const Actor& actor,
                                  const Verdict& verdict, absl::Time now) {
  LF_RETURN_IF_ERROR(MayDecide(review, actor));
  LF_RETURN_IF_ERROR(CheckDigest(review, verdict.revision_digest));
  const bool approve = verdict.decision == v1::DECISION_APPROVE;
  if (!approve && verdict.decision != v1::DECISION_RETURN) {
    return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, "decision", "必须填写。",
                      "must be given.");
  }
  if (!approve && absl::StripAsciiWhitespace(verdict.comment).empty()) {
    return FieldError(common::v1::ERROR_REASON_REASON_REQUIRED, "comment", "退回时必须说明理由。",
                      "is needed to return a record.");
  }
  const v1::ReviewStep& step = review.steps(review.current_step());
  if (approve && IsJoint(step)) LF_RETURN_IF_ERROR(CheckAgreed(review));
  v1::Review next = review;
  v1::ReviewDecision* decision = next.add_decisions();
  decision->set_step(review.current_step());
  decision->set_decision(verdict.decision);
  decision->set_decider(actor.subject);
  decision->set_role(IsJoint(step) ? step.convenor_role() : step.role());
  decision->set_comment(verdict.comment);
  *decision->mutable_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  decision->set_revision_digest(verdict.revision_digest);
  decision->set_relayed_by(actor.relayed_by);
  if (approve) {
    next.set_current_step(review.current_step() + 1);
    if (next.current_step() == next.steps_size()) next.set_state(v1::REVIEW_STATE_APPROVED);
  } else {
    next.set_current_step(review.steps_size());
    next.set_state(v1::REVIEW_STATE_RETURNED);
  }
  return next;
}

absl::StatusOr<v1::Review> AddOpinion(const v1::Review& review, const Actor& actor,
                                      const MemberOpinion& opinion, absl::Time now) {
  LF_RETURN_IF_ERROR(MayGiveOpinion(review, actor));
  LF_RETURN_IF_ERROR(CheckDigest(review, opinion.revision_digest));
  if (opinion.stance != v1::STANCE_AGREE && opinion.stance != v1::STANCE_DISAGREE) {
    return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, "stance", "必须填写。",
                      "must be given.");
  }
  if (opinion.stance == v1::STANCE_DISAGREE &&
      absl::StripAsciiWhitespace(opinion.comment).empty()) {
    return FieldError(common::v1::ERROR_REASON_REASON_REQUIRED, "comment", "不同意时必须说明理由。",
                      "is needed to disagree.");
  }
  v1::Review next = review;
  v1::ReviewOpinion* kept = nullptr;
  for (v1::ReviewOpinion& earlier : *next.mutable_opinions()) {
    if (earlier.step() == review.current_step() && earlier.person() == actor.subject) {
      kept = &earlier;
    }
  }
  if (kept == nullptr) kept = next.add_opinions();
  kept->set_step(review.current_step());
  kept->set_person(actor.subject);
  kept->set_stance(opinion.stance);
  kept->set_comment(opinion.comment);
  *kept->mutable_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  kept->set_revision_digest(opinion.revision_digest);
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
