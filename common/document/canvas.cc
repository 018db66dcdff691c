#include "common/document/canvas.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"

namespace lianfang::document {
namespace {

constexpr LevelStyle kHigh = {{0.70, 0.09, 0.09}, "高", "一级", Pattern::kSolid, 3};
constexpr LevelStyle kMedium = {{0.66, 0.36, 0.00}, "中", "二级", Pattern::kStripes, 2};
constexpr LevelStyle kLow = {{0.08, 0.33, 0.60}, "低", "三级", Pattern::kDots, 1};
constexpr LevelStyle kNone = {{0.35, 0.35, 0.35}, "", "未定级", Pattern::kOutline, 0};

double Points(int units) { return static_cast<double>(units) / PANGO_SCALE; }
int Units(double points) { return static_cast<int>(std::lround(points * PANGO_SCALE)); }

// Top and bottom of each line.
std::vector<std::pair<double, double>> LineEdges(PangoLayout* layout) {
  std::vector<std::pair<double, double>> lines;
  PangoLayoutIter* iter = pango_layout_get_iter(layout);
  do {
    int top = 0;
    int bottom = 0;
    pango_layout_iter_get_line_yrange(iter, &top, &bottom);
    lines.emplace_back(Points(top), Points(bottom));
  } while (pango_layout_iter_next_line(iter) != 0);
  pango_layout_iter_free(iter);
  return lines;
}

}  // namespace

const LevelStyle& StyleOf(Level level) {
  switch (level) {
    case Level::kHigh:
      return kHigh;
    case Level::kMedium:
      return kMedium;
    case Level::kLow:
      return kLow;
    case Level::kNone:
      break;
  }
  return kNone;
}

Fonts::Fonts() : map_(pango_cairo_font_map_new()) {
  // A point is a unit of the surface.
  pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map_.get()), 72);
  context_.reset(pango_font_map_create_context(map_.get()));
  pango_context_set_language(context_.get(), pango_language_from_string("zh-cn"));
  // Whoever looks at a picture has no say in where lines break.
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options(context_.get(), options);
  cairo_font_options_destroy(options);
  pango_context_set_round_glyph_positions(context_.get(), FALSE);
}

LayoutPtr Fonts::Layout(absl::string_view text, const TextStyle& style, double width, Align align,
                        double indent) {
  LayoutPtr layout(pango_layout_new(context_.get()), Unref());
  PangoFontDescription* font = pango_font_description_new();
  pango_font_description_set_family_static(font, style.family);
  pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
  pango_font_description_set_weight(font, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description(layout.get(), font);
  pango_font_description_free(font);
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  if (width > 0) pango_layout_set_width(layout.get(), Units(width));
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment(layout.get(), align == Align::kCentre  ? PANGO_ALIGN_CENTER
                                           : align == Align::kRight ? PANGO_ALIGN_RIGHT
                                                                    : PANGO_ALIGN_LEFT);
  if (indent > 0) pango_layout_set_indent(layout.get(), Units(indent));
  PangoAttrList* attributes = pango_attr_list_new();
  pango_attr_list_insert(attributes,
                         pango_attr_line_height_new_absolute(Units(style.size * style.leading)));
  // A code that is broken over lines must not seem to have a hyphen more.
  pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
  pango_layout_set_attributes(layout.get(), attributes);
  pango_attr_list_unref(attributes);
  unknown_glyphs_ += pango_layout_get_unknown_glyphs_count(layout.get());
  return layout;
}

LayoutPtr Fonts::Balanced(absl::string_view text, const TextStyle& style, double width) {
  LayoutPtr layout = Layout(text, style, width, Align::kCentre);
  const int lines = LinesOf(layout.get());
  if (lines < 2 || text.find('\n') != absl::string_view::npos) return layout;
  // What stands in brackets stays together where it can.
  const size_t bracket = text.find("（");
  if (bracket != absl::string_view::npos && bracket > 0) {
    LayoutPtr two = Layout(absl::StrCat(text.substr(0, bracket), "\n", text.substr(bracket)), style,
                           width, Align::kCentre);
    if (LinesOf(two.get()) == lines) return two;
  }
  // The narrowest width that takes no more lines, to half a point.
  double narrow = 0;
  double wide = width;
  while (wide - narrow > 0.5) {
    const double middle = (narrow + wide) / 2;
    pango_layout_set_width(layout.get(), Units(middle));
    const bool fits = LinesOf(layout.get()) == lines && SizeOf(layout.get()).width <= middle + 0.01;
    (fits ? wide : narrow) = middle;
  }
  pango_layout_set_width(layout.get(), Units(wide));
  std::string broken;
  for (int i = 0; i < LinesOf(layout.get()); ++i) {
    const PangoLayoutLine* line = pango_layout_get_line_readonly(layout.get(), i);
    if (i > 0) broken.push_back('\n');
    absl::StrAppend(&broken, text.substr(static_cast<size_t>(line->start_index),
                                         static_cast<size_t>(line->length)));
  }
  return Layout(broken, style, width, Align::kCentre);
}

Size SizeOf(PangoLayout* layout) {
  PangoRectangle logical;
  pango_layout_get_extents(layout, nullptr, &logical);
  return {Points(logical.width), Points(logical.height)};
}

int LinesOf(PangoLayout* layout) { return pango_layout_get_line_count(layout); }

int LinesThatFit(PangoLayout* layout, int first, double height) {
  const auto lines = LineEdges(layout);
  int count = 0;
  for (size_t i = static_cast<size_t>(first); i < lines.size(); ++i) {
    if (lines[i].second - lines[static_cast<size_t>(first)].first > height + 0.01) break;
    ++count;
  }
  return count;
}

double HeightOf(PangoLayout* layout, int first, int count) {
  if (count <= 0) return 0;
  const auto lines = LineEdges(layout);
  const auto begin = static_cast<size_t>(first);
  const size_t last = std::min(begin + static_cast<size_t>(count), lines.size());
  return begin >= last ? 0 : lines[last - 1].second - lines[begin].first;
}

void SetColour(cairo_t* cr, const Colour& colour) {
  cairo_set_source_rgb(cr, colour.red, colour.green, colour.blue);
}

void DrawText(cairo_t* cr, PangoLayout* layout, const Colour& colour, double x, double y, int first,
              int count) {
  SetColour(cr, colour);
  if (first == 0 && count < 0) {
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, layout);
    return;
  }
  PangoLayoutIter* iter = pango_layout_get_iter(layout);
  double origin = 0;
  int index = 0;
  do {
    if (index == first) {
      int top = 0;
      pango_layout_iter_get_line_yrange(iter, &top, nullptr);
      origin = Points(top);
    }
    if (index >= first && (count < 0 || index < first + count)) {
      PangoRectangle logical;
      pango_layout_iter_get_line_extents(iter, nullptr, &logical);
      cairo_move_to(cr, x + Points(logical.x),
                    y + Points(pango_layout_iter_get_baseline(iter)) - origin);
      pango_cairo_show_layout_line(cr, pango_layout_iter_get_line_readonly(iter));
    }
    ++index;
  } while (pango_layout_iter_next_line(iter) != 0);
  pango_layout_iter_free(iter);
}

