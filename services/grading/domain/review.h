// The life of a review as pure functions. What must hold, whatever the routes say:
//   nobody decides on his own record, gives an opinion on it or convenes its joint review;
//   the record of a principal responsible person (校主要负责人) is decided by the superior;
//   a decision, and an opinion, bind to the digest of what was looked at.
// Who takes the step that waits is what the step says: the caller looks it up before (see
// reviewers.h).
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/grading/v1/grading.pb.h"

namespace lianfang::grading {

// Who wants to decide, as his token says, or as the identity says that brings the superior's
// decision.
struct Actor {
  std::string subject;
  std::vector<std::string> roles;
  // Who brings it; empty when the decider calls himself. Only the superior's step is decided so.
  std::string relayed_by = {};
};

// Whether the actor may take the step that waits; in a joint review: conclude it. Errors:
// OWN_RECORD, ILLEGAL_TRANSITION (nothing waits), NOT_REVIEWER.
absl::Status MayDecide(const v1::Review& review, const Actor& actor);

// Whether the actor is a member of the joint review that waits. Errors: OWN_RECORD,
// ILLEGAL_TRANSITION (no joint review waits), NOT_REVIEWER.
absl::Status MayGiveOpinion(const v1::Review& review, const Actor& actor);

// Whether the step that waits is the superior's.
bool WaitsForSuperior(const v1::Review& review);

// Whether the record is a person's and not that of a principal responsible one, a department or
// the unit.
bool IsOfPerson(const v1::Review& review);

// 「校主要负责人的岗位风险由分管厅领导审核」: the review of somebody who has become a principal
// responsible person since it was opened. What was decided stays; all that is left is the last
// step of `route`, the superior's of such records, unless the review ends with the superior anyway.
void GoUp(const config::v1::Route& route, v1::Review* review);

// Whether the review waits for the actor: he may decide, or has an opinion to give.
bool WaitsFor(const v1::Review& review, const Actor& actor);

// What a reviewer says.
struct Verdict {
  v1::Decision decision = v1::DECISION_UNSPECIFIED;
  std::string comment;
  std::string revision_digest;  // of what he looked at
};

// The review after the decision. Errors: those of MayDecide, REVISION_CHANGED, REQUIRED_FIELD (no
// decision), REASON_REQUIRED (returned without a comment); when a joint review is approved,
// QUORUM_NOT_REACHED and NOT_AGREED.
absl::StatusOr<v1::Review> Decide(const v1::Review& review, const Actor& actor,
                                  const Verdict& verdict, absl::Time now);

// What a member of a joint review says.
struct MemberOpinion {
  v1::Stance stance = v1::STANCE_UNSPECIFIED;
  std::string comment;
  std::string revision_digest;  // of what he looked at
};

// The review after the opinion; an earlier one of the same member in the same step gives way.
// Errors: those of MayGiveOpinion, REVISION_CHANGED, REQUIRED_FIELD (no stance), REASON_REQUIRED
// (disagrees without a comment).
absl::StatusOr<v1::Review> AddOpinion(const v1::Review& review, const Actor& actor,
                                      const MemberOpinion& opinion, absl::Time now);

// The review after its record was taken back or replaced. ILLEGAL_TRANSITION unless it is open.
absl::StatusOr<v1::Review> Withdraw(const v1::Review& review);

}  // namespace lianfang::grading
