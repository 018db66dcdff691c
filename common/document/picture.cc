// SVG and PNG: one chart, one sign or one set of plots, as large as it is.
#include <cairo-svg.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/document/figures.h"
#include "common/document/writers.h"
#include "common/status/error.h"

namespace lianfang::document {
namespace {

constexpr double kPictureBorder = 18;
constexpr double kPngScale = 2;    // 144 dots an inch
constexpr int kMaxPixels = 16000;  // an edge
constexpr double kPlotWidth = 520;
constexpr double kBetween = 14;

struct Placed {
  std::shared_ptr<const Figure> figure;
  double y = 0;
};

struct Picture {
  LayoutPtr title;
  LayoutPtr number;
  LayoutPtr origin;
  std::vector<Placed> figures;
  double width = 0;
  double height = 0;
};

absl::Status NotDrawn() {
  return MakeError(common::v1::ERROR_REASON_INTERNAL, "图片无法生成。",
                   "The picture cannot be written.");
}

bool IsFigure(const Block& block) {
  return std::holds_alternative<Flow>(block) || std::holds_alternative<Sign>(block) ||
         std::holds_alternative<Plot>(block);
}

absl::StatusOr<std::unique_ptr<Figure>> LayOut(const Block& block, Fonts& fonts) {
  if (const auto* flow = std::get_if<Flow>(&block)) return LayOutFlow(*flow, fonts);
  if (const auto* sign = std::get_if<Sign>(&block)) return LayOutSign(*sign, fonts);
  return LayOutPlot(std::get<Plot>(block), fonts, kPlotWidth);
}

absl::StatusOr<Picture> LayOut(const Document& document, Fonts& fonts) {
  const Section& section = document.sections.front();
  Picture picture;
  for (const Block& block : section.blocks) {
    if (!IsFigure(block)) continue;
    LF_ASSIGN_OR_RETURN(std::unique_ptr<Figure> figure, LayOut(block, fonts));
    picture.width = std::max(picture.width, figure->size().width);
    picture.figures.push_back({std::move(figure), 0});
  }
  picture.width = std::max(picture.width, 320.0);
  double y = kPictureBorder;
  if (!std::holds_alternative<Sign>(section.blocks.front())) {
    picture.title = fonts.Layout(section.title.empty() ? document.title : section.title,
                                 {kSans, 15, true, kBlack, 1.35}, picture.width, Align::kCentre);
    y += SizeOf(picture.title.get()).height + 8;
  }
  for (Placed& placed : picture.figures) {
    placed.y = y;
    y += placed.figure->size().height + kBetween;
  }
  picture.number = fonts.Layout(NumberLine(document), kFooterStyle, picture.width);
  picture.origin = fonts.Layout(OriginLine(document), kFooterStyle, picture.width);
  picture.height = y + SizeOf(picture.number.get()).height + SizeOf(picture.origin.get()).height +
                   kPictureBorder;
  picture.width += 2 * kPictureBorder;
  return picture;
}

void DrawPicture(cairo_t* cr, Fonts& fonts, const Document& document, const Picture& picture) {
  FillBox(cr, 0, 0, picture.width, picture.height, kWhite);
  if (picture.title) DrawText(cr, picture.title.get(), kBlack, kPictureBorder, kPictureBorder);
  for (const Placed& placed : picture.figures) {
    cairo_save(cr);
    cairo_translate(cr, (picture.width - placed.figure->size().width) / 2, placed.y);
    placed.figure->Draw(cr, fonts);
    cairo_restore(cr);
  }
  double y = picture.height - kPictureBorder;
  y -= SizeOf(picture.origin.get()).height;
  DrawText(cr, picture.origin.get(), kFooterStyle.colour, kPictureBorder, y);
  y -= SizeOf(picture.number.get()).height;
  DrawText(cr, picture.number.get(), kFooterStyle.colour, kPictureBorder, y);
  if (!document.draft) return;
  const LayoutPtr draft = fonts.Layout("草　稿", {kSans, 90, true, kGrey, 1.2}, 0);
  const Size size = SizeOf(draft.get());
  cairo_save(cr);
  cairo_translate(cr, picture.width / 2, picture.height / 2);
  cairo_rotate(cr, -0.6);
  cairo_set_source_rgba(cr, 0.3, 0.3, 0.3, 0.18);
  cairo_move_to(cr, -size.width / 2, -size.height / 2);
  pango_cairo_show_layout(cr, draft.get());
  cairo_restore(cr);
}

std::string EscapeXml(absl::string_view text) {
  std::string escaped;
  for (const char c : absl::StrReplaceAll(
           text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}})) {
    // XML takes no other control characters.
    if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') escaped.push_back(c);
  }
  return escaped;
}

