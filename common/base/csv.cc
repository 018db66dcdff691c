#include "common/base/csv.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/byte_order_mark.h"
#include "common/base/utf8.h"

namespace lianfang {
namespace {

// One record of the file as it stands there.
struct Record {
  int line = 0;
  size_t cell_count = 0;  // In the file; `cells` may hold fewer.
  std::vector<std::string> cells;
  size_t long_cell = 0;  // Number from 1 of the first stored cell above the limit; 0 for none.
  bool blank = true;     // All cells are empty and none is quoted.
};

class Reader {
 public:
  Reader(absl::string_view text, size_t max_cell_bytes)
      : rest_(text), line_start_(text), max_cell_bytes_(max_cell_bytes) {}

  bool done() const { return rest_.empty(); }

  // Reads the next record and the end of its line; keeps at most `kept` of its cells.
  absl::StatusOr<Record> Next(size_t kept) {
    Record record;
    record.line = line_;
    while (true) {
      ++record.cell_count;
      std::string cell;
      if (absl::StartsWith(rest_, "\"")) {
        record.blank = false;
        if (absl::Status status = QuotedCell(record.cell_count, &cell); !status.ok()) return status;
      } else {
        if (absl::Status status = PlainCell(record.cell_count, &cell); !status.ok()) return status;
        if (!cell.empty()) record.blank = false;
      }
      if (record.cell_count <= kept) {
        if (cell.size() > max_cell_bytes_ && record.long_cell == 0) {
          record.long_cell = record.cell_count;
        }
        record.cells.push_back(std::move(cell));
      }
      if (!absl::StartsWith(rest_, ",")) break;
      rest_.remove_prefix(1);
    }
    LineBreak();
    return record;
  }

 private:
  // A cell that is already too long is not stored further: nobody will read it.
  void Append(absl::string_view part, std::string* cell) const {
    if (cell->size() <= max_cell_bytes_) cell->append(part.data(), part.size());
  }

  // "line 3, column 2 (character 14)": the place of `at`, which is on the current line.
  std::string Place(int line, size_t column, absl::string_view line_start,
                    absl::string_view at) const {
    const absl::string_view before = line_start.substr(0, line_start.size() - at.size());
    return absl::StrCat("line ", line, ", column ", column, " (character ",
                        CountCodePoints(before) + 1, ")");
  }

  absl::Status PlainCell(size_t column, std::string* cell) {
    const size_t end = std::min(rest_.find_first_of(",\r\n\""), rest_.size());
    Append(rest_.substr(0, end), cell);
    rest_.remove_prefix(end);
    if (absl::StartsWith(rest_, "\"")) {
      return absl::InvalidArgumentError(
          absl::StrCat(Place(line_, column, line_start_, rest_),
                       ": a quote inside a cell that does not start with one; put the cell in "
                       "quotes and double the quotes inside it"));
    }
    return absl::OkStatus();
  }

  absl::Status QuotedCell(size_t column, std::string* cell) {
    const int open_line = line_;
    const absl::string_view open_line_start = line_start_;
    const absl::string_view open = rest_;
    rest_.remove_prefix(1);
    while (true) {
      const size_t end = std::min(rest_.find_first_of("\"\r\n"), rest_.size());
      Append(rest_.substr(0, end), cell);
      rest_.remove_prefix(end);
      if (rest_.empty()) {
        return absl::InvalidArgumentError(
            absl::StrCat(Place(open_line, column, open_line_start, open),
                         ": the quote that opens here is never closed"));
      }
      if (rest_.front() != '"') {
        Append("\n", cell);
        LineBreak();
        continue;
      }
      if (!absl::StartsWith(rest_, "\"\"")) break;
      Append("\"", cell);
      rest_.remove_prefix(2);
    }
    rest_.remove_prefix(1);
    if (!rest_.empty() && rest_.front() != ',' && rest_.front() != '\r' && rest_.front() != '\n') {
      return absl::InvalidArgumentError(absl::StrCat(Place(line_, column, line_start_, rest_),
                                                     ": text after the closing quote of a cell"));
    }
    return absl::OkStatus();
  }

  // Takes one line break, if there is one here.
  void LineBreak() {
    if (rest_.empty()) return;
    rest_.remove_prefix(absl::StartsWith(rest_, "\r\n") ? 2 : 1);
    ++line_;
    line_start_ = rest_;
  }

