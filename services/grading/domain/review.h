// The life of a review as pure functions. What must hold, whatever the routes say:
//   nobody decides on his own record;
//   the record of a principal responsible person (校主要负责人) is decided by the superior;
//   a decision binds to the digest of what was looked at.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lianfang/grading/v1/grading.pb.h"

namespace lianfang::grading {

// Who wants to decide, as his token says.
struct Actor {
  std::string subject;
  std::vector<std::string> roles;
};

// Whether the actor may take the step that waits. Errors: OWN_RECORD, ILLEGAL_TRANSITION (nothing
// waits), NOT_REVIEWER.
absl::Status MayDecide(const v1::Review& review, const Actor& actor);

// What a reviewer says.
struct Verdict {
  v1::Decision decision = v1::DECISION_UNSPECIFIED;
  std::string comment;
  std::string revision_digest;  // of what he looked at
};

// The review after the decision. Errors: those of MayDecide, REVISION_CHANGED, REQUIRED_FIELD (no
// decision), REASON_REQUIRED (returned without a comment).
absl::StatusOr<v1::Review> Decide(const v1::Review& review, const Actor& actor,
                                  const Verdict& verdict, absl::Time now);

// The review after its record was taken back or replaced. ILLEGAL_TRANSITION unless it is open.
absl::StatusOr<v1::Review> Withdraw(const v1::Review& review);

}  // namespace lianfang::grading
