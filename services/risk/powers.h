// Changes of powers: the rules of domain/ with the facts that they need.
#pragma once

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "lianfang/risk/v1/power.pb.h"

namespace lianfang::risk {

// All three: NOT_RECORD_OWNER for a caller who does not keep the department's (or the leadership's)
// powers.

// Completes a new power, a draft. INVALID_FIELD, REQUIRED_FIELD, REFERENCE_NOT_FOUND.
absl::Status CreatePower(store::WriteTx& tx, v1::Power& power);

// Writes the power and marks what rests on it. ILLEGAL_TRANSITION, INVALID_FIELD, REQUIRED_FIELD,
// REFERENCE_NOT_FOUND.
absl::Status UpdatePower(store::WriteTx& tx, const v1::Power& old, v1::Power& next);

// ILLEGAL_TRANSITION, STILL_IN_USE while a risk point or a chart is about it.
absl::Status ArchivePower(store::WriteTx& tx, v1::Power& power);

}  // namespace lianfang::risk
