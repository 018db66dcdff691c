// Measures (防控措施) against risk points.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::risk {

// INVALID_FIELD when the risk point or the post is of another unit, or the due date is no whole day
// of the calendar.
absl::Status CheckMeasure(const risk::v1::Measure& measure, absl::string_view unit_id);

// ILLEGAL_TRANSITION for a risk point that is no risk any more.
absl::Status CheckTreatable(const risk::v1::RiskPoint& point);

// ILLEGAL_TRANSITION unless the measure is being written, proposed or returned.
absl::Status CheckEditable(const risk::v1::Measure& measure);

// Archives the measure. ILLEGAL_TRANSITION when it is archived already or under review.
absl::Status Archive(risk::v1::Measure* measure);

}  // namespace lianfang::risk
