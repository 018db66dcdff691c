// Reading workbooks (Office Open XML, .xlsx) that people filled in: texts of cells and where they
// stand. Formulas count as what they gave last; pictures, styles and macros are passed over. The
// bytes come from outside: what is damaged, too large or packed to swell is an error and no more.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lianfang::table {

struct XlsxLimits {
  size_t max_part_bytes = size_t{16} << 20;  // unpacked, of one part
  size_t max_sheets = 64;
  size_t max_cells = 400000;  // not empty, of all sheets
  size_t max_cell_bytes = 65536;
};

struct SheetRow {
  int row = 0;                       // as people count, from 1
  std::map<int, std::string> cells;  // not empty ones, by column from 1
};

struct Sheet {
  std::string name;
  std::vector<SheetRow> rows;  // in order, without empty ones
};

// The visible sheets, in their order. Numbers come as they are stored, without a needless point; a
// date is a number (days since 1899-12-30) unless it was typed as text; TRUE and FALSE for truth
// values. Text is UTF-8 with LF for line breaks. INVALID_ARGUMENT says what is wrong, in English.
absl::StatusOr<std::vector<Sheet>> ReadXlsx(absl::string_view bytes, const XlsxLimits& limits = {});

// `AB` for 28.
std::string ColumnLetters(int column);

}  // namespace lianfang::table