  absl::string_view rest_;
  absl::string_view line_start_;  // From the start of the current line to the end of the text.
  int line_ = 1;
  size_t max_cell_bytes_;
};

void CheckHeader(const std::vector<std::string>& header, std::vector<CsvProblem>* problems) {
  std::map<absl::string_view, int> first;
  int column = 0;
  for (const std::string& title : header) {
    ++column;
    if (title.empty()) {
      problems->push_back({1, column, CsvProblem::Kind::kEmptyTitle, "the column has no title"});
      continue;
    }
    const auto [at, is_new] = first.emplace(title, column);
    if (!is_new) {
      problems->push_back({1, column, CsvProblem::Kind::kDuplicateTitle,
                           absl::StrCat("column ", at->second, " has the same title, \"",
                                        Printable(TruncateToWidth(title, 40)), "\"")});
    }
  }
}

// The problem of a record with another number of cells than the header.
CsvProblem CountProblem(int line, size_t cells, size_t columns) {
  const bool few = cells < columns;
  return {line, static_cast<int>((few ? cells : columns) + 1),
          few ? CsvProblem::Kind::kTooFewCells : CsvProblem::Kind::kTooManyCells,
          absl::StrCat("the row has ", cells, cells == 1 ? " cell" : " cells", ", the header ",
                       columns)};
}

CsvProblem LongCellProblem(const Record& record, size_t limit) {
  return {record.line, static_cast<int>(record.long_cell), CsvProblem::Kind::kCellTooLong,
          absl::StrCat("the cell has more than ", limit, " bytes")};
}

// Writes one line of the file.
void AppendRow(const std::vector<std::string>& cells, absl::string_view line_break,
               std::string* out) {
  // A row that would look blank is dropped at the end of a file; a quoted empty cell is not blank.
  bool blank = true;
  for (const std::string& cell : cells) blank = blank && cell.empty();
  if (blank) out->append("\"\"");
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out->push_back(',');
    const absl::string_view cell = cells[i];
    // A cell that starts with a byte order mark would lose it at the start of a file.
    const bool quoted = cell.find_first_of(",\"\r\n") != absl::string_view::npos ||
                        absl::StartsWith(cell, kByteOrderMark);
    if (!quoted) {
      out->append(cell.data(), cell.size());
      continue;
    }
    out->push_back('"');
    for (const char c : cell) {
      if (c == '"') out->push_back('"');
      out->push_back(c);
    }
    out->push_back('"');
  }
  out->append(line_break.data(), line_break.size());
}

}  // namespace

absl::StatusOr<CsvResult> ParseCsv(absl::string_view utf8, const CsvLimits& limits) {
  if (const std::optional<size_t> bad = FindInvalidUtf8(utf8)) {
    return absl::InvalidArgumentError(absl::StrCat("byte ", *bad, " is not UTF-8"));
  }
  if (absl::StartsWith(utf8, kByteOrderMark)) utf8.remove_prefix(kByteOrderMark.size());

  CsvResult result;
  Reader reader(utf8, limits.max_cell_bytes);
  if (reader.done()) return absl::InvalidArgumentError("the file is empty: it has no header");
  {
    absl::StatusOr<Record> header = reader.Next(limits.max_columns);
    if (!header.ok()) return header.status();
    if (header->blank) return absl::InvalidArgumentError("line 1: the header is empty");
    if (header->cell_count > limits.max_columns) {
      return absl::InvalidArgumentError(absl::StrCat("line 1, column ", limits.max_columns + 1,
                                                     ": the header has ", header->cell_count,
                                                     " columns, the most is ", limits.max_columns));
    }
    if (header->long_cell != 0) {
      result.problems.push_back(LongCellProblem(*header, limits.max_cell_bytes));
    }
    result.table.header = std::move(header->cells);
    CheckHeader(result.table.header, &result.problems);
  }

  const size_t columns = result.table.header.size();
  size_t count = 0;            // Rows of the file that are not blank at its end, good and bad.
  std::vector<Record> blanks;  // Blank rows that may turn out to be at its end.
  size_t more_blanks = 0;      // Those after them that the limit leaves no place for.
  const auto add = [&](Record record) {
    ++count;
    if (record.cell_count != columns) {
      result.problems.push_back(CountProblem(record.line, record.cell_count, columns));
    }
    if (record.long_cell != 0) {
      result.problems.push_back(LongCellProblem(record, limits.max_cell_bytes));
    }
    if (record.cell_count == columns && record.long_cell == 0) {
      result.table.rows.push_back({record.line, std::move(record.cells)});
    }
  };
  while (!reader.done()) {
    absl::StatusOr<Record> record = reader.Next(columns);
    if (!record.ok()) return record.status();
    if (record->blank) {
      if (count + blanks.size() < limits.max_rows) {
        blanks.push_back(*std::move(record));
      } else {
        ++more_blanks;
      }
      continue;
    }
    if (count + blanks.size() + more_blanks >= limits.max_rows) {
      return absl::InvalidArgumentError(absl::StrCat("line ", record->line,
                                                     ", column 1: more than ", limits.max_rows,
                                                     " rows below the header"));
    }
    for (Record& blank : blanks) add(std::move(blank));
    blanks.clear();
    add(*std::move(record));
  }
  return result;
}

std::string FormatCsv(const std::vector<std::string>& header,
                      const std::vector<std::vector<std::string>>& rows, const CsvFormat& format) {
  const absl::string_view line_break = format.crlf ? "\r\n" : "\n";
  std::string out;
  if (format.byte_order_mark) out.append(kByteOrderMark.data(), kByteOrderMark.size());
  AppendRow(header, line_break, &out);
  for (const std::vector<std::string>& row : rows) AppendRow(row, line_break, &out);
  return out;
}

}  // namespace lianfang