void DrawLine(cairo_t* cr, double x1, double y1, double x2, double y2, double width,
              const Colour& colour) {
  SetColour(cr, colour);
  cairo_set_line_width(cr, width);
  cairo_move_to(cr, x1, y1);
  cairo_line_to(cr, x2, y2);
  cairo_stroke(cr);
}

void DrawBox(cairo_t* cr, double x, double y, double width, double height, double line,
             const Colour& colour) {
  SetColour(cr, colour);
  cairo_set_line_width(cr, line);
  cairo_rectangle(cr, x, y, width, height);
  cairo_stroke(cr);
}

void FillBox(cairo_t* cr, double x, double y, double width, double height, const Colour& colour) {
  SetColour(cr, colour);
  cairo_rectangle(cr, x, y, width, height);
  cairo_fill(cr);
}

void FillPattern(cairo_t* cr, double x, double y, double width, double height, const Colour& colour,
                 Pattern pattern) {
  if (width <= 0 || height <= 0) return;
  if (pattern == Pattern::kSolid) {
    FillBox(cr, x, y, width, height, colour);
    return;
  }
  FillBox(cr, x, y, width, height, kWhite);
  cairo_save(cr);
  cairo_rectangle(cr, x, y, width, height);
  cairo_clip(cr);
  SetColour(cr, colour);
  constexpr double kStep = 5;
  if (pattern == Pattern::kStripes) {
    cairo_set_line_width(cr, 2);
    for (double at = x - height; at < x + width; at += kStep) {
      cairo_move_to(cr, at, y + height);
      cairo_line_to(cr, at + height, y);
    }
    cairo_stroke(cr);
  } else if (pattern == Pattern::kDots) {
    int row = 0;
    for (double down = y + kStep / 2; down < y + height; down += kStep / 2, ++row) {
      for (double at = x + (row % 2 == 0 ? 1.5 : 1.5 + kStep / 2); at < x + width; at += kStep) {
        cairo_new_sub_path(cr);
        cairo_arc(cr, at, down, 0.8, 0, 2 * M_PI);
      }
    }
    cairo_fill(cr);
  }
  cairo_restore(cr);
  DrawBox(cr, x, y, width, height, kThin, colour);
}

void DrawLevelMark(cairo_t* cr, Fonts& fonts, Level level, double x, double y, double size) {
  if (level == Level::kNone) return;
  const LevelStyle& style = StyleOf(level);
  SetColour(cr, style.colour);
  double text_y = y;
  cairo_new_path(cr);
  switch (level) {
    case Level::kHigh:  // a triangle, as on warning signs
      cairo_move_to(cr, x + size / 2, y);
      cairo_line_to(cr, x + size, y + size);
      cairo_line_to(cr, x, y + size);
      text_y += size * 0.22;
      break;
    case Level::kMedium:
      cairo_move_to(cr, x + size / 2, y);
      cairo_line_to(cr, x + size, y + size / 2);
      cairo_line_to(cr, x + size / 2, y + size);
      cairo_line_to(cr, x, y + size / 2);
      break;
    default:
      cairo_arc(cr, x + size / 2, y + size / 2, size / 2, 0, 2 * M_PI);
      break;
  }
  cairo_close_path(cr);
  cairo_fill(cr);
  const TextStyle text = {kSans, size * 0.48, true, kWhite, 1.2};
  const LayoutPtr word = fonts.Layout(style.word, text, size, Align::kCentre);
  DrawText(cr, word.get(), kWhite, x, text_y + (size - SizeOf(word.get()).height) / 2);
}

}  // namespace lianfang::document
