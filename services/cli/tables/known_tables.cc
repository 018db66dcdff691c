#include "services/cli/tables/known_tables.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/csv.h"
#include "common/base/encoding.h"
#include "common/status/error.h"
#include "common/table/cell.h"
#include "services/cli/core/exit_code.h"
#include "services/personnel/domain/import_table.h"

namespace lianfang::cli {
namespace {

using lianfang::table::Sheet;
using lianfang::table::SheetRow;
using personnel::v1::DirectoryFile;
using risk::v1::FormKind;

// Title and particulars stand above the headings.
constexpr int kHeadRows = 20;
constexpr double kDirectoryWidth = 16;

KnownTable Directory(const char* id, const char* title, DirectoryFile file) {
  KnownTable table{
      .id = id, .title = title, .kind = file, .columns = {}, .api_names = {}, .needed = {}};
  for (const personnel::Column& column : personnel::ColumnsOf(file)) {
    // The first title is the Chinese one; the column's name is the API's.
    const char* heading = column.titles.front().data();
    table.columns.push_back({heading, column.meaning.c_str(), kDirectoryWidth});
    table.api_names.emplace_back(column.name);
    table.needed.emplace_back(heading);
  }
  return table;
}

KnownTable Form(const char* id, const char* title, FormKind kind,
                std::span<const document::Column> columns, std::vector<std::string> needed) {
  return {.id = id,
          .title = title,
          .kind = kind,
          .columns = {columns.begin(), columns.end()},
          .api_names = {},
          .needed = std::move(needed)};
}

// The heading of the table that a cell says; empty for none.
std::string HeadingOf(const KnownTable& table, absl::string_view cell) {
  const absl::string_view text = lianfang::table::TrimCell(cell);
  for (const document::Column& column : table.columns) {
    if (text == column.heading) return column.heading;
  }
  return table.HeadingOfApiName(text);
}

// The columns of a table in a row; empty when the row lacks a heading that it needs.
std::map<int, std::string> HeadingsIn(const KnownTable& table, const SheetRow& row) {
  std::map<int, std::string> headings;
  std::set<std::string> seen;
  for (const auto& [column, cell] : row.cells) {
    std::string heading = HeadingOf(table, cell);
    if (!heading.empty() && seen.insert(heading).second) headings[column] = std::move(heading);
  }
  for (const std::string& needed : table.needed) {
    if (!seen.contains(needed)) return {};
  }
  return headings;
}

// 序号 alone says nothing: templates come with numbers.
bool SaysSomething(const FoundTable& found, const SheetRow& row) {
  return std::any_of(row.cells.begin(), row.cells.end(), [&](const auto& cell) {
    const auto heading = found.headings.find(cell.first);
    return heading != found.headings.end() && heading->second != "序号" &&
           !lianfang::table::TrimCell(cell.second).empty();
  });
}

}  // namespace

std::string KnownTable::HeadingOfApiName(absl::string_view name) const {
  for (size_t i = 0; i < api_names.size(); ++i) {
    if (absl::EqualsIgnoreCase(name, api_names[i])) return columns[i].heading;
  }
  return "";
}

std::span<const KnownTable> KnownTables() {
  static const auto* const kTables = new std::vector<KnownTable>{
      Directory("departments", "处室", personnel::v1::DIRECTORY_FILE_DEPARTMENTS),
      Directory("posts", "岗位", personnel::v1::DIRECTORY_FILE_POSTS),
      Directory("persons", "人员", personnel::v1::DIRECTORY_FILE_PERSONS),
      Directory("appointments", "任职", personnel::v1::DIRECTORY_FILE_APPOINTMENTS),
      Directory("leading-group", "领导小组", personnel::v1::DIRECTORY_FILE_LEADING_GROUP),
      Form("self-check", "附件2 个人廉政风险自查表", risk::v1::FORM_KIND_SELF_CHECK,
           document::SelfCheckColumns(),
           {"姓名", "处室", "岗位", "风险类别", "风险点", "表现形式", "存在或潜在", "查找方式"}),
      Form("department-risks", "附件5 廉政风险排查登记表", risk::v1::FORM_KIND_DEPARTMENT_RISKS,
           document::DepartmentRiskColumns(),
           {"处室（单位）", "风险类别", "重点岗位、环节、部位", "风险点", "表现形式"}),
      Form("power-risks", "附件6 职权运行风险排查登记表", risk::v1::FORM_KIND_POWER_RISKS,
           document::PowerRiskColumns(), {"处室（单位）", "职权名称", "风险点", "表现形式"}),
      Form("power-catalogue", "附件7 廉政风险防控职权目录表", risk::v1::FORM_KIND_POWER_CATALOGUE,
           document::PowerColumns(),
           {"处室", "职权类别", "职权名称", "职权内容", "行使主体", "行使依据"}),
  };
  return *kTables;
}

const KnownTable* FindTable(absl::string_view id) {
  for (const KnownTable& table : KnownTables()) {
    if (id == table.id) return &table;
  }
  return nullptr;
}

absl::StatusOr<std::vector<Sheet>> ReadSheets(const std::string& name, const std::string& bytes) {
  if (absl::EndsWithIgnoreCase(name, ".xlsx")) {
    auto sheets = lianfang::table::ReadXlsx(bytes);
    if (!sheets.ok()) {
      return Failure(absl::StrCat(name, " 不是有效的 XLSX 表格，或内容过大。"),
                     absl::StrCat(name, ": ", sheets.status().message(), "."));
    }
    return sheets;
  }
  LF_ASSIGN_OR_RETURN(const std::string text, ToUtf8(bytes, nullptr));
  const auto parsed = ParseCsv(text);
  if (!parsed.ok() || !parsed->problems.empty()) {
    const std::string why(parsed.ok() ? absl::StrCat("line ", parsed->problems.front().line, ": ",
                                                     parsed->problems.front().text)
                                      : std::string(parsed.status().message()));
    return Failure(absl::StrCat(name, " 不是有效的 CSV 表格（", why, "）。"),
                   absl::StrCat(name, " is no valid CSV file: ", why, "."));
  }
  Sheet sheet;
  sheet.name = name.substr(name.rfind('/') + 1);
  const auto add = [&sheet](int line, const std::vector<std::string>& cells) {
    SheetRow row;
    row.row = line;
    for (size_t i = 0; i < cells.size(); ++i) {
      if (!cells[i].empty()) row.cells[static_cast<int>(i) + 1] = document::UnguardCell(cells[i]);
    }
    if (!row.cells.empty()) sheet.rows.push_back(std::move(row));
  };
  add(1, parsed->table.header);
  for (const CsvRow& row : parsed->table.rows) add(row.line, row.cells);
  return std::vector<Sheet>{std::move(sheet)};
}

absl::StatusOr<std::vector<FoundTable>> FindTables(const std::vector<Sheet>& sheets,
                                                   const KnownTable* only) {
  std::vector<FoundTable> all;
  for (const Sheet& sheet : sheets) {
    FoundTable best;
    size_t head = 0;
    for (size_t i = 0; i < sheet.rows.size() && sheet.rows[i].row <= kHeadRows; ++i) {
      for (const KnownTable& table : KnownTables()) {
        if (only != nullptr && only != &table) continue;
        auto headings = HeadingsIn(table, sheet.rows[i]);
        if (headings.size() <= best.headings.size()) continue;
        best.table = &table;
        best.headings = std::move(headings);
        head = i;
      }
    }
    if (best.table == nullptr) continue;
    best.sheet = sheet.name;
    for (size_t i = head + 1; i < sheet.rows.size(); ++i) {
      if (SaysSomething(best, sheet.rows[i])) best.rows.push_back(sheet.rows[i]);
    }
    all.push_back(std::move(best));
  }
  if (!all.empty()) return all;
  std::vector<std::string> needed;
  for (const KnownTable& table : KnownTables()) {
    if (only == nullptr || only == &table) {
      needed.push_back(absl::StrCat(table.id, "：", absl::StrJoin(table.needed, "、")));
    }
  }
  return Failure(
      absl::StrCat("没有找到可以导入的表：表头须含以下各列。", absl::StrJoin(needed, "；"), "。"),
      absl::StrCat("No table that can be imported: one needs these headings. ",
                   absl::StrJoin(needed, "; "), "."));
}

}  // namespace lianfang::cli
