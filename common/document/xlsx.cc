#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/document/writers.h"
#include "common/status/error.h"

namespace lianfang::document {
namespace {

constexpr int kHeadRow = 2;  // below title and particulars
constexpr size_t kMaxSheetName = 31;
constexpr size_t kMaxCell = 32767;  // characters, by the format
constexpr double kLineHeight = 13.5;
constexpr double kNarrowest = 6;

absl::Status Failed(const char* why) {
  return MakeError(common::v1::ERROR_REASON_INTERNAL, "电子表格无法生成。",
                   absl::StrCat("The workbook cannot be written: ", why));
}

// A file that is only memory: the library writes to names.
class MemoryFile {
 public:
  MemoryFile() : handle_(memfd_create("document", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (handle_ >= 0) close(handle_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  bool ok() const { return handle_ >= 0; }
  std::string name() const { return absl::StrCat("/proc/self/fd/", handle_); }
  bool Read(std::string* bytes) const {
    const off_t size = lseek(handle_, 0, SEEK_END);
    if (size < 0) return false;
    bytes->resize(static_cast<size_t>(size));
    size_t got = 0;
    while (got < bytes->size()) {
      const ssize_t n =
          pread(handle_, bytes->data() + got, bytes->size() - got, static_cast<off_t>(got));
      if (n <= 0) return false;
      got += static_cast<size_t>(n);
    }
    return true;
  }

 private:
  int handle_;
};

struct Formats {
  lxw_format* title;
  lxw_format* note;
  lxw_format* head;
  lxw_format* text;
  lxw_format* centred;
  lxw_format* number;
  lxw_format* date;
  lxw_format* total_text;
  lxw_format* total_number;
};

lxw_format* Bordered(lxw_workbook* book, bool wrap, uint8_t align) {
  lxw_format* format = workbook_add_format(book);
  format_set_font_name(format, "SimSun");
  format_set_font_size(format, 10);
  format_set_border(format, LXW_BORDER_THIN);
  format_set_align(format, align);
  format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
  if (wrap) format_set_text_wrap(format);
  return format;
}

Formats MakeFormats(lxw_workbook* book) {
  Formats formats{};
  formats.title = workbook_add_format(book);
  format_set_font_name(formats.title, "SimHei");
  format_set_font_size(formats.title, 16);
  format_set_align(formats.title, LXW_ALIGN_CENTER);
  format_set_align(formats.title, LXW_ALIGN_VERTICAL_CENTER);
  formats.note = workbook_add_format(book);
  format_set_font_name(formats.note, "SimSun");
  format_set_font_size(formats.note, 9);
  formats.head = Bordered(book, true, LXW_ALIGN_CENTER);
  format_set_font_name(formats.head, "SimHei");
  format_set_bold(formats.head);
  format_set_bg_color(formats.head, 0xEDEDED);
  formats.text = Bordered(book, true, LXW_ALIGN_LEFT);
  formats.centred = Bordered(book, true, LXW_ALIGN_CENTER);
  formats.number = Bordered(book, false, LXW_ALIGN_CENTER);
  format_set_num_format(formats.number, "0");
  formats.date = Bordered(book, false, LXW_ALIGN_CENTER);
  format_set_num_format(formats.date, "yyyy-mm-dd");
  formats.total_text = Bordered(book, true, LXW_ALIGN_CENTER);
  format_set_bold(formats.total_text);
  format_set_bg_color(formats.total_text, 0xEDEDED);
  formats.total_number = Bordered(book, false, LXW_ALIGN_CENTER);
  format_set_bold(formats.total_number);
  format_set_bg_color(formats.total_number, 0xEDEDED);
  format_set_num_format(formats.total_number, "0");
  return formats;
}

// Cells of the format hold no control characters but tab and line break, and no more than so many
// characters.
std::string CellText(absl::string_view text) {
  std::string clean;
  size_t characters = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && c != '\n' && c != '\t') continue;
    // Characters beyond 16 bits count twice.
    if ((byte & 0xC0U) != 0x80U) characters += byte >= 0xF0U ? 2 : 1;
    if (characters > kMaxCell) break;
    clean.push_back(c);
  }
  return clean;
}

bool ParseDate(absl::string_view text, lxw_datetime* date) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '-');
  *date = lxw_datetime{};
  return parts.size() == 3 && absl::SimpleAtoi(parts[0], &date->year) &&
         absl::SimpleAtoi(parts[1], &date->month) && absl::SimpleAtoi(parts[2], &date->day);
}

// Names of sheets are short, are there once and do without some characters.
std::string SheetName(const Table& table, const Document& document, std::set<std::string>* used) {
  std::string name;
  size_t characters = 0;
  for (const char c : table.title.empty() ? document.title : table.title) {
    if (absl::string_view("[]:*?/\\'").find(c) != absl::string_view::npos) continue;
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) characters += byte >= 0xF0U ? 2 : 1;
    if (characters > kMaxSheetName - 4) break;
    name.push_back(c);
  }
  std::string unique = name.empty() ? "1" : name;
  for (int i = 2; !used->insert(unique).second; ++i) unique = absl::StrCat(name, " ", i);
  return unique;
}

