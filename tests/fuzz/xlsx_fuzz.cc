// Workbooks that people hand in: read within their limits or refused. The first byte chooses
// whether the bytes are the file or the sheet, the texts or the list of sheets of one that is
// otherwise right, since checksums keep changes of a file from coming that far.
#include <zlib.h>

#include <string>
#include <utility>
#include <vector>

#include "common/base/utf8.h"
#include "common/table/xlsx_reader.h"
#include "tests/fuzz/must.h"

namespace lianfang {
namespace {

void Number(uint64_t value, int bytes, std::string* out) {
  for (; bytes > 0; --bytes, value >>= 8) out->push_back(static_cast<char>(value));
}

// A zip of stored files.
std::string Zip(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string out;
  std::string directory;
  for (const auto& [name, text] : files) {
    const auto size = static_cast<unsigned>(text.size());
    std::string header;
    Number(20, 2, &header);  // version
    Number(0, 8, &header);   // flags, method, time, day
    Number(static_cast<unsigned>(crc32(0, reinterpret_cast<const Bytef*>(text.data()), size)), 4,
           &header);
    Number(size, 4, &header);
    Number(size, 4, &header);
    Number(static_cast<unsigned>(name.size()), 2, &header);
    Number(0, 2, &header);  // no extra field
    directory += "PK\1\2";
    Number(20, 2, &directory);
    directory += header;
    Number(0, 10, &directory);  // comment, disk, attributes
    Number(static_cast<unsigned>(out.size()), 4, &directory);
    directory += name;
    out.append("PK\3\4").append(header).append(name).append(text);
  }
  const auto start = static_cast<unsigned>(out.size());
  out.append(directory).append("PK\5\6");
  Number(0, 4, &out);
  Number(static_cast<unsigned>(files.size()), 2, &out);
  Number(static_cast<unsigned>(files.size()), 2, &out);
  Number(static_cast<unsigned>(directory.size()), 4, &out);
  Number(start, 4, &out);
  Number(0, 2, &out);
  return out;
}

constexpr char kMain[] = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";

std::string Workbook(unsigned kind, const std::string& text) {
  const std::string relation =
      "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const std::string relations =
      "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">";
  std::string sheet = std::string("<worksheet ") + kMain +
                      "><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData>"
                      "</worksheet>";
  std::string shared = std::string("<sst ") + kMain + "><si><t>a</t></si></sst>";
  std::string workbook =
      std::string("<workbook ") + kMain + " xmlns:r=\"" + relation +
      "\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>";
  (kind == 1 ? sheet : kind == 2 ? shared : workbook) = text;
  return Zip(
      {{"_rels/.rels", relations + "<Relationship Id=\"r\" Type=\"" + relation +
                           "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
       {"xl/workbook.xml", workbook},
       {"xl/_rels/workbook.xml.rels",
        relations + "<Relationship Id=\"r1\" Type=\"" + relation +
            "/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"" +
            relation + "/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"},
       {"xl/worksheets/sheet1.xml", sheet},
       {"xl/sharedStrings.xml", shared}});
}

}  // namespace
}  // namespace lianfang

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lianfang;  // NOLINT(google-build-using-namespace)
  const table::XlsxLimits limits{
      .max_part_bytes = 1 << 16, .max_sheets = 4, .max_cells = 1000, .max_cell_bytes = 256};
  absl::string_view bytes = fuzz::Bytes(data, size);
  const unsigned kind = fuzz::Take(&bytes) % 4;
  const std::string file(bytes);
  const auto sheets = table::ReadXlsx(kind == 0 ? file : Workbook(kind, file), limits);
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
