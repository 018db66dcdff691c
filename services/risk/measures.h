// Changes of measures: the rules of domain/ with the facts that they need.
#pragma once

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::risk {

// All of them: NOT_RECORD_OWNER for a caller who does not answer for the risk point.

// Completes a new measure, PROPOSED: 「提出防控风险的具体措施和办法」. INVALID_FIELD,
// REFERENCE_NOT_FOUND, ILLEGAL_TRANSITION when the risk point is archived.
absl::Status CreateMeasure(store::WriteTx& tx, v1::Measure& measure);

// ILLEGAL_TRANSITION, INVALID_FIELD, REFERENCE_NOT_FOUND.
absl::Status UpdateMeasure(store::WriteTx& tx, const v1::Measure& old, v1::Measure& next);

// ILLEGAL_TRANSITION when it is archived already.
absl::Status ArchiveMeasure(store::WriteTx& tx, v1::Measure& measure);

// ILLEGAL_TRANSITION unless it is filed.
absl::Status ReviseMeasure(store::WriteTx& tx, v1::Measure& measure);
absl::Status ConfirmMeasure(store::WriteTx& tx, v1::Measure& measure);
// Also by the leading group, which examines all. ILLEGAL_TRANSITION, REQUIRED_FIELD.
absl::Status AssessMeasure(store::WriteTx& tx, const v1::AssessMeasureRequest& request,
                           v1::Measure& measure);

}  // namespace lianfang::risk
