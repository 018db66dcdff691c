// Warning signs (警示牌): a tent card for the desk, whose two faces read from both sides once the
// page is folded, and a plate for the wall, whose risks and measures stand side by side. Whose sign
// it is and the level are read from afar; the level is told by colour, shape, word and number of
// bars.
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/document/figures.h"

namespace lianfang::document {
namespace {

constexpr double kBand = 92;   // band with the level
constexpr double kInset = 22;  // from the frame to the text
constexpr double kSignMark = kBand - 24;
constexpr double kLeftOfWords = kInset + kSignMark + 22;
constexpr double kFrame = 7;     // thickness of the frame
constexpr double kSmallest = 9;  // size of text below which rather less is shown
constexpr double kLargest = 20;
constexpr double kFooterRoom = 26;
constexpr double kGutter = 28;         // between risks and measures of a plate
constexpr double kShareOfRisks = 0.4;  // measures are the longer texts

// Sizes of whose sign it is: in one line as large as there is room, else in small lines.
constexpr double kLargestSubject = 24;
constexpr double kSmallestInOneLine = 13;
constexpr double kSmallestSubject = 9;
constexpr double kSubjectRoom = 34;

// What stands below the band, in one size that lets all of it fit.
struct Body {
  struct Piece {
    LayoutPtr text;
    double x, y;
  };
  std::vector<Piece> pieces;
  double height = 0;
};

class SignFigure final : public Figure {
 public:
  SignFigure(const Sign& sign, Fonts& fonts) : sign_(sign) {
    face_ = sign.desk ? Size{kPageWidth - 2 * kMargin, (kPageHeight - 2 * kMargin - 30) / 2}
                      : Size{kPageHeight - 2 * kMargin, kPageWidth - 2 * kMargin - 24};
    const double room = face_.height - kBand - 2 * kFrame - kFooterRoom - 20;
    for (double size = kLargest; size >= kSmallest; size -= 0.5) {
      body_ = LayOut(fonts, size, sign_.points.size());
      if (body_.height <= room) break;
    }
    SetSubject(fonts);
    if (body_.height <= room) return;
    // More risks than a sign holds: as many as it does, and where the others stand.
    for (size_t shown = sign_.points.size(); shown > 0; --shown) {
      body_ = LayOut(fonts, kSmallest, shown - 1);
      if (body_.height <= room) return;
    }
    ++overflows_;
  }

  Size size() const override {
    return sign_.desk ? Size{face_.width, face_.height * 2 + 30} : face_;
  }
  int overflows() const override { return overflows_; }

  void Draw(cairo_t* cr, Fonts& fonts) const override {
    if (!sign_.desk) {
      DrawFace(cr, fonts);
      return;
    }
    // The upper face stands on its head: fold along the dashed line.
    cairo_save(cr);
    cairo_translate(cr, face_.width, face_.height);
    cairo_rotate(cr, M_PI);
    DrawFace(cr, fonts);
    cairo_restore(cr);
    cairo_save(cr);
    const double dashes[] = {5, 4};
    cairo_set_dash(cr, dashes, 2, 0);
    DrawLine(cr, 0, face_.height + 15, face_.width, face_.height + 15, kThin, kGrey);
    cairo_restore(cr);
    const LayoutPtr fold = fonts.Layout("沿虚线对折，上桌摆放", kFooterStyle, 0);
    const Size hint = SizeOf(fold.get());
    FillBox(cr, (face_.width - hint.width) / 2 - 6, face_.height + 15 - hint.height / 2,
            hint.width + 12, hint.height, kWhite);
    DrawText(cr, fold.get(), kFooterStyle.colour, (face_.width - hint.width) / 2,
             face_.height + 15 - hint.height / 2);
    cairo_save(cr);
    cairo_translate(cr, 0, face_.height + 30);
    DrawFace(cr, fonts);
    cairo_restore(cr);
  }

 private:
  double WidthBesideMark() const { return face_.width - kLeftOfWords - kInset - 75; }

  void SetSubject(Fonts& fonts) {
    for (double size = kLargestSubject; size >= kSmallestSubject; size -= 1) {
      subject_ = fonts.Layout(sign_.subject, {kSans, size, true, kWhite, 1.25}, WidthBesideMark());
      if (LinesOf(subject_.get()) == 1 && size >= kSmallestInOneLine) return;
      if (size < kSmallestInOneLine && SizeOf(subject_.get()).height <= kSubjectRoom) return;
    }
    ++overflows_;
  }

