// What a document is before it is drawn: plain values, in the order in which they stand on the
// paper. All text is taken as it is, never as markup.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/document/form_columns.h"

namespace lianfang::document {

enum class Level { kNone, kHigh, kMedium, kLow };

// A line of text between blocks.
struct Heading {
  std::string text;
};
struct Paragraph {
  enum class Style { kBody, kNote, kCentred, kRight, kSalutation };
  std::string text;
  Style style = Style::kBody;
};

// Boxes with a label and a value each, as at the top of a form.
struct Field {
  std::string label;
  std::string value;
  double share = 1;  // of the row's width
};
struct Grid {
  std::vector<std::vector<Field>> rows;
};

struct Cell {
  std::string text;
  std::optional<int64_t> number;  // of number columns
  Cell() = default;
  Cell(std::string value) : text(std::move(value)) {}  // NOLINT: a cell is its text
  Cell(const char* value) : text(value) {}             // NOLINT
  Cell(int64_t value) : number(value) {}               // NOLINT: or its number
  std::string Text() const { return number ? std::to_string(*number) : text; }
};
struct Row {
  std::vector<Cell> cells;  // one a column
  // The sum of all other rows; number cells become formulas in a spreadsheet.
  bool total = false;
};
struct Table {
  std::string title;  // of the sheet
  std::vector<Column> columns;
  std::vector<Row> rows;
  // Columns that this page shows; empty: all. A table wider than a page stands on it in parts.
  std::vector<size_t> shown;
  std::string empty_text = "（无）";  // instead of rows
};

// Places to sign and to seal.
struct Signature {
  std::string label;  // 甲方（签字）
  std::string name;   // printed name, or empty
  std::string note;   // e.g. what is recorded of it already
  bool seal = false;  // a place for the seal
};
struct Signatures {
  std::vector<Signature> places;
};

// A flow chart.
struct FlowNode {
  std::string title;
  std::vector<std::string> lines;  // below the title
  Level level = Level::kNone;      // of the highest risk here; none: no mark
  std::string mark;                // what the mark says, e.g. ①②
};
struct FlowEdge {
  int from = 0;
  int to = 0;
  std::string label;
};
struct Flow {
  std::vector<FlowNode> nodes;
  std::vector<FlowEdge> edges;
};

// A warning sign; fills its page.
struct Sign {
  bool desk = false;  // a tent card; otherwise a plate
  Level level = Level::kNone;
  std::string title;    // 廉政风险警示牌
  std::string subject;  // post or department
  std::string unit;
  std::vector<std::string> points;
  std::vector<std::string> measures;
  std::vector<std::pair<std::string, std::string>> facts;  // 责任人, 监督电话, …
};

// Bars, one a label, made of series.
struct Series {
  std::string name;
  Level level = Level::kNone;  // colour and pattern of that level; none: by its place
  std::vector<int64_t> values;
};
struct Plot {
  std::string title;
  std::vector<std::string> labels;
  std::vector<Series> series;
  bool stacked = true;  // otherwise one behind the other, the widest first
  std::string unit;     // of the numbers, e.g. 个
};

using Block = std::variant<Heading, Paragraph, Grid, Table, Signatures, Flow, Sign, Plot>;

// Begins on a new page with its own title.
struct Section {
  std::string title;
  std::string subtitle;
  bool landscape = false;
  bool attached = false;  // to the section before: without a head of its own
  std::vector<Block> blocks;
};

struct Document {
  std::string title;
  std::string issuer;     // unit, as people write it
  std::string annex;      // 附件8; empty: none
  std::string campaign;   // 2026年度廉政风险防控
  bool red_head = false;  // 红头: issuer in red above a red line
  bool draft = false;
  std::vector<Section> sections;
  // What a spreadsheet shows; empty: the tables of the sections.
  std::vector<Table> sheets;

  // Not part of the contents.
  std::string number;
  std::string digest;     // XXXX-XXXX-XXXX-XXXX
  std::string positions;  // 人事12 风险34 …
  int64_t created = 0;    // seconds since 1970
};

// What the digest is taken of: all contents, each value with its length, in a fixed order.
std::string ContentBytes(const Document& document);

// The tables that a spreadsheet or a CSV file shows.
std::vector<const Table*> SheetsOf(const Document& document);

}  // namespace lianfang::document
