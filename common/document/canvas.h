// Drawing text, boxes and marks on a Cairo surface. Text is measured with the same layouts that are
// drawn, so what fits when it is measured fits on the page.
#pragma once

#include <cairo.h>
#include <pango/pangocairo.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/document/style.h"

namespace lianfang::document {

enum class Align { kLeft, kCentre, kRight };

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
using LayoutPtr = std::shared_ptr<PangoLayout>;

// Fonts of one document; used by one thread.
class Fonts {
 public:
  Fonts();
  // Text wrapped at `width` points; 0 and less: not wrapped.
  LayoutPtr Layout(absl::string_view text, const TextStyle& style, double width,
                   Align align = Align::kLeft, double indent = 0);
  // Centred, in as many lines as that takes, but of about the same length: 风险/类别, not
  // 风险类/别.
  LayoutPtr Balanced(absl::string_view text, const TextStyle& style, double width);
  int unknown_glyphs() const { return unknown_glyphs_; }

 private:
  std::unique_ptr<PangoFontMap, Unref> map_;
  std::unique_ptr<PangoContext, Unref> context_;
  int unknown_glyphs_ = 0;
};

struct Size {
  double width = 0;
  double height = 0;
};
// Of the lines from `first` on, at most `count`.
Size SizeOf(PangoLayout* layout);
int LinesOf(PangoLayout* layout);
// How many lines from `first` on fit into `height`; and how high `count` of them are.
int LinesThatFit(PangoLayout* layout, int first, double height);
double HeightOf(PangoLayout* layout, int first, int count);

void SetColour(cairo_t* cr, const Colour& colour);
// Draws at the top left corner (x, y); `count` lines from `first` on, -1: all that follow.
void DrawText(cairo_t* cr, PangoLayout* layout, const Colour& colour, double x, double y,
              int first = 0, int count = -1);
void DrawLine(cairo_t* cr, double x1, double y1, double x2, double y2, double width,
              const Colour& colour);
void DrawBox(cairo_t* cr, double x, double y, double width, double height, double line,
             const Colour& colour);
void FillBox(cairo_t* cr, double x, double y, double width, double height, const Colour& colour);
// A box filled with a level's pattern.
void FillPattern(cairo_t* cr, double x, double y, double width, double height, const Colour& colour,
                 Pattern pattern);
// The special mark of a level: a triangle, a diamond or a circle with its word, `size` high.
void DrawLevelMark(cairo_t* cr, Fonts& fonts, Level level, double x, double y, double size);

}  // namespace lianfang::document