// How many lines a text takes in a column.
double LinesIn(absl::string_view text, double width) {
  double lines = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    double cells = 0;
    for (const char c : line) {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte & 0xC0U) != 0x80U) cells += byte < 0x80U ? 1 : 2.1;
    }
    lines += std::max(1.0, std::ceil(cells / std::max(1.0, width - 1)));
  }
  return lines;
}

// Characters side by side that can still be read on a page.
constexpr double kWidestPage = 160;

class SheetWriter {
 public:
  SheetWriter(lxw_worksheet* sheet, const Formats& formats, const Table& table)
      : sheet_(sheet), formats_(formats), table_(table) {
    for (const Column& column : table.columns) {
      widths_.push_back(std::max(column.width * 1.15, kNarrowest));
    }
  }

  void Write(const Document& document) {
    const auto last = static_cast<lxw_col_t>(table_.columns.size() - 1);
    const std::string title = CellText(table_.title.empty() ? document.title : table_.title);
    if (last > 0) {
      worksheet_merge_range(sheet_, 0, 0, 0, last, "", formats_.title);
    }
    worksheet_write_string(sheet_, 0, 0, title.c_str(), formats_.title);
    worksheet_set_row(sheet_, 0, 28, nullptr);
    const std::string note =
        CellText(absl::StrCat(OriginLine(document), "　", NumberLine(document)));
    worksheet_write_string(sheet_, 1, 0, note.c_str(), formats_.note);
    for (size_t i = 0; i < widths_.size(); ++i) {
      const auto at = static_cast<lxw_col_t>(i);
      worksheet_set_column(sheet_, at, at, widths_[i], nullptr);
      worksheet_write_string(sheet_, kHeadRow, at, table_.columns[i].heading, formats_.head);
    }
    double head = 1;
    for (size_t i = 0; i < widths_.size(); ++i) {
      head = std::max(head, LinesIn(table_.columns[i].heading, widths_[i]));
    }
    worksheet_set_row(sheet_, kHeadRow, head * kLineHeight + 6, nullptr);
    for (size_t i = 0; i < table_.rows.size(); ++i) WriteRow(i);
    SetUp(document, last);
  }

 private:
  static lxw_row_t RowAt(size_t i) { return static_cast<lxw_row_t>(i + kHeadRow + 1); }

  int64_t SumAbove(size_t row, size_t column) const {
    int64_t sum = 0;
    for (size_t i = 0; i < row; ++i) sum += table_.rows[i].cells[column].number.value_or(0);
    return sum;
  }

  void WriteRow(size_t index) {
    const Row& row = table_.rows[index];
    const lxw_row_t at = RowAt(index);
    double lines = 1;
    for (size_t i = 0; i < row.cells.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      const Cell& cell = row.cells[i];
      const std::string text = CellText(cell.text);
      lines = std::max(lines, LinesIn(text, widths_[i]));
      const ColumnType type = table_.columns[i].type;
      lxw_datetime date{};
      if (cell.number) {
        const auto value = static_cast<double>(*cell.number);
        // A sum where it is one: persons in two departments count once in the total.
        if (row.total && index > 0 && SumAbove(index, i) == *cell.number) {
          std::array<char, LXW_MAX_CELL_NAME_LENGTH> first{};
          std::array<char, LXW_MAX_CELL_NAME_LENGTH> last{};
          lxw_rowcol_to_cell(first.data(), RowAt(0), column);
          lxw_rowcol_to_cell(last.data(), RowAt(index - 1), column);
          const std::string sum = absl::StrCat("=SUM(", first.data(), ":", last.data(), ")");
          // Of numbers and of our own making; no text of a record comes near it.
          worksheet_write_formula_num(sheet_, at, column, sum.c_str(), formats_.total_number,
                                      value);
        } else {
          worksheet_write_number(sheet_, at, column, value,
                                 row.total ? formats_.total_number : formats_.number);
        }
      } else if (type == ColumnType::kDate && ParseDate(text, &date)) {
        worksheet_write_datetime(sheet_, at, column, &date, formats_.date);
      } else if (text.empty()) {
        worksheet_write_blank(sheet_, at, column, row.total ? formats_.total_text : formats_.text);
      } else {
        lxw_format* format = type == ColumnType::kText ? formats_.text : formats_.centred;
        worksheet_write_string(sheet_, at, column, text.c_str(),
                               row.total ? formats_.total_text : format);
      }
    }
    // The largest height that the format takes is 409.
    worksheet_set_row(sheet_, at, std::min(lines * kLineHeight + 4, 408.0), nullptr);
  }

