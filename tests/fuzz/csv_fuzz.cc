// What an import does with the bytes of a file, for libFuzzer: build this file with
// -fsanitize=fuzzer and link lf_base. The tests of common/base run it too, on a fixed series of
// inputs. The first byte chooses the limits, so that short inputs reach them.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "common/base/csv.h"
#include "common/base/encoding.h"
#include "common/base/utf8.h"

namespace lianfang {
namespace {

// Ends the program, as a fuzzer expects, when something that must always hold does not.
void Must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "csv_fuzz: %s\n", what);
  std::abort();
}

void CheckText(absl::string_view text) {
  Must(CountCodePoints(text) <= text.size(), "more code points than bytes");
  Must(!HasControlCharacters(Printable(text), false), "Printable left a control character");
  const int width = DisplayWidth(text);
  for (const int columns : {0, 1, 2, 7}) {
    const std::string cut = TruncateToWidth(text, columns);
    Must(DisplayWidth(cut) <= columns, "TruncateToWidth is too wide");
    Must(columns == 0 || width > columns || cut == text, "TruncateToWidth cut what fits");
    Must(DisplayWidth(PadLeft(cut, columns)) == columns, "PadLeft has another width");
    Must(DisplayWidth(PadRight(cut, columns)) == columns, "PadRight has another width");
  }
}

void CheckTable(absl::string_view text, const CsvLimits& limits) {
  const absl::StatusOr<CsvResult> result = ParseCsv(text, limits);
  if (!result.ok()) {
    Must(!result.status().message().empty(), "an error without a message");
    return;
  }
  const CsvTable& table = result->table;
  const size_t columns = table.header.size();
  Must(columns >= 1 && columns <= limits.max_columns, "header outside the limits");
  Must(table.rows.size() <= limits.max_rows, "more rows than the limit");
  int line = 1;
  std::vector<std::vector<std::string>> cells;
  for (const CsvRow& row : table.rows) {
    Must(row.line > line, "line numbers do not grow");
    line = row.line;
    Must(row.cells.size() == columns, "a row with another number of cells");
    for (const std::string& cell : row.cells) {
      Must(cell.size() <= limits.max_cell_bytes, "a cell above the limit");
      Must(IsValidUtf8(cell), "a cell that is not UTF-8");
    }
    cells.push_back(row.cells);
  }
  int problem_line = 1;
  for (const CsvProblem& problem : result->problems) {
    Must(problem.line >= problem_line, "problems out of order");
    problem_line = problem.line;
    Must(problem.column >= 1 && static_cast<size_t>(problem.column) <= columns + 1,
         "a problem in no column");
  }

  // What was read survives being written and read again.
  for (const bool crlf : {false, true}) {
    const absl::StatusOr<CsvResult> again =
        ParseCsv(FormatCsv(table.header, cells, {.byte_order_mark = crlf, .crlf = crlf}), limits);
    Must(again.ok(), "the table cannot be read again");
    Must(again->table.header == table.header, "the header changed");
    Must(again->table.rows.size() == cells.size(), "the number of rows changed");
    for (size_t i = 0; i < cells.size(); ++i) {
      Must(again->table.rows[i].cells == cells[i], "a row changed");
    }
  }
}

}  // namespace
}  // namespace lianfang

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lianfang;  // NOLINT(google-build-using-namespace)
  if (size == 0) return 0;
  const CsvLimits limits = data[0] % 2 == 0
                               ? CsvLimits{.max_rows = 3, .max_columns = 4, .max_cell_bytes = 8}
                               : CsvLimits{};
  const absl::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);

  CheckText(bytes);
  CheckTable(bytes, limits);
  Encoding encoding = Encoding::kUtf8;
  const absl::StatusOr<std::string> text = ToUtf8(bytes, &encoding);
  if (!text.ok()) return 0;
  Must(IsValidUtf8(*text), "ToUtf8 gave text that is not UTF-8");
  Must(IsValidUtf8(bytes) == (encoding != Encoding::kGb18030), "ToUtf8 names another encoding");
  CheckTable(*text, limits);
  return 0;
}
