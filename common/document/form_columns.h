// The columns of the scheme's table forms (附件), as data: what is exported can be imported
// unchanged, because both sides read them here.
#pragma once

#include <span>
#include <string>

#include "absl/strings/string_view.h"

namespace lianfang::document {

// What a column's cells are, for spreadsheets, alignment and checks.
enum class ColumnType {
  kText,
  kNumber,  // whole numbers
  kDate,    // YYYY-MM-DD
  kLevel,   // 一级(高), 二级(中), 三级(低); empty: none
  kOrder,   // 序号: the row's number
};

struct Column {
  const char* heading;  // as it stands above the column, once in a form
  const char* meaning;  // what the cells are, in the words of whoever fills in the form
  double width;         // share of the page; in a spreadsheet: characters
  ColumnType type = ColumnType::kText;
};

// 附件2 as a table: a row a finding.
std::span<const Column> SelfCheckColumns();
// 附件2 on paper: what stands below the holder's particulars.
std::span<const Column> SelfCheckFindingColumns();
// 附件5.
std::span<const Column> DepartmentRiskColumns();
// 附件6.
std::span<const Column> PowerRiskColumns();
// 附件7.
std::span<const Column> PowerColumns();
// 附件8.
std::span<const Column> RiskSummaryColumns();
// 附件11: counters a department; the numbers are those of StatisticsCounters in this order.
std::span<const Column> StatisticsColumns();
// 主要流程及任务分解表.
std::span<const Column> TaskColumns();
// 岗位职责汇编.
std::span<const Column> DutyColumns();

// A cell that a spreadsheet program would take for a formula begins with an apostrophe in CSV;
// whoever imports takes it away again.
std::string GuardCell(absl::string_view text);
std::string UnguardCell(absl::string_view text);

}  // namespace lianfang::document
