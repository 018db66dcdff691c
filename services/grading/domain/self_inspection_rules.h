// The life of a self-inspection report as pure functions.
// 「要对比措施实施前后的效果，检查目标是否实现，对没有实现预定目标的，
// 要分析查找原因并完善有关措施，直至达标」
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/grading/v1/inspection.pb.h"

namespace lianfang::grading {

// INVALID_FIELD when the subject is neither the unit nor a department of it, or a target's id
// stands twice. `field` is the path of the record in the request.
absl::Status CheckContent(const v1::SelfInspectionReport& report, absl::string_view unit_id,
                          absl::string_view field);

// Sets round, previous and state of a new report, and the targets that the round before did not
// meet when it has none. `earlier`: all reports of its subject and year. RESOURCE_EXISTS while a
// round is open, or when all targets are met.
absl::Status Begin(const std::vector<v1::SelfInspectionReport>& earlier,
                   v1::SelfInspectionReport* report);

// ILLEGAL_TRANSITION unless it may be changed.
absl::Status CheckEditable(const v1::SelfInspectionReport& report);

// The next revision, handed in. `previous` is null in round 1. Errors: ILLEGAL_TRANSITION,
// REQUIRED_FIELD (no target), TARGET_NOT_MET.
absl::StatusOr<v1::SelfInspectionReport> Submit(const v1::SelfInspectionReport& report,
                                                const v1::SelfInspectionReport* previous,
                                                const std::string& submitter, absl::Time now);

// A draft again. ILLEGAL_TRANSITION unless it is under review and nobody has decided.
absl::StatusOr<v1::SelfInspectionReport> Withdraw(const v1::SelfInspectionReport& report,
                                                  const v1::Review& review);

// The report after a decision on its review: RETURNED; or, when all steps approved, ACCEPTED, or
// IMPROVING while a target is not met. REVISION_CHANGED when the review is not of this revision.
absl::StatusOr<v1::SelfInspectionReport> AfterDecision(const v1::SelfInspectionReport& report,
                                                       const v1::Review& review, absl::Time now);

}  // namespace lianfang::grading