  // One, except for many counters: made to fit on one page nobody could read them.
  uint16_t PagesAcross() {
    double width = 0;
    for (const double one : widths_) width += one;
    size_t naming = 0;
    while (naming < table_.columns.size() && table_.columns[naming].type != ColumnType::kNumber) {
      ++naming;
    }
    if (width < kWidestPage || naming == 0 || 2 * naming > table_.columns.size()) return 1;
    worksheet_repeat_columns(sheet_, 0, static_cast<lxw_col_t>(naming - 1));
    return static_cast<uint16_t>(std::ceil(width / kWidestPage));
  }

  void SetUp(const Document& document, lxw_col_t last) {
    worksheet_freeze_panes(sheet_, kHeadRow + 1, 0);
    worksheet_set_paper(sheet_, 9);  // A4
    if (table_.columns.size() > 5) worksheet_set_landscape(sheet_);
    worksheet_fit_to_pages(sheet_, PagesAcross(), 0);
    worksheet_repeat_rows(sheet_, kHeadRow, kHeadRow);
    worksheet_set_margins(sheet_, 0.5, 0.5, 0.6, 0.7);
    if (!table_.rows.empty()) {
      worksheet_print_area(sheet_, 0, 0, RowAt(table_.rows.size() - 1), last);
    }
    // The number has no & in it, which would be a code of the footer; the space ends the size, to
    // which its digits would be added.
    const std::string footer = absl::StrCat(
        "&L&8 ", document.draft ? "草稿" : absl::StrCat(document.number, "  ", document.digest),
        "&R&8第 &P 页　共 &N 页");
    worksheet_set_footer(sheet_, footer.c_str());
    if (document.draft) worksheet_set_header(sheet_, "&C&\"SimHei,Bold\"&24草　稿");
  }

  lxw_worksheet* sheet_;
  const Formats& formats_;
  const Table& table_;
  std::vector<double> widths_;
};

}  // namespace

absl::StatusOr<File> WriteXlsx(const Document& document) {
  const MemoryFile memory;
  if (!memory.ok()) return Failed("no memory");
  // Parts that wait to be packed stay in memory too; where this place is not there, the library
  // takes the usual one.
  std::string temporary = "/dev/shm";
  lxw_workbook_options options{};
  options.constant_memory = LXW_FALSE;
  options.tmpdir = temporary.data();
  const std::string name = memory.name();
  lxw_workbook* book = workbook_new_opt(name.c_str(), &options);
  if (book == nullptr) return Failed("no workbook");
  std::string title = CellText(document.title);
  std::string author = CellText(document.issuer);
  std::string subject = CellText(NumberLine(document));
  std::string comments = CellText(OriginLine(document));
  lxw_doc_properties properties{};
  properties.title = title.data();
  properties.author = author.data();
  properties.subject = subject.data();
  properties.comments = comments.data();
  properties.created = document.created;
  workbook_set_properties(book, &properties);
  const Formats formats = MakeFormats(book);
  std::set<std::string> used;
  for (const Table* table : SheetsOf(document)) {
    lxw_worksheet* sheet = workbook_add_worksheet(book, SheetName(*table, document, &used).c_str());
    if (sheet == nullptr) {
      lxw_workbook_free(book);
      return Failed("no sheet");
    }
    SheetWriter(sheet, formats, *table).Write(document);
  }
  const lxw_error error = workbook_close(book);
  if (error != LXW_NO_ERROR) return Failed(lxw_strerror(error));
  File file;
  if (!memory.Read(&file.bytes)) return Failed("cannot be read again");
  return file;
}

}  // namespace lianfang::document
