// The tables that the commands show. Pure: the same message and layout give the same table.
#pragma once

#include <map>
#include <string>

#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "services/cli/term/lang.h"
#include "services/cli/term/table.h"

namespace lianfang::cli {

enum class Layout {
  kWide,     // every column of the form
  kCompact,  // for narrow terminals: fewer columns, several things in one cell
};

// 《处室廉政风险防控统计表》(附件11): a row a department in the given order, then the total.
Table StatisticsTable(
    const google::protobuf::RepeatedPtrField<reporting::v1::DepartmentStatistics>& departments,
    const reporting::v1::Statistics& total, Lang lang, Layout layout);

// Risk points of the whole scope by level, category, layer and measures by stage, a row a kind.
Table BreakdownTable(const reporting::v1::Statistics& total, Lang lang);

// Columns of 《廉政风险识别一览表》(附件8), without rows.
Table SummaryTable(Lang lang, Layout layout);
void AddSummaryRow(const reporting::v1::RiskSummaryRow& row, Lang lang, Layout layout,
                   Table* table);

// A row a member with its state, then the total over the verified ones. `unit_of` gives the unit of
// each member that the roll-up names as unreachable, by the member's resource name.
Table RollupTable(const aggregation::v1::GetRollupResponse& rollup,
                  const std::map<std::string, std::string>& unit_of, Lang lang, Layout layout);

}  // namespace lianfang::cli
