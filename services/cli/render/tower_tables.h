// Tables of what a tower of units adds up to and how its members compare. Pure.
#pragma once

#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "services/cli/term/lang.h"
#include "services/cli/term/table.h"

namespace lianfang::cli {

// Counts by kind of department, a row a kind.
Table KindsTable(
    const google::protobuf::RepeatedPtrField<reporting::v1::DepartmentKindStatistics>& kinds,
    Lang lang);

// Risk points by month, a row a month.
Table MonthsTable(const google::protobuf::RepeatedPtrField<reporting::v1::MonthCount>& months,
                  Lang lang);

// Progress of the years' work, a row a year: all tasks together.
Table CampaignsTable(
    const google::protobuf::RepeatedPtrField<reporting::v1::CampaignSummary>& campaigns, Lang lang);

// Members in one figure, from the greatest; outliers are marked.
Table ComparisonTable(const aggregation::v1::Comparison& comparison, Lang lang);

std::string FigureWord(aggregation::v1::ComparedFigure figure, Lang lang);

}  // namespace lianfang::cli
