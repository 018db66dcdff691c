// Changes of self-checks: the rules of domain/ with the facts that they need.
#pragma once

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::risk {

// Completes a new form. NOT_RECORD_OWNER, INVALID_FIELD, REFERENCE_NOT_FOUND when the person does
// not hold the post today, RESOURCE_EXISTS when there is one for the person, post and year.
absl::Status CreateSelfCheck(store::WriteTx& tx, v1::SelfCheck& form);

// NOT_RECORD_OWNER, ILLEGAL_TRANSITION, INVALID_FIELD.
absl::Status UpdateSelfCheck(store::WriteTx& tx, const v1::SelfCheck& old, v1::SelfCheck& next);

// Writes the form and its revision. NOT_RECORD_OWNER, ILLEGAL_TRANSITION, REQUIRED_FIELD,
// REFERENCE_NOT_FOUND, NO_REVIEWER.
absl::Status SubmitSelfCheck(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                             v1::SelfCheck& form);

// NOT_RECORD_OWNER, ILLEGAL_TRANSITION.
absl::Status WithdrawSelfCheck(store::WriteTx& tx, v1::SelfCheck& form);

}  // namespace lianfang::risk
