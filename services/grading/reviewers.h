// Who may take the step of a review that waits, at this moment: persons move and go on leave, and a
// review is never stuck on somebody who left.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/auth/identity.h"
#include "common/review/plan.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "services/grading/domain/review.h"

namespace lianfang::grading {

Actor ActorOf(const auth::Identity& identity);

// Who decides: the caller, or whom he says he brings the decision of. `may_relay`: whether a role
// of the caller grants that. Errors: PERMISSION_DENIED, REQUIRED_FIELD, INVALID_FIELD (a role that
// is not the superior's).
absl::StatusOr<Actor> DeciderOf(const auth::Identity& caller, bool may_relay,
                                const v1::DecideRequest& request);

// Looks up anew whose record it is and who takes the step that waits; the review of whoever has
// become a principal responsible person since it was opened goes up. A review that waits for
// nothing, or for the superior, stays as it is.
absl::Status RefreshReviewers(const config::v1::RoutesPolicy& routes, review::Roster& roster,
                              v1::Review* review);

}  // namespace lianfang::grading
