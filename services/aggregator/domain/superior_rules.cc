#include "services/aggregator/domain/superior_rules.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/base/utf8.h"
#include "common/crypto/sha256.h"
#include "common/review/route.h"
#include "common/status/error.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::SuperiorTask;
using google::protobuf::util::MessageDifferencer;
using google::protobuf::util::TimeUtil;
using grading::v1::ReviewerRole;

constexpr size_t kMaxTaskBytes = size_t{512} << 10;
// What another server says of its errors is shown, but not at any length.
constexpr int kProblemColumns = 200;

absl::Status NotATask(absl::string_view zh, absl::string_view en) {
  return MakeError(common::v1::ERROR_REASON_INVALID_FIELD, zh, en);
}

bool HoldsRole(const auth::Identity& caller, ReviewerRole role) {
  const auto names = review::TokenRoles(role);
  return std::any_of(names.begin(), names.end(),
                     [&caller](absl::string_view name) { return caller.HasRole(name); });
}

// One task for each step of each revision.
std::string IdOf(const aggregation::v1::Member& member, const grading::v1::Review& review) {
  return absl::BytesToHexString(crypto::ToBytes(crypto::Sha256(absl::StrCat(
                                    member.name(), "\n", review.name(), "\n", review.current_step(),
                                    "\n", absl::BytesToHexString(review.revision_digest())))))
      .substr(0, 32);
}

// What must not change what the member keeps apart: who looks at it, and when.
bool SameTask(const reporting::v1::SuperiorTask& a, const reporting::v1::SuperiorTask& b) {
  return MessageDifferencer::Equals(a, b);
}

bool IsFinal(const absl::Status& status) {
  switch (ReasonOf(status)) {
    case common::v1::ERROR_REASON_NOT_REVIEWER:
    case common::v1::ERROR_REASON_OWN_RECORD:
      return true;
    case common::v1::ERROR_REASON_NOT_CAUGHT_UP:
      return false;
    default:
      break;
  }
  // What is wrong with credentials, roles, versions or the line can be mended.
  return absl::IsFailedPrecondition(status) || absl::IsInvalidArgument(status) ||
         absl::IsNotFound(status) || absl::IsAborted(status) || absl::IsAlreadyExists(status) ||
         absl::IsOutOfRange(status);
}

}  // namespace

absl::StatusOr<SuperiorTask> TaskOf(const aggregation::v1::Member& member,
                                    const reporting::v1::SuperiorTask& told) {
  const grading::v1::Review& review = told.review();
  if (!absl::StartsWith(review.name(), absl::StrCat(member.unit(), "/reviews/"))) {
    return NotATask("不是该下级单位的审核。", "The review is not of the member's unit.");
  }
  if (review.state() != grading::v1::REVIEW_STATE_OPEN || review.current_step() < 0 ||
      review.current_step() >= review.steps_size() ||
      !review::IsSuperiorRole(review.steps(review.current_step()).role())) {
    return NotATask("该审核并不待上级处理。", "The review does not wait for the superior.");
  }
  if (review.revision_digest().empty() || told.ByteSizeLong() > kMaxTaskBytes) {
    return NotATask("该审核的内容不完整或过大。", "The review is incomplete or too large.");
  }
  SuperiorTask task;
  task.set_name(
      absl::StrCat(UnitName(UnitIdOf(member.name())), "/superiorTasks/", IdOf(member, review)));
  task.set_member(member.name());
  task.set_role(review.steps(review.current_step()).role());
  *task.mutable_task() = told;
  task.set_state(aggregation::v1::SUPERIOR_TASK_STATE_WAITING);
  return task;
}

bool TellAgain(const SuperiorTask& told, SuperiorTask* stored) {
  switch (stored->state()) {
    case aggregation::v1::SUPERIOR_TASK_STATE_WAITING:
      if (SameTask(told.task(), stored->task())) return false;
      break;
    case aggregation::v1::SUPERIOR_TASK_STATE_DECIDED:
    case aggregation::v1::SUPERIOR_TASK_STATE_DELIVERED:
      return false;
    default:
      break;
  }
  *stored->mutable_task() = told.task();
  stored->set_state(aggregation::v1::SUPERIOR_TASK_STATE_WAITING);
  stored->clear_decision();
  stored->clear_relay_request_id();
  return true;
}

bool TellGone(SuperiorTask* stored) {
  if (stored->state() != aggregation::v1::SUPERIOR_TASK_STATE_WAITING) return false;
  stored->set_state(aggregation::v1::SUPERIOR_TASK_STATE_GONE);
  // The text was there to decide on.
  stored->mutable_task()->clear_summary();
  return true;
}

