#include <cairo-pdf.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/document/figures.h"
#include "common/document/page_flow.h"
#include "common/document/writers.h"
#include "common/status/error.h"

namespace lianfang::document {
namespace {

constexpr double kSmallestScale = 0.62;  // of a chart that is made to fit
constexpr double kLabelShare = 0.155;    // of a form's width, for a label of six characters
// Places to sign: how many side by side, the room above the line, that below it and that for a
// seal.
constexpr size_t kAcross = 3;
constexpr double kBeforeSigning = 10;
constexpr double kAfterBlock = 8;  // at most, of a table or a note
constexpr double kRoomToSign = 40;
constexpr double kRoomToSeal = 26;
constexpr double kBelowLine = 36;
constexpr double kSealRadius = 40;
constexpr double kSealAbove = 20;  // its middle above the line

absl::Status NotWritten() {
  return MakeError(common::v1::ERROR_REASON_INTERNAL, "文书无法生成。",
                   "The document cannot be written.");
}

const char* WordOf(const Cell& cell, ColumnType type, Colour* colour) {
  if (type != ColumnType::kLevel) return nullptr;
  for (const Level level : {Level::kHigh, Level::kMedium, Level::kLow}) {
    if (absl::StrContains(cell.text, StyleOf(level).grade)) {
      *colour = StyleOf(level).colour;
      return StyleOf(level).word;
    }
  }
  return nullptr;
}

Align AlignOf(ColumnType type) { return type == ColumnType::kText ? Align::kLeft : Align::kCentre; }

Lines LinesOfType(ColumnType type) {
  return type == ColumnType::kText || type == ColumnType::kLevel ? Lines::kAny : Lines::kOne;
}

// Places to sign that stand side by side.
struct SignatureRow {
  struct Place {
    LayoutPtr label, name, date, note, seal;
    double name_height = 0;
    bool empty = false;  // nobody signs here
  };
  std::vector<Place> places;
  double share = 0;
  double line = 0;  // from the labels' bottom to the line, the same for all
  double height = 0;
};

// Blocks on pages.
class Typesetter {
 public:
  Typesetter(const Document& document, PageFlow* flow) : document_(document), flow_(*flow) {}

  absl::Status Set(const Section& section) {
    flow_.NewPage(section.landscape);
    const bool sign = !section.blocks.empty() && std::get_if<Sign>(&section.blocks[0]) != nullptr;
    if (!sign) Title(section);
    for (size_t i = 0; i < section.blocks.size(); ++i) {
      after_ = HeightOfSigning(section.blocks, i + 1);
      LF_RETURN_IF_ERROR(
          std::visit([this](const auto& value) { return Put(value); }, section.blocks[i]));
    }
    return absl::OkStatus();
  }

 private:
  void Title(const Section& section) {
    if (document_.red_head && !section.attached) {
      flow_.Text(document_.issuer, kRedHeadStyle, Align::kCentre, 0, 6);
      flow_.Figure(12, [](cairo_t* cr, double x, double y, double width) {
        FillBox(cr, x, y, width, 2.4, kRed);
        FillBox(cr, x, y + 4, width, 0.8, kRed);
      });
      flow_.Space(10);
    } else if (!document_.annex.empty() && !section.attached) {
      flow_.Text(document_.annex, kAnnexStyle, Align::kLeft, 0, 4);
    }
    flow_.Text(section.title.empty() ? document_.title : section.title, kTitleStyle, Align::kCentre,
               0, 4);
    if (!section.subtitle.empty()) {
      flow_.Text(section.subtitle, kSubtitleStyle, Align::kCentre, 0, 0);
    }
    flow_.Space(8);
  }

  absl::Status Put(const Heading& heading) {
    flow_.Need(60);
    flow_.Space(4);
    flow_.Text(heading.text, kHeadingStyle, Align::kLeft, 0, 3);
    return absl::OkStatus();
  }

  // Of the places to sign that the blocks from there on begin with, notes before them included:
  // nobody signs on a page that says nothing.
  double HeightOfSigning(const std::vector<Block>& blocks, size_t at) {
    double height = kBeforeSigning + kAfterBlock;
    for (; at < blocks.size(); ++at) {
      const auto* note = std::get_if<Paragraph>(&blocks[at]);
      if (note == nullptr || note->style != Paragraph::Style::kNote) break;
      height += SizeOf(flow_.fonts().Layout(note->text, kNoteStyle, flow_.width()).get()).height;
    }
    const auto* signatures = at < blocks.size() ? std::get_if<Signatures>(&blocks[at]) : nullptr;
    if (signatures == nullptr) return 0;
    for (size_t from = 0; from < signatures->places.size(); from += kAcross) {
      height += LayOut(*signatures, from).height;
    }
    return height;
  }

