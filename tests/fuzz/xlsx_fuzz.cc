// Workbooks that people hand in: read within their limits or refused.
#include "common/base/utf8.h"
#include "common/table/xlsx_reader.h"
#include "tests/fuzz/must.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lianfang;  // NOLINT(google-build-using-namespace)
  const table::XlsxLimits limits{
      .max_part_bytes = 1 << 16, .max_sheets = 4, .max_cells = 1000, .max_cell_bytes = 256};
  const auto sheets = table::ReadXlsx(fuzz::Bytes(data, size), limits);
  if (!sheets.ok()) {
    fuzz::Must(!sheets.status().message().empty(), "an error without a text");
    return 0;
  }
  fuzz::Must(sheets->size() <= limits.max_sheets, "more sheets than the limit");
  size_t cells = 0;
  for (const auto& sheet : *sheets) {
    int before = 0;
    for (const auto& row : sheet.rows) {
      fuzz::Must(row.row > before, "rows out of order");
      before = row.row;
      cells += row.cells.size();
      for (const auto& [column, text] : row.cells) {
        fuzz::Must(column >= 1 && text.size() <= limits.max_cell_bytes, "a cell above the limit");
      }
    }
  }
  fuzz::Must(cells <= limits.max_cells, "more cells than the limit");
  return 0;
}
