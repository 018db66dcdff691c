// What a record counts as: its counters of 附件11, the piece of a campaign's task that it is, and
// whether it may be published. Pure: one function a kind of record.
#pragma once

#include <string>

#include "lianfang/grading/v1/grading.pb.h"
#include "lianfang/grading/v1/inspection.pb.h"
#include "lianfang/grading/v1/responsibility.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/reporting/v1/publicity.pb.h"
#include "lianfang/risk/v1/power.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "lianfang/risk/v1/submission.pb.h"
#include "services/reporting/state/state.pb.h"

namespace lianfang::reporting {

state::v1::Known KnownOf(const personnel::v1::PostDuty& duty);
state::v1::Known KnownOf(const personnel::v1::DutyVolume& volume);
state::v1::Known KnownOf(const risk::v1::SelfCheck& self_check);
// A point of a department that was registered without a form is the department's form as well.
state::v1::Known KnownOf(const risk::v1::RiskPoint& point);
state::v1::Known KnownOf(const risk::v1::Power& power);
state::v1::Known KnownOf(const risk::v1::Workflow& workflow);
state::v1::Known KnownOf(const risk::v1::Submission& submission);
state::v1::Known KnownOf(const risk::v1::Volume& volume);
state::v1::Known KnownOf(const grading::v1::Grade& grade);
state::v1::Known KnownOf(const grading::v1::WarningSign& sign);
state::v1::Known KnownOf(const grading::v1::ResponsibilityLetter& letter);
state::v1::Known KnownOf(const grading::v1::SelfInspectionReport& report);
state::v1::Known KnownOf(const grading::v1::Examination& examination);
state::v1::Known KnownOf(const grading::v1::Rectification& rectification);
state::v1::Known KnownOf(const v1::Publication& publication);

}  // namespace lianfang::reporting