  absl::Status Put(const Paragraph& paragraph) {
    if (after_ > 0) {
      const LayoutPtr text = flow_.fonts().Layout(paragraph.text, kBodyStyle, flow_.width());
      const double height = SizeOf(text.get()).height + after_;
      if (height <= flow_.full()) flow_.Need(height);
    }
    switch (paragraph.style) {
      case Paragraph::Style::kBody:
        flow_.Text(paragraph.text, kBodyStyle, Align::kLeft, 2 * kBodyStyle.size, 2);
        break;
      case Paragraph::Style::kSalutation:
        flow_.Text(paragraph.text, kBodyStyle, Align::kLeft, 0, 2);
        break;
      case Paragraph::Style::kNote:
        flow_.Text(paragraph.text, kNoteStyle, Align::kLeft, 0, 2);
        break;
      case Paragraph::Style::kCentred:
        flow_.Text(paragraph.text, kBodyStyle, Align::kCentre, 0, 2);
        break;
      case Paragraph::Style::kRight:
        flow_.Text(paragraph.text, kBodyStyle, Align::kRight, 0, 2);
        break;
    }
    return absl::OkStatus();
  }

  absl::Status Put(const Grid& grid) {
    std::vector<BoxRow> rows;
    for (const auto& fields : grid.rows) {
      BoxRow row;
      for (const Field& field : fields) {
        // A label is as wide as four to six characters, whatever stands beside it.
        const double label = flow_.width() * kLabelShare;
        row.push_back({field.label, kLabelStyle, label, true, Align::kCentre});
        row.push_back({field.value, kFieldStyle, 0, false, Align::kLeft});
      }
      double shares = 0;
      for (const Field& field : fields) shares += field.share;
      const double rest = flow_.width() * (1 - kLabelShare * static_cast<double>(fields.size()));
      for (size_t i = 0; i < fields.size(); ++i)
        row[2 * i + 1].share = rest * fields[i].share / shares;
      rows.push_back(std::move(row));
    }
    flow_.Rows({}, rows, after_, after_ > 0);
    return absl::OkStatus();
  }

  absl::Status Put(const Table& table) {
    std::vector<size_t> shown = table.shown;
    for (size_t i = 0; shown.size() < table.columns.size() && table.shown.empty(); ++i) {
      shown.push_back(i);
    }
    const TextStyle& text = shown.size() > 11 ? kSmallCellStyle : kCellStyle;
    BoxRow head;
    for (const size_t at : shown) {
      const Column& column = table.columns[at];
      head.push_back(
          {column.heading, kHeadCellStyle, column.width, true, Align::kCentre, Lines::kEven});
    }
    std::vector<BoxRow> rows;
    rows.reserve(table.rows.size());
    for (const Row& row : table.rows) {
      BoxRow boxes;
      for (const size_t at : shown) {
        const Column& column = table.columns[at];
        Box box = {row.cells[at].Text(),    text, column.width, row.total, AlignOf(column.type),
                   LinesOfType(column.type)};
        if (row.total) box.style.bold = true;
        if (WordOf(row.cells[at], column.type, &box.style.colour) != nullptr) box.style.bold = true;
        boxes.push_back(std::move(box));
      }
      rows.push_back(std::move(boxes));
    }
    if (rows.empty()) rows.push_back({{table.empty_text, text, 1, false, Align::kCentre}});
    // What stands on the page in parts is read across them.
    flow_.Rows({head}, rows, after_, !table.shown.empty());
    flow_.Space(6);
    return absl::OkStatus();
  }

  SignatureRow LayOut(const Signatures& signatures, size_t from) {
    const size_t until = std::min(from + kAcross, signatures.places.size());
    SignatureRow row;
    row.share = flow_.width() / static_cast<double>(until - from);
    // Lines to sign on are level, whether there is a seal beside them or not.
    bool sealed = false;
    double below = 0;
    for (size_t i = from; i < until; ++i) {
      const Signature& given = signatures.places[i];
      SignatureRow::Place& place = row.places.emplace_back();
      place.empty = given.label.empty() && given.name.empty();
      sealed = sealed || given.seal;
      place.label = flow_.fonts().Layout(given.label, kSignatureStyle, row.share - 10);
      // Beside the seal, where there is room beside it.
      const double beside = given.seal && row.share > 4 * kSealRadius ? 2 * kSealRadius + 24 : 10;
      place.name = flow_.fonts().Layout(given.name, kSignatureStyle, row.share - beside);
      place.name_height = given.name.empty() ? 0 : SizeOf(place.name.get()).height;
      place.date =
          flow_.fonts().Layout("年　　月　　日", kSignatureStyle, row.share - 24, Align::kRight);
      if (given.seal) place.seal = flow_.fonts().Layout("（盖章）", kSignatureStyle, 0);
      place.note = flow_.fonts().Layout(given.note, kNoteStyle, row.share - 10);
      row.line = std::max(row.line, place.name_height + 6);
      below = std::max(below, SizeOf(place.label.get()).height + SizeOf(place.note.get()).height);
    }
    row.line = std::max(row.line, kRoomToSign) + (sealed ? kRoomToSeal : 0);
    row.height = row.line + below + kBelowLine;
    return row;
  }