  Body LayOut(Fonts& fonts, double size, size_t shown) const {
    const double width = face_.width - 2 * kInset;
    const TextStyle head = {kSans, size * 1.05, true, kBlack, 1.35};
    const TextStyle text = {kSerif, size, false, kBlack, 1.35};
    Body body;
    // One below the other from `y` on; returns where the next begins.
    const auto add = [&](const std::string& words, const TextStyle& style, double x, double y,
                         double across) {
      body.pieces.push_back({fonts.Layout(words, style, across), x, y});
      return y + SizeOf(body.pieces.back().text.get()).height + 1;
    };
    const auto list = [&](const char* title, const std::vector<std::string>& items, double x,
                          double y, double across) {
      if (items.empty()) return y;
      y = add(title, head, x, y, across);
      for (size_t i = 0; i < std::min(items.size(), shown); ++i) {
        y = add(absl::StrCat(i + 1, "．", items[i]), text, x, y, across);
      }
      if (shown < items.size()) {
        y = add(
            absl::StrCat("另有 ", items.size() - shown, " 项，见《廉政风险识别一览表》（附件8）。"),
            text, x, y, across);
      }
      return y + size * 0.4;
    };
    const bool beside = !sign_.desk && !sign_.points.empty() && !sign_.measures.empty();
    const double of_risks = beside ? (width - kGutter) * kShareOfRisks : width;
    const double risks = list("廉政风险点", sign_.points, 0, 0, of_risks);
    const double x = beside ? of_risks + kGutter : 0;
    const double measures = list("防控措施", sign_.measures, x, beside ? 0 : risks, width - x);
    std::string facts;
    for (const auto& [label, value] : sign_.facts) {
      absl::StrAppend(&facts, facts.empty() ? "" : sign_.desk ? "\n" : "　　", label, "：", value);
    }
    body.height = std::max(risks, measures);
    if (!facts.empty()) body.height = add(facts, head, 0, body.height, width);
    return body;
  }

  void DrawFace(cairo_t* cr, Fonts& fonts) const {
    const LevelStyle& style = StyleOf(sign_.level);
    DrawBox(cr, kFrame / 2, kFrame / 2, face_.width - kFrame, face_.height - kFrame, kFrame,
            style.colour);
    FillBox(cr, 0, 0, face_.width, kBand, style.colour);
    // Bars at the right end tell the level without colour and word.
    for (int bar = 0; bar < style.bars; ++bar) {
      FillBox(cr, face_.width - kInset - 12 - bar * 20, 18, 11, kBand - 36, kWhite);
    }
    FillBox(cr, kInset - 6, 8, kSignMark + 12, kBand - 16, kWhite);
    DrawLevelMark(cr, fonts, sign_.level, kInset, 12, kSignMark);
    const LayoutPtr title =
        fonts.Layout(sign_.title, {kSans, 13, false, kWhite, 1.3}, WidthBesideMark());
    const std::string level =
        sign_.level == Level::kNone
            ? std::string(style.grade)
            : absl::StrCat("风险等级：", style.grade, "（", style.word, "风险）");
    const LayoutPtr words = fonts.Layout(level, {kSans, 17, true, kWhite, 1.3}, WidthBesideMark());
    double y = (kBand - SizeOf(title.get()).height - SizeOf(subject_.get()).height -
                SizeOf(words.get()).height) /
               2;
    for (PangoLayout* text : {title.get(), subject_.get(), words.get()}) {
      DrawText(cr, text, kWhite, kLeftOfWords, y);
      y += SizeOf(text).height;
    }
    for (const Body::Piece& piece : body_.pieces) {
      DrawText(cr, piece.text.get(), kBlack, kInset + piece.x, kBand + 10 + piece.y);
    }
    const LayoutPtr foot = fonts.Layout(sign_.unit, {kSans, 10.5, true, kBlack, 1.3},
                                        face_.width - 2 * kInset, Align::kRight);
    DrawText(cr, foot.get(), kBlack, kInset, face_.height - kFrame - kFooterRoom + 6);
  }

  Sign sign_;
  Size face_;
  Body body_;
  LayoutPtr subject_;
  int overflows_ = 0;
};

}  // namespace

std::unique_ptr<Figure> LayOutSign(const Sign& sign, Fonts& fonts) {
  return std::make_unique<SignFigure>(sign, fonts);
}

}  // namespace lianfang::document
