#include "common/table/xlsx_reader.h"

#include <zip.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <pugixml.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/base/utf8.h"
#include "common/status/error.h"

namespace lianfang::table {
namespace {

// A spreadsheet's own bounds.
constexpr int kMaxColumn = 16384;
constexpr int kMaxRow = 1048576;
constexpr size_t kMaxSharedStrings = 400000;

absl::Status Bad(absl::string_view what) { return absl::InvalidArgumentError(what); }

// The parts of the package.
class Package {
 public:
  static absl::StatusOr<std::unique_ptr<Package>> Open(absl::string_view bytes, size_t max_part) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    zip_t* archive = nullptr;
    if (source != nullptr) {
      archive = zip_open_from_source(source, ZIP_RDONLY, &error);
      if (archive == nullptr) zip_source_free(source);
    }
    zip_error_fini(&error);
    if (archive == nullptr) return Bad("the file is no workbook in the form .xlsx");
    return std::unique_ptr<Package>(new Package(archive, max_part));
  }
  ~Package() { zip_discard(archive_); }
  Package(const Package&) = delete;
  Package& operator=(const Package&) = delete;

  bool Has(const std::string& name) const {
    return zip_name_locate(archive_, name.c_str(), ZIP_FL_NOCASE) >= 0;
  }

  // Parses a part. Entities that a document defines itself are not expanded; the library does not
  // know them.
  absl::Status Load(const std::string& name, pugi::xml_document* document) const {
    const zip_int64_t index = zip_name_locate(archive_, name.c_str(), ZIP_FL_NOCASE);
    if (index < 0) return Bad(absl::StrCat("the workbook lacks its part ", name));
    zip_file_t* file = zip_fopen_index(archive_, static_cast<zip_uint64_t>(index), 0);
    if (file == nullptr) return Bad(absl::StrCat("the part ", name, " cannot be unpacked"));
    std::string bytes;
    std::string piece(size_t{64} << 10, '\0');
    zip_int64_t got = 0;
    // What the directory says of the size is not believed.
    while ((got = zip_fread(file, piece.data(), piece.size())) > 0) {
      bytes.append(piece, 0, static_cast<size_t>(got));
      if (bytes.size() > max_part_) break;
    }
    zip_fclose(file);
    if (got < 0) return Bad(absl::StrCat("the part ", name, " is damaged"));
    if (bytes.size() > max_part_) return Bad(absl::StrCat("the part ", name, " is too large"));
    if (!document->load_buffer(bytes.data(), bytes.size(),
                               pugi::parse_default | pugi::parse_ws_pcdata, pugi::encoding_auto)) {
      return Bad(absl::StrCat("the part ", name, " is no valid XML"));
    }
    return absl::OkStatus();
  }

 private:
  Package(zip_t* archive, size_t max_part) : archive_(archive), max_part_(max_part) {}

  zip_t* const archive_;
  const size_t max_part_;
};

// Names without their namespaces' prefixes.
absl::string_view Local(const char* name) {
  const absl::string_view whole(name);
  const size_t colon = whole.find(':');
  return colon == absl::string_view::npos ? whole : whole.substr(colon + 1);
}

pugi::xml_node Child(const pugi::xml_node& node, absl::string_view name) {
  for (const pugi::xml_node child : node.children()) {
    if (Local(child.name()) == name) return child;
  }
  return {};
}

const char* Attribute(const pugi::xml_node& node, absl::string_view name) {
  for (const pugi::xml_attribute attribute : node.attributes()) {
    if (Local(attribute.name()) == name) return attribute.value();
  }
  return "";
}

// Spreadsheets write control characters as `_x000D_`.
std::string Unescape(absl::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    uint32_t code = 0;
    if (text.size() - i >= 7 && text[i] == '_' && text[i + 1] == 'x' && text[i + 6] == '_' &&
        absl::SimpleHexAtoi(text.substr(i + 2, 4), &code) && code < 0x80) {
      plain.push_back(static_cast<char>(code));
      i += 6;
      continue;
    }
    plain.push_back(text[i]);
  }
  return absl::StrReplaceAll(plain, {{"\r\n", "\n"}, {"\r", "\n"}});
}

// The text of a string item: its runs, without the readings (rPh) that stand above them.
std::string TextOf(const pugi::xml_node& item) {
  std::string text;
  for (const pugi::xml_node child : item.children()) {
    const absl::string_view name = Local(child.name());
    if (name == "t") {
      text += child.child_value();
    } else if (name == "r") {
      text += Child(child, "t").child_value();
    }
  }
  return Unescape(text);
}

// `B12` → column 2, row 12.
bool ParseReference(absl::string_view text, int* column, int* row) {
  int letters = 0;
  size_t i = 0;
  while (i < text.size() && absl::ascii_isupper(static_cast<unsigned char>(text[i]))) {
    letters = letters * 26 + (text[i] - 'A' + 1);
    if (letters > kMaxColumn) return false;
    ++i;
  }
  *column = letters;
  return letters > 0 && absl::SimpleAtoi(text.substr(i), row) && *row >= 1 && *row <= kMaxRow;
}

// 3 for 3.0, 0.1 for 0.1.
std::string Number(absl::string_view text) {
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !std::isfinite(value)) return std::string(text);
  if (value == std::floor(value) && std::abs(value) < 1e15) {
    return absl::StrCat(static_cast<int64_t>(value));
  }
  return absl::StrFormat("%.15g", value);
}