  absl::Status Put(const Signatures& signatures) {
    flow_.Space(kBeforeSigning);
    for (size_t from = 0; from < signatures.places.size(); from += kAcross) {
      const auto row = std::make_shared<const SignatureRow>(LayOut(signatures, from));
      flow_.Figure(row->height, [row](cairo_t* cr, double x, double y, double) {
        for (const SignatureRow::Place& place : row->places) {
          if (!place.empty) DrawPlace(cr, place, *row, x, y);
          x += row->share;
        }
      });
    }
    return absl::OkStatus();
  }

  static void DrawPlace(cairo_t* cr, const SignatureRow::Place& place, const SignatureRow& row,
                        double x, double y) {
    DrawText(cr, place.label.get(), kBlack, x, y);
    y += SizeOf(place.label.get()).height;
    DrawText(cr, place.name.get(), kBlack, x, y);
    y += row.line;
    if (place.seal != nullptr) {
      // Where the seal goes, over the date's year and month: light, so that it does not show
      // through it.
      const double centre = x + row.share - kSealRadius - 18;
      cairo_save(cr);
      const double dashes[] = {3, 3};
      cairo_set_dash(cr, dashes, 2, 0);
      SetColour(cr, {0.72, 0.72, 0.72});
      cairo_set_line_width(cr, kThin);
      cairo_new_path(cr);
      cairo_arc(cr, centre, y - kSealAbove, kSealRadius, 0, 2 * M_PI);
      cairo_stroke(cr);
      cairo_restore(cr);
      const Size word = SizeOf(place.seal.get());
      DrawText(cr, place.seal.get(), kGrey, centre - word.width / 2,
               y - kSealAbove - word.height / 2);
    }
    DrawLine(cr, x, y, x + row.share - 24, y, kThin, kLine);
    DrawText(cr, place.date.get(), kBlack, x, y + 6);
    y += 8 + SizeOf(place.date.get()).height;
    DrawText(cr, place.note.get(), kNoteStyle.colour, x, y);
  }

  absl::Status Put(const Flow& flow) {
    LF_ASSIGN_OR_RETURN(std::unique_ptr<Figure> figure, LayOutFlow(flow, flow_.fonts()));
    Place(std::move(figure));
    return absl::OkStatus();
  }
  absl::Status Put(const Sign& sign) {
    Place(LayOutSign(sign, flow_.fonts()));
    return absl::OkStatus();
  }
  absl::Status Put(const Plot& plot) {
    std::unique_ptr<Figure> figure = LayOutPlot(plot, flow_.fonts(), flow_.width());
    // Bars of one page are drawn to one scale: a plot that does not fit moves on.
    if (figure->size().height <= flow_.full()) flow_.Need(figure->size().height);
    Place(std::move(figure));
    flow_.Space(14);
    return absl::OkStatus();
  }

  // Whole where it fits, made smaller a little where that helps, else cut between what it holds.
  void Place(std::unique_ptr<Figure> made) {
    const std::shared_ptr<const Figure> figure = std::move(made);
    const Size size = figure->size();
    overflows_ += figure->overflows();
    double scale = std::min(1.0, flow_.width() / std::max(size.width, 1.0));
    const double fitting = flow_.full() / std::max(size.height, 1.0);
    if (fitting < scale && fitting >= kSmallestScale) scale = fitting;
    const double page = flow_.full() / scale;
    if (size.height * scale > flow_.left() && size.height * scale <= flow_.full()) {
      // A heading stays with what it stands over: only a page that has more on it is left.
      const double here = flow_.left() / std::max(size.height, 1.0);
      if (here < scale && here >= kSmallestScale) scale = here;
    }
    double from = 0;
    std::vector<double> cuts = figure->Cuts();
    cuts.push_back(size.height);
    while (from < size.height) {
      double room = flow_.left() / scale;
      double to = 0;
      for (const double cut : cuts) {
        if (cut > from && cut - from <= room + 0.01) to = cut;
      }
      if (to <= from) {
        if (room + 1 >= page) {  // nothing to cut at: all of it, smaller
          scale *= flow_.full() / ((size.height - from) * scale);
          to = size.height;
        } else {
          flow_.NewPage(flow_.pages().back().landscape);
          continue;
        }
      }
      const double height = (to - from) * scale;
      Fonts* fonts = &flow_.fonts();
      flow_.Figure(height, [figure, from, to, scale, size, fonts](cairo_t* cr, double x, double y,
                                                                  double width) {
        cairo_save(cr);
        cairo_translate(cr, x + (width - size.width * scale) / 2, y - from * scale);
        cairo_scale(cr, scale, scale);
        cairo_rectangle(cr, -2, from, size.width + 4, to - from);
        cairo_clip(cr);
        figure->Draw(cr, *fonts);
        cairo_restore(cr);
      });
      from = to;
    }
  }

