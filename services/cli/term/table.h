#ifndef LIANFANG_SERVICES_CLI_TERM_TABLE_H_
#define LIANFANG_SERVICES_CLI_TERM_TABLE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace lianfang::cli {

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
};

// `text` in lines of at most `width` columns, at least 2: breaks at line feeds, at spaces, and
// between Chinese characters, not before closing punctuation where that can be helped; a word
// longer than a line is cut. Always at least one line.
std::vector<std::string> WrapText(absl::string_view text, int width);

// A table for a terminal, whose borders stand under each other when cells are Chinese.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One row; line feeds in a cell break its lines, and other control characters are shown as U+FFFD
  // so that stored text cannot drive the terminal. Missing cells are empty; cells beyond the last
  // column are not shown.
  void AddRow(std::vector<std::string> cells);

  // A rule below the last row added. At the start and at the end, and a second time, it has no
  // effect.
  void AddSeparator();

  // The table, every line ended by LF; empty without columns. No line is wider than `max_width`
  // columns of the terminal: the widest columns give way first, down to 2, and their cells wrap.
  // Below 5 for each column and 1 it does not fit and is that wide. A `max_width` of 0 or less sets
  // no bound. `unicode_borders` draws with │ and ─, otherwise with |, - and +.
  std::string Render(int max_width, bool unicode_borders) const;

 private:
  struct Row {
    std::vector<std::string> cells;  // As many as columns_.
    bool rule_above = false;
  };

  std::vector<int> Widths(int max_width) const;

  std::vector<Column> columns_;
  std::vector<Row> rows_;
  bool rule_next_ = false;
};

}  // namespace lianfang::cli

#endif  // LIANFANG_SERVICES_CLI_TERM_TABLE_H_
