// Changes of duties: the rules of domain/ with the facts that they need.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/store/write_tx.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::personnel {

// Completes a new duty. REFERENCE_NOT_FOUND, NOT_RECORD_OWNER, INVALID_FIELD, RESOURCE_EXISTS when
// there is one for the post and year.
absl::Status CreatePostDuty(store::WriteTx& tx, v1::PostDuty& duty);

// NOT_RECORD_OWNER, ILLEGAL_TRANSITION, INVALID_FIELD.
absl::Status UpdatePostDuty(store::WriteTx& tx, const v1::PostDuty& old, v1::PostDuty& next);

// Writes the duty and its revision. NOT_RECORD_OWNER, ILLEGAL_TRANSITION, REQUIRED_FIELD,
// REFERENCE_NOT_FOUND, NO_REVIEWER.
absl::Status SubmitPostDuty(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                            v1::PostDuty& duty);

// NOT_RECORD_OWNER, ILLEGAL_TRANSITION.
absl::Status WithdrawPostDuty(store::WriteTx& tx, v1::PostDuty& duty);
absl::Status RevisePostDuty(store::WriteTx& tx, v1::PostDuty& duty);
absl::Status ConfirmPostDuty(store::WriteTx& tx, v1::PostDuty& duty);

// Writes the volume and the duties that it compiles. REFERENCE_NOT_FOUND, NOT_COMPILABLE,
// RESOURCE_EXISTS.
absl::Status CompilePostDuties(store::WriteTx& tx, const v1::CompilePostDutiesRequest& request);

// The duty that a change of its post marks, with the marks; nothing when it marks none. Not
// written: whoever changes the post writes the post first.
absl::StatusOr<std::optional<v1::PostDuty>> MarkedDuty(store::WriteTx& tx, const v1::Post& old,
                                                       const v1::Post& next);

}  // namespace lianfang::personnel