 public:
  int overflows() const { return overflows_; }

 private:
  const Document& document_;
  PageFlow& flow_;
  double after_ = 0;  // what has to stand on the same page as the block's end
  int overflows_ = 0;
};

void DrawFurniture(cairo_t* cr, Fonts& fonts, const Document& document, const Page& page,
                   size_t number, size_t count) {
  const double y = page.height() - kBottomMargin + 14;
  const double width = page.width() - 2 * kMargin;
  DrawLine(cr, kMargin, y - 4, page.width() - kMargin, y - 4, 0.4, kGrey);
  const LayoutPtr left = fonts.Layout(NumberLine(document), kFooterStyle, width * 0.78);
  DrawText(cr, left.get(), kFooterStyle.colour, kMargin, y);
  const LayoutPtr right = fonts.Layout(absl::StrCat("第 ", number, " 页　共 ", count, " 页"),
                                       kFooterStyle, width, Align::kRight);
  DrawText(cr, right.get(), kFooterStyle.colour, kMargin, y);
  const LayoutPtr origin = fonts.Layout(OriginLine(document), kFooterStyle, width);
  DrawText(cr, origin.get(), kFooterStyle.colour, kMargin, y + SizeOf(left.get()).height);
  if (!document.draft) return;
  const LayoutPtr draft = fonts.Layout("草　稿", {kSans, 150, true, kGrey, 1.2}, 0);
  const Size size = SizeOf(draft.get());
  cairo_save(cr);
  cairo_translate(cr, page.width() / 2, page.height() / 2);
  cairo_rotate(cr, -M_PI / 5);
  cairo_set_source_rgba(cr, 0.3, 0.3, 0.3, 0.16);
  cairo_move_to(cr, -size.width / 2, -size.height / 2);
  pango_cairo_show_layout(cr, draft.get());
  cairo_restore(cr);
}

}  // namespace

std::string NumberLine(const Document& document) {
  if (document.draft) return "草稿，未编号，不作为正式文书";
  if (document.number.empty()) return "未编号，以账本所记为准";
  return absl::StrCat("编号 ", document.number, "　校验码 ", document.digest);
}

std::string OriginLine(const Document& document) {
  return absl::StrCat(document.issuer, "　", document.campaign, "　账本位置：", document.positions);
}

int TakeBytes(void* into, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(into)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

absl::StatusOr<File> WritePdf(const Document& document) {
  Fonts fonts;
  PageFlow flow(&fonts);
  Typesetter typesetter(document, &flow);
  for (const Section& section : document.sections) LF_RETURN_IF_ERROR(typesetter.Set(section));
  if (flow.pages().empty()) return NotWritten();

  File file;
  const auto write = [](void* into, const unsigned char* data, unsigned int length) {
    return static_cast<cairo_status_t>(TakeBytes(into, data, length));
  };
  cairo_surface_t* surface =
      cairo_pdf_surface_create_for_stream(write, &file.bytes, kPageWidth, kPageHeight);
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, document.title.c_str());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, document.issuer.c_str());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, NumberLine(document).c_str());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "lianfang");
  const std::string created = absl::FormatTime(
      "%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(document.created), absl::UTCTimeZone());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, created.c_str());
  cairo_t* cr = cairo_create(surface);
  const size_t count = flow.pages().size();
  for (size_t i = 0; i < count; ++i) {
    Page& page = flow.pages()[i];
    cairo_pdf_surface_set_size(surface, page.width(), page.height());
    for (const Draw& draw : page.draws) draw(cr);
    DrawFurniture(cr, fonts, document, page, i + 1, count);
    cairo_show_page(cr);
    page.draws.clear();  // the layouts go as soon as they are on the page
  }
  const bool drawn = cairo_status(cr) == CAIRO_STATUS_SUCCESS;
  cairo_destroy(cr);
  cairo_surface_finish(surface);
  const bool written = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
  cairo_surface_destroy(surface);
  if (!drawn || !written) return NotWritten();
  file.pages = static_cast<int>(count);
  file.unknown_glyphs = fonts.unknown_glyphs();
  file.overflows = flow.overflows() + typesetter.overflows();
  return file;
}

}  // namespace lianfang::document
