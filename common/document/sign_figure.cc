// Warning signs (警示牌): a tent card for the desk, whose two faces read from both sides once the
// page is folded, and a plate for the wall. The level is told by colour, shape, word and number of
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

constexpr double kBand = 92;       // band with the level
constexpr double kInset = 22;      // from the frame to the text
constexpr double kFrame = 7;       // thickness of the frame
constexpr double kSmallest = 7.5;  // size of text below which rather less is shown
constexpr double kLargest = 20;
constexpr double kFooterRoom = 26;

// What stands below the band, in one size that lets all of it fit.
struct Body {
  std::vector<std::pair<LayoutPtr, double>> texts;  // with the distance after them
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
      if (body_.height <= room) return;
    }
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
  Body LayOut(Fonts& fonts, double size, size_t shown) const {
    const double width = face_.width - 2 * kInset;
    const TextStyle head = {kSans, size * 1.05, true, kBlack, 1.35};
    const TextStyle text = {kSerif, size, false, kBlack, 1.35};
    Body body;
    const auto add = [&](const std::string& words, const TextStyle& style, double after) {
      body.texts.emplace_back(fonts.Layout(words, style, width), after);
      body.height += SizeOf(body.texts.back().first.get()).height + after;
    };
    const auto list = [&](const char* title, const std::vector<std::string>& items) {
      if (items.empty()) return;
      add(title, head, 1);
      for (size_t i = 0; i < std::min(items.size(), shown); ++i) {
        add(absl::StrCat(i + 1, "．", items[i]), text, 1);
      }
      if (shown < items.size()) {
        add(absl::StrCat("另有 ", items.size() - shown, " 项，见《廉政风险识别一览表》（附件8）。"),
            text, 1);
      }
      body.height += size * 0.4;
      body.texts.back().second += size * 0.4;
    };
    list("廉政风险点", sign_.points);
    list("防控措施", sign_.measures);
    std::string facts;
    for (const auto& [label, value] : sign_.facts) {
      absl::StrAppend(&facts, facts.empty() ? "" : "\n", label, "：", value);
    }
    if (!facts.empty()) add(facts, head, 0);
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
    const double mark = kBand - 24;
    FillBox(cr, kInset - 6, 8, mark + 12, kBand - 16, kWhite);
    DrawLevelMark(cr, fonts, sign_.level, kInset, 12, mark);
    const double left = kInset + mark + 22;
    const double width = face_.width - left - kInset - 75;
    const LayoutPtr title = fonts.Layout(sign_.title, {kSans, 19, true, kWhite, 1.3}, width);
    DrawText(cr, title.get(), kWhite, left, 14);
    const std::string level =
        sign_.level == Level::kNone
            ? std::string(style.grade)
            : absl::StrCat("风险等级：", style.grade, "（", style.word, "风险）");
    const LayoutPtr words = fonts.Layout(level, {kSans, 22, true, kWhite, 1.3}, width);
    DrawText(cr, words.get(), kWhite, left, 14 + SizeOf(title.get()).height + 4);
    double y = kBand + 10;
    for (const auto& [text, after] : body_.texts) {
      DrawText(cr, text.get(), kBlack, kInset, y);
      y += SizeOf(text.get()).height + after;
    }
    const LayoutPtr foot =
        fonts.Layout(absl::StrCat(sign_.unit, "　", sign_.subject),
                     {kSans, 10.5, true, kBlack, 1.3}, face_.width - 2 * kInset, Align::kRight);
    DrawText(cr, foot.get(), kBlack, kInset, face_.height - kFrame - kFooterRoom + 6);
  }

  Sign sign_;
  Size face_;
  Body body_;
  int overflows_ = 0;
};

}  // namespace

std::unique_ptr<Figure> LayOutSign(const Sign& sign, Fonts& fonts) {
  return std::make_unique<SignFigure>(sign, fonts);
}

}  // namespace lianfang::document
