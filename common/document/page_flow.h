// Blocks flowing over A4 pages: what does not fit goes to the next page, heads of tables are
// repeated, a row higher than half a page is continued line by line. Nothing is drawn before the
// number of pages is known.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/document/canvas.h"

namespace lianfang::document {

using Draw = std::function<void(cairo_t*)>;

struct Page {
  bool landscape = false;
  std::vector<Draw> draws;
  double width() const { return landscape ? kPageHeight : kPageWidth; }
  double height() const { return landscape ? kPageWidth : kPageHeight; }
};

// How many lines a text may take.
enum class Lines {
  kAny,
  kEven,  // any, of about the same length
  kOne,   // a date, a number: broken they would be read as two
};

// A box of a row of boxes.
struct Box {
  std::string text;
  TextStyle style = kCellStyle;
  double share = 1;  // of the width
  bool shaded = false;
  Align align = Align::kLeft;
  Lines lines = Lines::kAny;
};
using BoxRow = std::vector<Box>;

class PageFlow {
 public:
  explicit PageFlow(Fonts* fonts) : fonts_(fonts) {}

  void NewPage(bool landscape);
  // Moves on to a new page of the same kind unless `height` is left.
  void Need(double height);
  void Space(double height);
  void Text(const std::string& text, const TextStyle& style, Align align, double indent = 0,
            double after = 0);
  // Boxes with lines around them; `head` stands above the first row and again on every page.
  // `after`: of what follows and has to stand on the page of the last row. `together`: all rows on
  // one page, where they fit on one.
  void Rows(const std::vector<BoxRow>& head, const std::vector<BoxRow>& rows, double after = 0,
            bool together = false);
  // A drawing of that height over the whole width: called with its top left corner and its width.
  void Figure(double height, std::function<void(cairo_t*, double x, double y, double width)> draw);
  // Draws on the page that is open, anywhere.
  void Free(Draw draw) { pages_.back().draws.push_back(std::move(draw)); }

  double width() const { return pages_.back().width() - 2 * kMargin; }
  double left() const { return pages_.back().height() - kBottomMargin - y_; }
  double full() const { return pages_.back().height() - kTopMargin - kBottomMargin; }
  Fonts& fonts() { return *fonts_; }
  std::vector<Page>& pages() { return pages_; }
  int overflows() const { return overflows_; }

 private:
  struct Measured;
  Measured Measure(const BoxRow& row);
  void DrawWhole(const Measured& row);
  void DrawInParts(const Measured& row, const std::vector<Measured>& head);
  void DrawPart(const Measured& row, const std::vector<int>& first, const std::vector<int>& count,
                double height, bool whole);

  Fonts* fonts_;
  std::vector<Page> pages_;
  double y_ = 0;
  int overflows_ = 0;
};

}  // namespace lianfang::document
