// What a school's report says beside its counts: by month, by kind of department, by campaign.
// Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "lianfang/reporting/v1/campaign.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "services/reporting/state/state.pb.h"

namespace lianfang::reporting {

// Risk points by the month in which they were registered, from the cells of all years, oldest
// first. A point without a time stands under month 0 of its year.
google::protobuf::RepeatedPtrField<v1::MonthCount> MonthsOf(
    const std::vector<state::v1::Cube>& cubes);

// The rows of the departments added up by kind; the leadership's row under the unspecified one.
google::protobuf::RepeatedPtrField<v1::DepartmentKindStatistics> KindsOf(
    const std::vector<v1::DepartmentStatistics>& departments);

// A year's progress without departments; tasks of one kind together.
v1::CampaignSummary SummaryOf(int32_t year, const std::vector<v1::TaskProgress>& tasks);

}  // namespace lianfang::reporting
