#include "services/cli/term/table.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "absl/strings/str_split.h"
#include "common/base/utf8.h"

namespace lianfang::cli {
namespace {

constexpr int kMinWidth = 2;  // One Chinese character.

struct Borders {
  const char* line;
  const char* bar;
  // Left, middle and right of the rule above, inside and below the table.
  const char* top[3];
  const char* inside[3];
  const char* bottom[3];
};

constexpr Borders kUnicode = {"─", "│", {"┌", "┬", "┐"}, {"├", "┼", "┤"}, {"└", "┴", "┘"}};
constexpr Borders kAscii = {"-", "|", {"+", "+", "+"}, {"+", "+", "+"}, {"+", "+", "+"}};

// Punctuation that does not start a line in Chinese typesetting.
bool ClosesPhrase(char32_t c) {
  constexpr char32_t kClosing[] = U"，。、；：？！）》〉」』】〕”’…,.;:?!)]}%％";
  return c != 0 && std::find(std::begin(kClosing), std::end(kClosing), c) != std::end(kClosing);
}

// A piece of text that is not broken: a character with the marks on it, and what must follow it.
struct Unit {
  std::string text;
  int width = 0;
  bool space = false;
  bool wide = false;  // A line may break on either side of it.
};

std::vector<Unit> SplitUnits(absl::string_view line) {
  std::vector<Unit> units;
  while (!line.empty()) {
    const char32_t c = NextLossy(line);
    const int width = CodePointWidth(c);
    if (units.empty() || width > 0) units.push_back({.space = c == ' ', .wide = width == 2});
    Unit& unit = units.back();
    AppendCodePoint(c, &unit.text);
    unit.width += width;
  }
  return units;
}

bool CanBreakBetween(const Unit& before, const Unit& after) {
  if (after.space) return false;  // Space stays at the end of a line, where it is dropped.
  absl::string_view text = after.text;
  if (ClosesPhrase(NextLossy(text))) return false;
  return before.space || before.wide || after.wide;
}

// One line of text, without line feeds, in lines of at most `width` columns.
void WrapLine(absl::string_view text, int width, std::vector<std::string>* out) {
  const std::vector<Unit> units = SplitUnits(text);
  size_t start = 0;
  do {
    // The units from `start` to `end` fit; space at the end of a line needs no room.
    size_t end = start;
    int used = 0;
    while (end < units.size() && (units[end].space || used + units[end].width <= width)) {
      used += units[end].width;
      ++end;
    }
    if (end < units.size()) {
      size_t at = end;
      while (at > start && !CanBreakBetween(units[at - 1], units[at])) --at;
      if (at > start) end = at;
      if (end == start) ++end;  // Wider than the line: only when `width` is below kMinWidth.
    }
    std::string line;
    size_t last = end;
    if (end < units.size() || start > 0) {
      while (last > start && units[last - 1].space) --last;
    }
    for (size_t i = start; i < last; ++i) line += units[i].text;
    // Space at the end of the whole text is text, but not beyond the line.
    while (DisplayWidth(line) > width && !line.empty() && line.back() == ' ') line.pop_back();
    out->push_back(std::move(line));
    start = end;
  } while (start < units.size());
}

// The width of the widest line in `text`.
int NaturalWidth(absl::string_view text) {
  int width = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    width = std::max(width, DisplayWidth(line));
  }
  return width;
}

std::string Rule(const std::vector<int>& widths, const char* line, const char* const (&ends)[3]) {
  std::string out = ends[0];
  for (size_t i = 0; i < widths.size(); ++i) {
    if (i > 0) out += ends[1];
    for (int n = widths[i] + 2; n > 0; --n) out += line;
  }
  return out + ends[2] + "\n";
}

}  // namespace

std::vector<std::string> WrapText(absl::string_view text, int width) {
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    WrapLine(line, std::max(width, kMinWidth), &lines);
  }
  return lines;
}

void Table::AddRow(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = Printable(cell, /*keep_newlines=*/true);
  rows_.push_back({std::move(cells), rule_next_});
  rule_next_ = false;
}

void Table::AddSeparator() { rule_next_ = !rows_.empty(); }

std::vector<int> Table::Widths(int max_width) const {
  std::vector<int> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    int width = std::max(kMinWidth, NaturalWidth(Printable(columns_[i].title, true)));
    for (const Row& row : rows_) width = std::max(width, NaturalWidth(row.cells[i]));
    widths.push_back(width);
  }
  if (max_width <= 0) return widths;

  // Cut the widest columns to one common width, the greatest at which all fit.
  const int count = static_cast<int>(widths.size());
  const int room = max_width - 3 * count - 1;
  const auto total = [&widths](int bound) {
    int sum = 0;
    for (const int width : widths) sum += std::min(width, bound);
    return sum;
  };
  int bound = *std::max_element(widths.begin(), widths.end());
  if (total(bound) <= room) return widths;
  int low = kMinWidth;  // The greatest bound known to fit, or the least allowed.
  while (low < bound) {
    const int middle = low + (bound - low + 1) / 2;
    if (total(middle) <= room) {
      low = middle;
    } else {
      bound = middle - 1;
    }
  }
  int spare = room - total(low);
  for (int& width : widths) {
    if (width <= low) continue;
    width = low + (spare > 0 ? 1 : 0);
    --spare;
  }
  return widths;
}

std::string Table::Render(int max_width, bool unicode_borders) const {
  if (columns_.empty()) return "";
  const Borders& borders = unicode_borders ? kUnicode : kAscii;
  const std::vector<int> widths = Widths(max_width);

  std::string out;
  const auto append_row = [&](const std::vector<std::string>& cells) {
    std::vector<std::vector<std::string>> lines;
    size_t height = 1;
    for (size_t i = 0; i < cells.size(); ++i) {
      lines.push_back(WrapText(cells[i], widths[i]));
      height = std::max(height, lines.back().size());
    }
    for (size_t n = 0; n < height; ++n) {
      for (size_t i = 0; i < cells.size(); ++i) {
        const std::string line = n < lines[i].size() ? lines[i][n] : "";
        out += borders.bar;
        out += ' ';
        out += columns_[i].align == Align::kRight ? PadLeft(line, widths[i])
                                                  : PadRight(line, widths[i]);
        out += ' ';
      }
      out += borders.bar;
      out += '\n';
    }
  };

  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(Printable(column.title, true));
  out += Rule(widths, borders.line, borders.top);
  append_row(titles);
  if (!rows_.empty()) out += Rule(widths, borders.line, borders.inside);
  for (const Row& row : rows_) {
    if (row.rule_above) out += Rule(widths, borders.line, borders.inside);
    append_row(row.cells);
  }
  out += Rule(widths, borders.line, borders.bottom);
  return out;
}

}  // namespace lianfang::cli
