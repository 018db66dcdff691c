// What waits for the superior, as the aggregator keeps it. Pure. What must hold:
//   a task is one step of one revision: another revision is another task;
//   it is decided once, by somebody with the step's role, on the digest that he looked at;
//   a decision goes to the member with one request id, however often it is sent.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/identity.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::aggregator {

// Tasks of one member that are looked at; nobody has more waiting.
inline constexpr int kMaxTasks = 2000;

// The record of a task that a member tells of: WAITING, without etag and times. INVALID_FIELD when
// it is none: a review of another unit, one that does not wait for the superior, or too large.
absl::StatusOr<aggregation::v1::SuperiorTask> TaskOf(const aggregation::v1::Member& member,
                                                     const reporting::v1::SuperiorTask& told);

// Brings a stored task in line with what the member tells of it now; whether it changed. What was
// decided stays so; a decision that the member refused does not keep it from being decided anew.
bool TellAgain(const aggregation::v1::SuperiorTask& told, aggregation::v1::SuperiorTask* stored);

// A task of which the member does not tell any more; whether it changed. What was decided waits for
// the member's own answer.
bool TellGone(aggregation::v1::SuperiorTask* stored);

// Roles as which a caller sees tasks.
std::vector<grading::v1::ReviewerRole> RolesOf(const auth::Identity& caller);
// RESOURCE_NOT_FOUND unless the task is one of his roles': he must not learn of others.
absl::Status CheckSees(const auth::Identity& caller, const aggregation::v1::SuperiorTask& task);

// The task after the decision. `request_id` goes to the member. Errors: OWN_RECORD,
// ILLEGAL_TRANSITION, NOT_REVIEWER, REVISION_CHANGED, REQUIRED_FIELD, REASON_REQUIRED.
absl::StatusOr<aggregation::v1::SuperiorTask> DecideTask(
    const aggregation::v1::SuperiorTask& task, const auth::Identity& caller,
    const aggregation::v1::DecideSuperiorTaskRequest& request, const std::string& request_id,
    absl::Time now);

// What the member is asked to record.
reporting::v1::RelayDecisionRequest RelayOf(const aggregation::v1::SuperiorTask& task);

// The task after the member's answer: DELIVERED; REFUSED when it will never take the decision; as
// it is, with `problem`, when it may yet.
void Settle(const absl::StatusOr<reporting::v1::RelayDecisionResponse>& answer,
            aggregation::v1::SuperiorTask* task);

}  // namespace lianfang::aggregator