// What the picture says, for those who cannot see it, and for programs: Cairo draws text as shapes.
std::string Words(const Document& document) {
  std::string words = absl::StrCat(NumberLine(document), "\n", OriginLine(document));
  for (const Block& block : document.sections.front().blocks) {
    if (const auto* flow = std::get_if<Flow>(&block)) {
      for (const FlowNode& node : flow->nodes) {
        absl::StrAppend(&words, "\n", node.title);
        for (const std::string& line : node.lines) absl::StrAppend(&words, "\n  ", line);
        if (node.level != Level::kNone) {
          absl::StrAppend(&words, "\n  风险提示：", StyleOf(node.level).word, " ", node.mark);
        }
      }
      for (const FlowEdge& edge : flow->edges) {
        if (!edge.label.empty()) absl::StrAppend(&words, "\n→ ", edge.label);
      }
    } else if (const auto* sign = std::get_if<Sign>(&block)) {
      absl::StrAppend(&words, "\n", sign->subject, "\n", StyleOf(sign->level).grade);
      for (const std::string& point : sign->points) absl::StrAppend(&words, "\n", point);
      for (const std::string& measure : sign->measures) absl::StrAppend(&words, "\n", measure);
    } else if (const auto* plot = std::get_if<Plot>(&block)) {
      absl::StrAppend(&words, "\n", plot->title);
      for (size_t i = 0; i < plot->labels.size(); ++i) {
        absl::StrAppend(&words, "\n", plot->labels[i]);
        for (const Series& series : plot->series) {
          absl::StrAppend(&words, " ", series.name, "=",
                          i < series.values.size() ? series.values[i] : 0);
        }
      }
    }
  }
  return words;
}

// Cairo numbers surfaces over the whole life of a process: the same picture gets the same numbers.
std::string Renumbered(const std::string& svg) {
  const std::string name = "surface";
  std::string out;
  out.reserve(svg.size());
  size_t at = 0;
  while (true) {
    const size_t found = svg.find(name, at);
    if (found == std::string::npos) break;
    size_t end = found + name.size();
    out.append(svg, at, end - at);
    while (end < svg.size() && absl::ascii_isdigit(static_cast<unsigned char>(svg[end]))) ++end;
    at = end;
  }
  out.append(svg, at);
  return out;
}

std::string WithWords(const Document& document, const std::string& drawn) {
  const std::string svg = Renumbered(drawn);
  const size_t open = svg.find("<svg");
  const size_t end = open == std::string::npos ? open : svg.find('>', open);
  if (end == std::string::npos) return svg;
  const Section& section = document.sections.front();
  return absl::StrCat(svg.substr(0, end + 1), "\n<title>",
                      EscapeXml(section.title.empty() ? document.title : section.title),
                      "</title>\n<desc>", EscapeXml(Words(document)), "</desc>",
                      svg.substr(end + 1));
}

}  // namespace

bool IsOnePicture(const Document& document) {
  if (document.sections.size() != 1) return false;
  int plots = 0;
  int others = 0;
  for (const Block& block : document.sections.front().blocks) {
    if (std::holds_alternative<Plot>(block)) {
      ++plots;
    } else if (IsFigure(block)) {
      ++others;
    }
  }
  return (others == 1 && plots == 0) || (others == 0 && plots > 0);
}

absl::StatusOr<File> WritePicture(const Document& document, Format format) {
  Fonts fonts;
  LF_ASSIGN_OR_RETURN(const Picture picture, LayOut(document, fonts));
  const auto write = [](void* into, const unsigned char* data, unsigned int length) {
    return static_cast<cairo_status_t>(TakeBytes(into, data, length));
  };
  File file;
  std::string drawn;
  cairo_surface_t* surface = nullptr;
  if (format == Format::kSvg) {
    surface = cairo_svg_surface_create_for_stream(write, &drawn, picture.width, picture.height);
  } else {
    const double scale = std::min(kPngScale, kMaxPixels / std::max(picture.width, picture.height));
    surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(picture.width * scale),
                                   static_cast<int>(picture.height * scale));
    cairo_surface_set_device_scale(surface, scale, scale);
  }
  cairo_t* cr = cairo_create(surface);
  DrawPicture(cr, fonts, document, picture);
  bool done = cairo_status(cr) == CAIRO_STATUS_SUCCESS;
  cairo_destroy(cr);
  if (format == Format::kPng) {
    done =
        done && cairo_surface_write_to_png_stream(surface, write, &drawn) == CAIRO_STATUS_SUCCESS;
  }
  cairo_surface_finish(surface);
  done = done && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
  cairo_surface_destroy(surface);
  if (!done) return NotDrawn();
  file.bytes = format == Format::kSvg ? WithWords(document, drawn) : std::move(drawn);
  file.unknown_glyphs = fonts.unknown_glyphs();
  for (const Placed& placed : picture.figures) file.overflows += placed.figure->overflows();
  return file;
}

}  // namespace lianfang::document
