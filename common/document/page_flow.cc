#include "common/document/page_flow.h"

#include <algorithm>
#include <utility>

namespace lianfang::document {
namespace {

constexpr double kTiny = 0.5;

}  // namespace

// A row whose texts are laid out.
struct PageFlow::Measured {
  std::vector<LayoutPtr> texts;
  std::vector<double> widths;
  std::vector<bool> shaded;
  std::vector<Colour> colours;
  double height = 0;
};

void PageFlow::NewPage(bool landscape) {
  pages_.push_back({.landscape = landscape, .draws = {}});
  y_ = kTopMargin;
}

void PageFlow::Need(double height) {
  if (left() + kTiny >= height) return;
  if (height > full() + kTiny) ++overflows_;
  if (y_ > kTopMargin) NewPage(pages_.back().landscape);
}

void PageFlow::Space(double height) { y_ += std::min(height, std::max(0.0, left())); }

void PageFlow::Text(const std::string& text, const TextStyle& style, Align align, double indent,
                    double after) {
  const LayoutPtr layout = fonts_->Layout(text, style, width(), align, indent);
  if (SizeOf(layout.get()).width > width() + kTiny) ++overflows_;
  const int lines = LinesOf(layout.get());
  int first = 0;
  while (first < lines) {
    int count = LinesThatFit(layout.get(), first, left());
    // One line alone at a page's end or begin is not nice, but better than a gap in a long text.
    if (count == 0) {
      if (y_ <= kTopMargin) {
        ++overflows_;
        return;
      }
      NewPage(pages_.back().landscape);
      continue;
    }
    count = std::min(count, lines - first);
    const double y = y_;
    Free([layout, colour = style.colour, y, first, count](cairo_t* cr) {
      DrawText(cr, layout.get(), colour, kMargin, y, first, count);
    });
    y_ += HeightOf(layout.get(), first, count);
    first += count;
  }
  Space(after);
}

PageFlow::Measured PageFlow::Measure(const BoxRow& row) {
  Measured measured;
  double shares = 0;
  for (const Box& box : row) shares += box.share;
  for (const Box& box : row) {
    const double width_of_box = width() * box.share / shares;
    const double inner = width_of_box - 2 * kCellPadding;
    LayoutPtr text = box.lines == Lines::kEven
                         ? fonts_->Balanced(box.text, box.style, inner)
                         : fonts_->Layout(box.text, box.style, inner, box.align);
    if (SizeOf(text.get()).width > inner + kTiny) ++overflows_;
    if (box.lines == Lines::kOne && LinesOf(text.get()) > 1) ++overflows_;
    measured.height = std::max(measured.height, SizeOf(text.get()).height + 2 * kCellPadding);
    measured.texts.push_back(std::move(text));
    measured.widths.push_back(width_of_box);
    measured.shaded.push_back(box.shaded);
    measured.colours.push_back(box.style.colour);
  }
  return measured;
}

void PageFlow::DrawPart(const Measured& row, const std::vector<int>& first,
                        const std::vector<int>& count, double height, bool whole) {
  const double y = y_;
  double x = kMargin;
  for (size_t i = 0; i < row.texts.size(); ++i) {
    const double width_of_box = row.widths[i];
    // A short text of a row that is not broken stands in the middle.
    const double text_height = whole ? SizeOf(row.texts[i].get()).height
                                     : HeightOf(row.texts[i].get(), first[i], count[i]);
    const double down = whole ? (height - text_height) / 2 : kCellPadding;
    Free([text = row.texts[i], shaded = row.shaded[i], colour = row.colours[i], x, y, width_of_box,
          height, down, from = first[i], lines = count[i]](cairo_t* cr) {
      if (shaded) FillBox(cr, x, y, width_of_box, height, kShade);
      DrawBox(cr, x, y, width_of_box, height, kThin, kLine);
      if (lines != 0) DrawText(cr, text.get(), colour, x + kCellPadding, y + down, from, lines);
    });
    x += width_of_box;
  }
  y_ += height;
}

void PageFlow::DrawWhole(const Measured& row) {
  const std::vector<int> first(row.texts.size(), 0);
  const std::vector<int> all(row.texts.size(), -1);
  DrawPart(row, first, all, row.height, true);
}

void PageFlow::DrawInParts(const Measured& row, const std::vector<Measured>& head) {
  const size_t boxes = row.texts.size();
  std::vector<int> first(boxes, 0);
  const auto done = [&] {
    for (size_t i = 0; i < boxes; ++i) {
      if (first[i] < LinesOf(row.texts[i].get())) return false;
    }
    return true;
  };
  bool fresh = false;
  while (!done()) {
    std::vector<int> count(boxes, 0);
    double height = 0;
    for (size_t i = 0; i < boxes; ++i) {
      const int rest = LinesOf(row.texts[i].get()) - first[i];
      if (rest <= 0) continue;
      count[i] =
          std::min(rest, LinesThatFit(row.texts[i].get(), first[i], left() - 2 * kCellPadding));
      height = std::max(height, HeightOf(row.texts[i].get(), first[i], count[i]));
    }
    if (height <= 0) {
      if (fresh) {  // not one line fits on an empty page
        ++overflows_;
        return;
      }
      NewPage(pages_.back().landscape);
      for (const Measured& one : head) DrawWhole(one);
      fresh = true;
      continue;
    }
    DrawPart(row, first, count, height + 2 * kCellPadding, false);
    for (size_t i = 0; i < boxes; ++i) first[i] += count[i];
    fresh = false;
  }
}

void PageFlow::Rows(const std::vector<BoxRow>& head, const std::vector<BoxRow>& rows, double after,
                    bool together) {
  std::vector<Measured> heads;
  double head_height = 0;
  for (const BoxRow& row : head) {
    heads.push_back(Measure(row));
    head_height += heads.back().height;
  }
  if (together) {
    double height = head_height + after;
    for (const BoxRow& row : rows) height += Measure(row).height;
    if (height <= full()) Need(height);
  }
  bool begun = false;
  for (const BoxRow& row : rows) {
    const Measured measured = Measure(row);
    const bool high = measured.height > full() / 2;
    double needed = high ? kCellPadding * 2 + 40 : measured.height;
    const bool last = &row == &rows.back();
    if (last && !high && head_height + needed + after <= full()) needed += after;
    if (!begun || left() < needed) {
      if (begun) {
        NewPage(pages_.back().landscape);
      } else {
        Need(std::min(head_height + needed, full()));
      }
      for (const Measured& one : heads) DrawWhole(one);
      begun = true;
    }
    if (high) {
      DrawInParts(measured, heads);
    } else {
      DrawWhole(measured);
    }
  }
}

void PageFlow::Figure(double height,
                      std::function<void(cairo_t*, double x, double y, double width)> draw) {
  Need(height);
  const double y = y_;
  Free([draw = std::move(draw), y, width_of_page = width()](cairo_t* cr) {
    draw(cr, kMargin, y, width_of_page);
  });
  y_ += height;
}

}  // namespace lianfang::document
