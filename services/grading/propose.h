// Grades for all posts of a unit, from what the service knows of its directory and its risks.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/store/write_tx.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "services/grading/domain/grade.h"

namespace lianfang::grading {

// Most posts in use that one proposal grades: the change is one entry of the ledger.
inline constexpr int kMaxPosts = 2000;

// Writes the grades and reviews of ProposeGrades, and its result. A grade that stands stays as it
// is. Errors: RESOURCE_NOT_FOUND (unit), INVALID_FIELD (too many posts), NO_REVIEWER.
absl::Status ProposeGrades(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                           const CompiledPolicy& policy, const v1::ProposeGradesRequest& request);

// Persons who may not decide on a grade: the one whose self-check it rests on, and whoever holds
// the post today.
absl::StatusOr<std::vector<std::string>> OwnersOf(store::WriteTx& tx, const v1::Grade& grade);

// Puts a grade whose revision has just been opened, with its new review; the review of the revision
// before, when one is still open, is withdrawn. `owners`: persons who may not decide on it. Errors:
// NO_REVIEWER.
absl::Status PutUnderReview(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                            const std::vector<std::string>& owners,
                            const std::string& earlier_review, v1::Grade grade);

}  // namespace lianfang::grading
