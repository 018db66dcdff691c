// Changes of risk points of departments and of the unit, and amendments of those of posts: the
// rules of domain/ with the facts that they need. Lookups by key only, as points are registered in
// numbers.
#pragma once

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::risk {

// Completes a new point: a draft, or on the register at once. INVALID_FIELD, REFERENCE_NOT_FOUND,
// NOT_RECORD_OWNER.
absl::Status CreateRiskPoint(store::WriteTx& tx, bool draft, v1::RiskPoint& point);

// Writes the point; when it says something else of the risk now, marks the measures against it.
// NOT_RECORD_OWNER, ILLEGAL_TRANSITION, INVALID_FIELD, REFERENCE_NOT_FOUND.
absl::Status UpdateRiskPoint(store::WriteTx& tx, const v1::RiskPoint& old, v1::RiskPoint& next);

// NOT_RECORD_OWNER, ILLEGAL_TRANSITION, STILL_IN_USE while a measure treats it.
absl::Status ArchiveRiskPoint(store::WriteTx& tx, v1::RiskPoint& point);

// NOT_RECORD_OWNER, ILLEGAL_TRANSITION unless it is on the register.
absl::Status ConfirmRiskPoint(store::WriteTx& tx, v1::RiskPoint& point);

}  // namespace lianfang::risk
