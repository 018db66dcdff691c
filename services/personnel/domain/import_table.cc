#include "services/personnel/domain/import_table.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/csv.h"
#include "common/base/encoding.h"
#include "services/personnel/domain/import_cells.h"

namespace lianfang::personnel {
namespace {

using v1::DirectoryFile;

bool IsTitleOf(const Column& column, absl::string_view title) {
  const absl::string_view text = TrimCell(title);
  return absl::EqualsIgnoreCase(text, column.name) ||
         std::find(column.titles.begin(), column.titles.end(), text) != column.titles.end();
}

// Takes `word` and the number after it off the text.
std::optional<int64_t> TakeNumber(absl::string_view word, absl::string_view* text) {
  if (!absl::ConsumePrefix(text, word)) return std::nullopt;
  size_t digits = 0;
  while (digits < text->size() &&
         absl::ascii_isdigit(static_cast<unsigned char>((*text)[digits]))) {
    ++digits;
  }
  int64_t number = 0;
  if (!absl::SimpleAtoi(text->substr(0, digits), &number)) return std::nullopt;
  text->remove_prefix(digits);
  return number;
}

// Title of a cell of the file, by its number from 1; the number where the header has no title
// there.
std::string TitleAt(const std::vector<std::string>& header, int64_t column) {
  if (column >= 1 && column <= static_cast<int64_t>(header.size())) {
    const absl::string_view title = TrimCell(header[column - 1]);
    if (!title.empty()) return std::string(title);
  }
  return absl::StrCat(column);
}

// The first line of a file, split; for messages about files that cannot be read as a whole.
std::vector<std::string> HeaderOf(absl::string_view bytes) {
  const auto text = ToUtf8(bytes.substr(0, bytes.find('\n')), nullptr);
  if (!text.ok()) return {};
  const auto parsed = ParseCsv(*text);
  return parsed.ok() ? parsed->table.header : std::vector<std::string>();
}

// The file's bytes are not text. The place is where its bytes stop making sense.
void ReportEncoding(DirectoryFile file, absl::string_view bytes, const absl::Status& error,
                    Problems* problems) {
  std::optional<int64_t> offset;
  absl::string_view message = error.message();
  // The last offset that the message names: for bytes in neither encoding, where the longer attempt
  // ended.
  for (size_t at = message.find("byte "); at != absl::string_view::npos;
       at = message.find("byte ", at + 1)) {
    absl::string_view rest = message.substr(at);
    if (const auto number = TakeNumber("byte ", &rest)) offset = number;
  }
  int line = 1;
  std::string column = "1";
  if (offset && *offset >= 0 && *offset < static_cast<int64_t>(bytes.size())) {
    const absl::string_view before = bytes.substr(0, *offset);
    line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
    const size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
    int cell = 1;
    bool quoted = false;
    for (const char c : before.substr(start)) {
      if (c == '"') quoted = !quoted;
      if (c == ',' && !quoted) ++cell;
    }
    column = TitleAt(HeaderOf(bytes), cell);
  }
  problems->Add(
      file, line, column,
      "文件不是 UTF-8 或 GB18030 编码的 CSV，或者内容已损坏；请另存为“CSV UTF-8”后再导入。",
      absl::StrCat(error.message(), "."));
}

// The text is not a CSV file.
void ReportSyntax(DirectoryFile file, absl::string_view text, const absl::Status& error,
                  Problems* problems) {
  absl::string_view message = error.message();
  const int64_t line = TakeNumber("line ", &message).value_or(1);
  const std::optional<int64_t> column = TakeNumber(", column ", &message);
  absl::string_view zh = "不是有效的 CSV 表格。";
  if (absl::StrContains(message, "never closed")) {
    zh = "此处的引号没有闭合。";
  } else if (absl::StrContains(message, "quote")) {
    zh = "引号使用有误：含引号的单元格须用引号括起，内部的引号写两个。";
  } else if (absl::StrContains(message, "rows")) {
    zh = "行数过多，每个文件最多 20000 行。";
  } else if (absl::StrContains(message, "columns")) {
    zh = "列数过多。";
  } else if (absl::StrContains(message, "header")) {
    zh = "文件没有标题行。";
  }
  problems->Add(file, static_cast<int>(line), TitleAt(HeaderOf(text), column.value_or(1)), zh,
                absl::StrCat(error.message(), "."));
}

absl::string_view ProblemText(CsvProblem::Kind kind) {
  switch (kind) {
    case CsvProblem::Kind::kTooFewCells:
      return "单元格比标题少。";
    case CsvProblem::Kind::kTooManyCells:
      return "单元格比标题多；内容中有逗号时须用引号括起。";
    case CsvProblem::Kind::kCellTooLong:
      return "单元格内容过长。";
    case CsvProblem::Kind::kEmptyTitle:
      return "这一列没有标题。";
    case CsvProblem::Kind::kDuplicateTitle:
      return "标题重复。";
  }
  return "这一行有误。";
}

void ReportMissing(DirectoryFile file, int line, const Column& column, Problems* problems) {
  const absl::string_view chinese = column.titles.empty() ? column.name : column.titles[0];
  problems->Add(file, line, column.name,
                absl::StrCat("缺少“", chinese, "”（", column.name, "）列。"),
                absl::StrCat("the column '", column.name, "' is missing."));
}

constexpr char kCodeMeaning[] = "由 1–63 个小写字母、数字和连字符组成，在本表中不重复";
constexpr char kPersonMeaning[] = "“人员”表中的代码";

// What a cell takes, one of the words.
std::string Choices(const std::vector<absl::string_view>& words) {
  return absl::StrCat("可填：", absl::StrJoin(words, "、"));
}

std::vector<std::string> PlainTitles(DirectoryFile file) {
  std::vector<std::string> titles;
  for (const Column& column : ColumnsOf(file)) titles.emplace_back(column.name);
  return titles;
}

}  // namespace

std::span<const Column> ColumnsOf(DirectoryFile file) {
  static const auto* departments = new std::vector<Column>{
      {"code", {"代码"}, kCodeMeaning},
      {"name", {"名称"}, "处室或科室的名称"},
      {"kind", {"类别"}, Choices(DepartmentKindWords())},
      {"parent", {"上级代码"}, "科室所属处室的代码；没有的留空"},
      {"head", {"负责人代码"}, "负责人在“人员”表中的代码；空缺的留空"},
      {"vice_principal", {"分管领导代码"}, "分管校领导在“人员”表中的代码；没有的留空"},
  };
  static const auto* posts = new std::vector<Column>{
      {"code", {"代码"}, kCodeMeaning},
      {"name", {"名称"}, "岗位的名称"},
      {"department", {"处室代码"}, "所在处室的代码；校领导的岗位留空"},
      {"functions",
       {"职能"},
       absl::StrCat(Choices(FunctionWords()), "；几项之间用“；”或“、”隔开，没有的留空")},
      {"unit_head", {"正职"}, "是否单位领导班子的正职岗位：是、否；空白为否"},
      {"principal_responsible", {"主要负责人"}, "任职者是否校主要负责人：是、否；空白为否"},
      {"duties", {"岗位职责"}, "岗位职责；可留空"},
  };
  static const auto* persons = new std::vector<Column>{
      {"code", {"代码"}, kCodeMeaning},
      {"name", {"姓名", "名称"}, "姓名"},
  };
  static const auto* appointments = new std::vector<Column>{
      {"person", {"人员代码"}, kPersonMeaning},
      {"post", {"岗位代码"}, "“岗位”表中的代码"},
      {"start", {"任职日期"}, "任职的第一天，如 2026-09-01"},
      {"end", {"离任日期"}, "任职的最后一天；仍在任的留空"},
  };
  static const auto* leading_group = new std::vector<Column>{
      {"person", {"人员代码"}, kPersonMeaning},
      {"role", {"职务"}, Choices(RoleWords())},
  };
  switch (file) {
    case v1::DIRECTORY_FILE_DEPARTMENTS:
      return *departments;
    case v1::DIRECTORY_FILE_POSTS:
      return *posts;
    case v1::DIRECTORY_FILE_PERSONS:
      return *persons;
    case v1::DIRECTORY_FILE_APPOINTMENTS:
      return *appointments;
    case v1::DIRECTORY_FILE_LEADING_GROUP:
      return *leading_group;
    default:
      return {};
  }
}

Table ReadCsvFile(DirectoryFile file, absl::string_view bytes, Problems* problems) {
  Table table{.file = file, .titles = PlainTitles(file), .rows = {}, .incomplete = true};
  const absl::StatusOr<std::string> text = ToUtf8(bytes, nullptr);
  if (!text.ok()) {
    ReportEncoding(file, bytes, text.status(), problems);
    return table;
  }
  const absl::StatusOr<CsvResult> parsed = ParseCsv(*text, {.max_rows = kMaxRows});
  if (!parsed.ok()) {
    ReportSyntax(file, *text, parsed.status(), problems);
    return table;
  }
  for (const CsvProblem& problem : parsed->problems) {
    problems->Add(file, problem.line, TitleAt(parsed->table.header, problem.column),
                  ProblemText(problem.kind), absl::StrCat(problem.text, "."));
  }
  const std::span<const Column> columns = ColumnsOf(file);
  std::vector<size_t> places;  // of each column in the file
  for (size_t i = 0; i < columns.size(); ++i) {
    std::optional<size_t> place;
    for (size_t at = 0; at < parsed->table.header.size(); ++at) {
      if (!IsTitleOf(columns[i], parsed->table.header[at])) continue;
      if (place) {
        problems->Add(file, 1, TitleAt(parsed->table.header, static_cast<int64_t>(at) + 1),
                      absl::StrCat("与第 ", *place + 1, " 列是同一列。"),
                      absl::StrCat("is the same column as number ", *place + 1, "."));
        return table;
      }
      place = at;
    }
    if (!place) {
      ReportMissing(file, 1, columns[i], problems);
      continue;
    }
    table.titles[i] = std::string(TrimCell(parsed->table.header[*place]));
    places.push_back(*place);
  }
  if (places.size() < columns.size()) return table;
  table.incomplete = !parsed->problems.empty();
  table.rows.reserve(parsed->table.rows.size());
  for (const CsvRow& from : parsed->table.rows) {
    Row& row = table.rows.emplace_back();
    row.line = from.line;
    for (const size_t place : places) row.cells.emplace_back(TrimCell(from.cells[place]));
  }
  return table;
}

Table ReadRows(DirectoryFile file, const std::vector<const v1::ImportRow*>& rows,
               Problems* problems) {
  Table table{.file = file, .titles = PlainTitles(file), .rows = {}, .incomplete = false};
  const std::span<const Column> columns = ColumnsOf(file);
  if (rows.size() > kMaxRows) {
    problems->Add(file, static_cast<int>(kMaxRows) + 1, columns[0].name,
                  absl::StrCat("行数过多，每个文件最多 ", kMaxRows, " 行。"),
                  absl::StrCat("too many rows: at most ", kMaxRows, " of a file."));
    table.incomplete = true;
    return table;
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    const v1::ImportRow* from = rows[i];
    Row row;
    // A caller that counts no lines gets the number of the row.
    row.line = from->line() > 0 ? from->line() : static_cast<int>(i) + 1;
    for (const Column& column : columns) {
      const std::string* cell = nullptr;
      bool twice = false;
      for (const auto& [title, value] : from->columns()) {
        if (!IsTitleOf(column, title)) continue;
        twice = cell != nullptr;
        cell = &value;
      }
      if (twice) {
        problems->Add(file, row.line, column.name, "同一列出现了两次。",
                      "the same column comes twice.");
        table.incomplete = true;
      } else if (cell == nullptr) {
        ReportMissing(file, row.line, column, problems);
        table.incomplete = true;
      } else {
        row.cells.emplace_back(TrimCell(*cell));
      }
    }
    if (row.cells.size() == columns.size()) table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace lianfang::personnel