std::vector<ReviewerRole> RolesOf(const auth::Identity& caller) {
  std::vector<ReviewerRole> roles;
  for (const ReviewerRole role :
       {grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER, grading::v1::REVIEWER_ROLE_SUPERIOR_OFFICE}) {
    if (HoldsRole(caller, role)) roles.push_back(role);
  }
  return roles;
}

absl::Status CheckSees(const auth::Identity& caller, const SuperiorTask& task) {
  if (HoldsRole(caller, task.role())) return absl::OkStatus();
  return ErrorBuilder(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND,
                      absl::StrCat("没有 ", task.name(), "。"),
                      absl::StrCat("There is no ", task.name(), "."))
      .Meta("resource", task.name());
}

absl::StatusOr<SuperiorTask> DecideTask(const SuperiorTask& task, const auth::Identity& caller,
                                        const aggregation::v1::DecideSuperiorTaskRequest& request,
                                        const std::string& request_id, absl::Time now) {
  const grading::v1::Review& review = task.task().review();
  if (caller.subject == review.owner() || std::find(review.owners().begin(), review.owners().end(),
                                                    caller.subject) != review.owners().end()) {
    return MakeError(common::v1::ERROR_REASON_OWN_RECORD, "不能审核本人的记录。",
                     "Nobody decides on his own record.");
  }
  const std::string persons = absl::StrCat(UnitName(UnitIdOf(review.name())), "/");
  if (!HoldsRole(caller, task.role()) || absl::StartsWith(caller.subject, persons)) {
    return MakeError(common::v1::ERROR_REASON_NOT_REVIEWER, "该事项由上级的另一岗位审核。",
                     "The task is another role's.");
  }
  if (task.state() != aggregation::v1::SUPERIOR_TASK_STATE_WAITING) {
    return MakeError(common::v1::ERROR_REASON_ILLEGAL_TRANSITION,
                     "该事项已作决定或已不待审核，不能再作决定。",
                     "The task was decided, or does not wait any more.");
  }
  if (request.revision_digest() != review.revision_digest()) {
    return FieldError(common::v1::ERROR_REASON_REVISION_CHANGED, "revision_digest",
                      "与待审核的内容不一致，请重新阅读后再决定。",
                      "is not the digest of what is under review; read it again.");
  }
  const bool approve = request.decision() == grading::v1::DECISION_APPROVE;
  if (!approve && request.decision() != grading::v1::DECISION_RETURN) {
    return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, "decision", "必须填写。",
                      "must be given.");
  }
  if (!approve && absl::StripAsciiWhitespace(request.comment()).empty()) {
    return FieldError(common::v1::ERROR_REASON_REASON_REQUIRED, "comment", "退回时必须说明理由。",
                      "is needed to return a record.");
  }
  SuperiorTask next = task;
  next.set_state(aggregation::v1::SUPERIOR_TASK_STATE_DECIDED);
  next.set_relay_request_id(request_id);
  next.clear_problem();
  grading::v1::ReviewDecision& decision = *next.mutable_decision();
  decision.Clear();
  decision.set_step(review.current_step());
  decision.set_decision(request.decision());
  decision.set_decider(caller.subject);
  decision.set_role(task.role());
  decision.set_comment(request.comment());
  *decision.mutable_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  decision.set_revision_digest(request.revision_digest());
  return next;
}

reporting::v1::RelayDecisionRequest RelayOf(const SuperiorTask& task) {
  reporting::v1::RelayDecisionRequest request;
  request.set_review(task.task().review().name());
  request.set_request_id(task.relay_request_id());
  request.set_decision(task.decision().decision());
  request.set_comment(task.decision().comment());
  request.set_revision_digest(task.decision().revision_digest());
  request.set_decider(task.decision().decider());
  request.set_role(task.decision().role());
  return request;
}

void Settle(const absl::StatusOr<reporting::v1::RelayDecisionResponse>& answer,
            SuperiorTask* task) {
  if (answer.ok()) {
    task->set_state(aggregation::v1::SUPERIOR_TASK_STATE_DELIVERED);
    *task->mutable_member_position() = answer->position();
    task->clear_problem();
    // The text was there to decide on.
    task->mutable_task()->clear_summary();
    return;
  }
  task->set_problem(TruncateToWidth(Printable(ChineseText(answer.status())), kProblemColumns));
  if (IsFinal(answer.status())) task->set_state(aggregation::v1::SUPERIOR_TASK_STATE_REFUSED);
}

}  // namespace lianfang::aggregator
