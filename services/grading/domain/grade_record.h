// The life of a post's grade as pure functions: proposed, overridden, reviewed, confirmed.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/grading/domain/grade.h"

namespace lianfang::grading {

// SHA-256 (32 bytes) of what a decision on a grade is about: post, year, level, proposal, profile,
// reason of an override, revision.
std::string RevisionDigest(const v1::Grade& grade);

// Profile of a post: its functions and, from its registered risk points of the year, the factors
// and the number of kinds. `points` are the post's; those of other years or not registered are left
// out.
v1::PostProfile MakeProfile(const personnel::v1::Post& post, int year,
                            const std::vector<risk::v1::RiskPoint>& points);

// What a proposal rests on.
struct GradeInput {
  const personnel::v1::Post* post = nullptr;
  int year = 0;
  std::string holder;  // resource name of the person whose self-check it rests on
  v1::PostProfile profile;
};

// Whether a grade stands as it is: same holder, profile and policy, and not sent back.
bool StillStands(const v1::Grade& grade, const GradeInput& input, const CompiledPolicy& policy);

// A new grade, or the next revision of `earlier` (null: none), under review again. The review's
// name is set by the caller. Errors: those of Grade().
absl::StatusOr<v1::Grade> Propose(absl::string_view unit_id, const v1::Grade* earlier,
                                  const GradeInput& input, const CompiledPolicy& policy);

// The next revision with another level. `owners`: everybody whose own post it is. Errors:
// OWN_RECORD (the actor is one of them), BELOW_RULE_FLOOR, REASON_REQUIRED (lower than the policy
// said, or than it is), ILLEGAL_TRANSITION (nothing would change).
absl::StatusOr<v1::Grade> Override(const v1::Grade& grade, common::v1::RiskLevel level,
                                   absl::string_view reason, absl::string_view actor,
                                   const std::vector<std::string>& owners);

// The grade after a decision on its review. REVISION_CHANGED when the review is not of this
// revision.
absl::StatusOr<v1::Grade> AfterDecision(const v1::Grade& grade, const v1::Review& review,
                                        absl::Time now);

}  // namespace lianfang::grading
