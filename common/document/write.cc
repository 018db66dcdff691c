#include "common/document/write.h"

#include <string>
#include <vector>

#include "common/base/csv.h"
#include "common/document/writers.h"
#include "common/status/error.h"

namespace lianfang::document {

bool Shows(const Document& document, Format format) {
  switch (format) {
    case Format::kPdf:
      return true;
    case Format::kXlsx:
    case Format::kCsv:
      return !SheetsOf(document).empty();
    case Format::kSvg:
    case Format::kPng:
      return IsOnePicture(document);
  }
  return false;
}

absl::StatusOr<File> WriteCsv(const Document& document) {
  const Table& table = *SheetsOf(document).front();
  std::vector<std::string> header;
  for (const Column& column : table.columns) header.emplace_back(column.heading);
  std::vector<std::vector<std::string>> rows;
  for (const Row& row : table.rows) {
    std::vector<std::string>& cells = rows.emplace_back();
    for (const Cell& cell : row.cells) {
      cells.push_back(cell.number ? cell.Text() : GuardCell(cell.text));
    }
  }
  File file;
  file.bytes = FormatCsv(header, rows, {.byte_order_mark = true, .crlf = true});
  return file;
}

absl::StatusOr<File> Write(const Document& document, Format format) {
  if (!Shows(document, format)) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "format", "该文书没有这种格式。",
                      "The document does not come in this format.");
  }
  switch (format) {
    case Format::kPdf:
      return WritePdf(document);
    case Format::kXlsx:
      return WriteXlsx(document);
    case Format::kCsv:
      return WriteCsv(document);
    case Format::kSvg:
    case Format::kPng:
      return WritePicture(document, format);
  }
  return absl::InternalError("unknown format");
}

}  // namespace lianfang::document
