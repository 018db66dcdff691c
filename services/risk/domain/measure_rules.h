// Measures (防控措施) against risk points.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::risk {

// INVALID_FIELD when the risk point or the post is of another unit, or the due date is no whole day
// of the calendar.
absl::Status CheckMeasure(const risk::v1::Measure& measure, absl::string_view unit_id);

// ILLEGAL_TRANSITION for a risk point that is no risk any more.
absl::Status CheckTreatable(const risk::v1::RiskPoint& point);

// ILLEGAL_TRANSITION unless the measure is being written, proposed or returned.
absl::Status CheckEditable(const risk::v1::Measure& measure);

// Whether the measure is filed, published or not.
bool IsFiled(const risk::v1::Measure& measure);

// Opens a filed measure for its next revision; its marks go. ILLEGAL_TRANSITION.
absl::Status Revise(risk::v1::Measure* measure);

// What a measure brought about. 「要对比措施实施前后的效果，检查目标是否实现」
struct Assessment {
  std::string assessor;
  risk::v1::MeasureEffect effect = risk::v1::MEASURE_EFFECT_UNSPECIFIED;
  std::string before;  // empty: as the measure has it
  std::string after;
};
// Writes it down. ILLEGAL_TRANSITION unless the measure is filed; REQUIRED_FIELD `outcome_before`
// when neither says how things stood before.
absl::Status Assess(const Assessment& assessment, const google::protobuf::Timestamp& now,
                    risk::v1::Measure* measure);

// Says that a filed measure still holds as it is: its marks go. ILLEGAL_TRANSITION.
absl::Status Confirm(risk::v1::Measure* measure);

// What a filed measure is after a publication of it began, or after the publication was withdrawn;
// false when there is nothing to change.
bool SetPublicised(bool publicised, const std::string& publication, risk::v1::Measure* measure);

// Archives the measure. ILLEGAL_TRANSITION when it is archived already or under review.
absl::Status Archive(risk::v1::Measure* measure);

}  // namespace lianfang::risk
