#ifndef LIANFANG_COMMON_BASE_CSV_H_
#define LIANFANG_COMMON_BASE_CSV_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lianfang {

// What is refused before it costs memory.
struct CsvLimits {
  size_t max_rows = 20000;  // Without the header.
  size_t max_columns = 64;
  size_t max_cell_bytes = 65536;
};

struct CsvRow {
  int line = 0;  // Where the row starts in the file; the header is line 1.
  std::vector<std::string> cells;
};

struct CsvTable {
  std::vector<std::string> header;
  std::vector<CsvRow> rows;  // Every row has exactly as many cells as the header.
};

// What is wrong with one row; the rest of the file could still be read.
struct CsvProblem {
  enum class Kind {
    kTooFewCells,     // `column` is the first that is missing.
    kTooManyCells,    // `column` is the first that the header does not have.
    kCellTooLong,     // At most one for a row.
    kEmptyTitle,      // A column of the header has no title.
    kDuplicateTitle,  // `column` is the later of two with the same title.
  };
  int line = 0;    // Line of the file, from 1.
  int column = 0;  // Number of the cell in its row, from 1: spreadsheet column A is 1.
  Kind kind = Kind::kTooFewCells;
  std::string text;  // The problem in English, without line and column.
};

struct CsvResult {
  CsvTable table;                    // Without the rows that have a problem.
  std::vector<CsvProblem> problems;  // By line; at most two for a row below the header.
};

// Reads RFC 4180: comma, double quote, and LF, CRLF or CR after a line. A byte order mark at the
// start is dropped; a line break inside a quoted cell becomes LF; rows at the end whose cells are
// all empty and unquoted, as spreadsheets leave them, are dropped. Space around a cell is part of
// it.
//
// INVALID_ARGUMENT, naming line and column (as in CsvProblem) where there are any: `utf8` is not
// strict UTF-8; there is no header; a quote is never closed, stands inside an unquoted cell, or is
// followed by text after it was closed; more rows, or more columns in the header, than `limits`.
absl::StatusOr<CsvResult> ParseCsv(absl::string_view utf8, const CsvLimits& limits = {});

struct CsvFormat {
  bool byte_order_mark = false;  // Spreadsheet programs need it to take a file for UTF-8.
  bool crlf = true;              // As RFC 4180 says; otherwise LF.
};

// Writes what ParseCsv reads back cell by cell, as long as cells hold no CR. Cells are quoted where
// they need it. A row without cells is written as one empty cell.
std::string FormatCsv(const std::vector<std::string>& header,
                      const std::vector<std::vector<std::string>>& rows,
                      const CsvFormat& format = {});

}  // namespace lianfang

#endif  // LIANFANG_COMMON_BASE_CSV_H_
