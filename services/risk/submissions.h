// Forms that are handed in and reviewed as one: the rules of domain/ with the facts that they need.
#pragma once

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/risk/v1/submission.pb.h"

namespace lianfang::risk {

// Collects what the owner has to hand in, and writes the form and its items. INVALID_FIELD,
// REFERENCE_NOT_FOUND, NOT_RECORD_OWNER, NOTHING_TO_SUBMIT, CHART_INCOMPLETE, NO_REVIEWER.
absl::Status CreateSubmission(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                              v1::Submission& form);

// Takes the form back; its items are drafts again. NOT_RECORD_OWNER, ILLEGAL_TRANSITION.
absl::Status WithdrawSubmission(store::WriteTx& tx, v1::Submission& form);

// Applies the decision of a review that is over to its form and the form's items; passes over
// decisions that are not on the form as it stands.
absl::Status ApplyDecision(store::WriteTx& tx, const grading::v1::Review& review);

}  // namespace lianfang::risk
