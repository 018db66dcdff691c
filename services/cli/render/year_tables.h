// Tables of the year's work: progress of the campaign, warnings, cross tables. Pure, as tables.h.
#pragma once

#include <string>

#include "lianfang/reporting/v1/campaign.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "services/cli/render/tables.h"

namespace lianfang::cli {

// A row a task in the given order, then the sum. With a `department` (resource name) the counts are
// its own, and tasks that do not concern it are left out.
Table CampaignTable(const reporting::v1::GetCampaignProgressResponse& progress,
                    const std::string& department, Lang lang, Layout layout);

// A row a warning in the given order.
Table WarningsTable(const google::protobuf::RepeatedPtrField<reporting::v1::Warning>& warnings,
                    Lang lang, Layout layout);

// Counts of `answer` by the dimensions that were asked for, with sums. Where another year stands
// beside, a cell is `count (count of the other year)`.
Table CrossCountTable(const reporting::v1::GetCrossTableResponse& answer,
                      reporting::v1::CountDimension row, reporting::v1::CountDimension column,
                      Lang lang);

}  // namespace lianfang::cli
