// What the superior decides on, as plain Chinese lines. Pure.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/timestamp.pb.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/grading/v1/inspection.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "lianfang/risk/v1/submission.pb.h"

namespace lianfang::reporting {

using Lines = std::vector<std::string>;

// A measure with the risk point that it is for.
struct MeasureOfPoint {
  risk::v1::Measure measure;
  risk::v1::RiskPoint point;
};

// 《个人廉政风险自查表》(附件2); `post`: name of the post.
Lines Describe(const risk::v1::SelfCheck& form, const std::string& post);
// 岗位职责.
Lines Describe(const personnel::v1::PostDuty& duty);
// A level, with the reasons for it.
Lines Describe(const grading::v1::Grade& grade);
// Measures that were handed in together, in their order; those of one risk point below it.
Lines Describe(const risk::v1::Submission& form, const std::vector<MeasureOfPoint>& measures);
// 自查报告.
Lines Describe(const grading::v1::SelfInspectionReport& report);

// The lines as far as they stay below what a task may hold, and one that says so if it is not all.
Lines Bounded(Lines lines);

// Since when a review waits for the step that it is at.
google::protobuf::Timestamp WaitsSince(const grading::v1::Review& review);

}  // namespace lianfang::reporting