absl::StatusOr<std::vector<std::string>> SharedStrings(const Package& package,
                                                       const std::string& part) {
  std::vector<std::string> strings;
  if (part.empty() || !package.Has(part)) return strings;
  pugi::xml_document document;
  LF_RETURN_IF_ERROR(package.Load(part, &document));
  for (const pugi::xml_node item : document.document_element().children()) {
    if (Local(item.name()) != "si") continue;
    if (strings.size() >= kMaxSharedStrings) return Bad("the workbook has too many texts");
    strings.push_back(TextOf(item));
  }
  return strings;
}

class SheetReader {
 public:
  SheetReader(const std::vector<std::string>& strings, const XlsxLimits& limits)
      : strings_(strings), limits_(limits) {}

  absl::Status Read(const pugi::xml_document& document, Sheet* sheet) {
    int last_row = 0;
    for (const pugi::xml_node row : Child(document.document_element(), "sheetData").children()) {
      if (Local(row.name()) != "row") continue;
      SheetRow read;
      read.row = last_row + 1;
      if (const absl::string_view number = Attribute(row, "r"); !number.empty()) {
        if (!absl::SimpleAtoi(number, &read.row) || read.row <= last_row || read.row > kMaxRow) {
          return Bad("the rows of a sheet are not in order");
        }
      }
      last_row = read.row;
      LF_RETURN_IF_ERROR(ReadRow(row, &read));
      if (!read.cells.empty()) sheet->rows.push_back(std::move(read));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ReadRow(const pugi::xml_node& row, SheetRow* read) {
    int last_column = 0;
    for (const pugi::xml_node cell : row.children()) {
      if (Local(cell.name()) != "c") continue;
      int column = last_column + 1;
      int of_row = read->row;
      const absl::string_view reference = Attribute(cell, "r");
      if (!reference.empty() && !ParseReference(reference, &column, &of_row)) {
        return Bad("a cell has no valid place");
      }
      if (of_row != read->row || column <= last_column || column > kMaxColumn) {
        return Bad("the cells of a sheet are not in order");
      }
      last_column = column;
      LF_ASSIGN_OR_RETURN(std::string text, Value(cell));
      if (text.empty()) continue;
      if (text.size() > limits_.max_cell_bytes) {
        return Bad(absl::StrCat("the cell ", ColumnLetters(column), read->row, " is too long"));
      }
      if (!IsValidUtf8(text)) {
        return Bad(absl::StrCat("the cell ", ColumnLetters(column), read->row, " is no UTF-8"));
      }
      if (++cells_ > limits_.max_cells) return Bad("the workbook has too many cells");
      read->cells.emplace(column, std::move(text));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Value(const pugi::xml_node& cell) const {
    const absl::string_view type = Attribute(cell, "t");
    if (type == "inlineStr") return TextOf(Child(cell, "is"));
    const absl::string_view value = Child(cell, "v").child_value();
    if (type == "s") {
      size_t index = 0;
      if (!absl::SimpleAtoi(value, &index) || index >= strings_.size()) {
        return Bad("a cell names a text that the workbook does not have");
      }
      return strings_[index];
    }
    if (type == "b") return std::string(value == "1" ? "TRUE" : "FALSE");
    if (type == "str" || type == "e" || type == "d") return Unescape(value);
    return value.empty() ? std::string() : Number(value);
  }

  const std::vector<std::string>& strings_;
  const XlsxLimits& limits_;
  size_t cells_ = 0;
};

// `worksheets/sheet1.xml` or `/xl/worksheets/sheet1.xml`, as a name in the package.
std::string PartName(absl::string_view target) {
  if (absl::ConsumePrefix(&target, "/")) return std::string(target);
  return absl::StrCat("xl/", target);
}

}  // namespace

absl::StatusOr<std::vector<Sheet>> ReadXlsx(absl::string_view bytes, const XlsxLimits& limits) {
  LF_ASSIGN_OR_RETURN(const auto package, Package::Open(bytes, limits.max_part_bytes));
  pugi::xml_document relations;
  LF_RETURN_IF_ERROR(package->Load("xl/_rels/workbook.xml.rels", &relations));
  std::map<std::string, std::string> targets;
  std::string strings_part;
  for (const pugi::xml_node one : relations.document_element().children()) {
    const std::string part = PartName(Attribute(one, "Target"));
    targets[Attribute(one, "Id")] = part;
    if (absl::EndsWith(Attribute(one, "Type"), "/sharedStrings")) strings_part = part;
  }
  LF_ASSIGN_OR_RETURN(const auto strings, SharedStrings(*package, strings_part));
  pugi::xml_document workbook;
  LF_RETURN_IF_ERROR(package->Load("xl/workbook.xml", &workbook));
  std::vector<Sheet> sheets;
  SheetReader reader(strings, limits);
  for (const pugi::xml_node one : Child(workbook.document_element(), "sheets").children()) {
    if (Local(one.name()) != "sheet") continue;
    const absl::string_view state = Attribute(one, "state");
    if (state == "hidden" || state == "veryHidden") continue;
    if (sheets.size() >= limits.max_sheets) return Bad("the workbook has too many sheets");
    // `r:id`; a sheet has no other attribute of that name.
    const auto target = targets.find(Attribute(one, "id"));
    if (target == targets.end()) return Bad("a sheet of the workbook is missing");
    Sheet sheet;
    sheet.name = Attribute(one, "name");
    pugi::xml_document document;
    LF_RETURN_IF_ERROR(package->Load(target->second, &document));
    LF_RETURN_IF_ERROR(reader.Read(document, &sheet));
    sheets.push_back(std::move(sheet));
  }
  return sheets;
}

std::string ColumnLetters(int column) {
  std::string letters;
  for (; column > 0; column = (column - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  }
  return letters;
}

}  // namespace lianfang::table
