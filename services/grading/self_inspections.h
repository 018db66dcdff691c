// Self-inspection reports: who writes them, and what handing in and deciding bring about.
#pragma once

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/grading/v1/inspection.pb.h"

namespace lianfang::grading {

// A new draft. Errors: REFERENCE_NOT_FOUND, NOT_RECORD_OWNER, RESOURCE_EXISTS, INVALID_FIELD.
absl::Status CreateSelfInspection(store::WriteTx& tx, v1::SelfInspectionReport& report);
absl::Status UpdateSelfInspection(store::WriteTx& tx, const v1::SelfInspectionReport& old,
                                  v1::SelfInspectionReport& next);
// Opens the review of the new revision.
absl::Status SubmitSelfInspection(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                                  v1::SelfInspectionReport& report);
// Withdraws the review.
absl::Status WithdrawSelfInspection(store::WriteTx& tx, v1::SelfInspectionReport& report);

// What a decision on a report's review brings about: its state and, when all targets are met, that
// of the rounds before. 「直至达标」
absl::Status FollowSelfInspection(store::WriteTx& tx, const v1::Review& decided);

}  // namespace lianfang::grading
