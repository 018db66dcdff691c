// Plots: horizontal bars with their numbers, told apart by pattern as well as by colour.
#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/document/figures.h"

namespace lianfang::document {
namespace {

constexpr double kBar = 15;
constexpr double kGap = 8;
constexpr double kLegend = 12;
constexpr double kNumberRoom = 46;

constexpr LevelStyle kPlaces[] = {
    {{0.20, 0.20, 0.20}, "", "", Pattern::kSolid, 0},
    {{0.30, 0.30, 0.30}, "", "", Pattern::kStripes, 0},
    {{0.30, 0.30, 0.30}, "", "", Pattern::kDots, 0},
    {{0.30, 0.30, 0.30}, "", "", Pattern::kOutline, 0},
};

// One in front of the other: the whole as an outline, what is done solid.
constexpr LevelStyle kNested[] = {
    {{0.30, 0.30, 0.30}, "", "", Pattern::kOutline, 0},
    {{0.30, 0.30, 0.30}, "", "", Pattern::kStripes, 0},
    {{0.20, 0.20, 0.20}, "", "", Pattern::kSolid, 0},
};

class PlotFigure final : public Figure {
 public:
  PlotFigure(Plot plot, Fonts& fonts, double width) : plot_(std::move(plot)), width_(width) {
    double widest = 40;
    for (const std::string& label : plot_.labels) {
      labels_.push_back(fonts.Layout(label, kPlotStyle, width * 0.3, Align::kRight));
      widest = std::max(widest, SizeOf(labels_.back().get()).width);
      heights_.push_back(std::max(kBar, SizeOf(labels_.back().get()).height) + kGap);
    }
    label_width_ = width * 0.3;
    title_ = fonts.Layout(plot_.title, kPlotTitleStyle, width);
    top_ = SizeOf(title_.get()).height + 6;
    if (plot_.series.size() > 1) {
      double x = 0;
      legend_top_ = top_;
      for (const Series& series : plot_.series) {
        LayoutPtr name = fonts.Layout(series.name, kPlotStyle, 0);
        const double need = kLegend * 1.8 + 5 + SizeOf(name.get()).width + 16;
        if (x > 0 && x + need > width) {
          x = 0;
          top_ += kLegend + 8;
        }
        legend_.push_back({std::move(name), x, top_});
        x += need;
      }
      top_ += kLegend + 12;
    }
    for (size_t i = 0; i < plot_.labels.size(); ++i) largest_ = std::max(largest_, Length(i));
    height_ = top_ + std::accumulate(heights_.begin(), heights_.end(), 0.0) + 6;
  }

  Size size() const override { return {width_, height_}; }

  std::vector<double> Cuts() const override {
    std::vector<double> cuts;
    double y = top_;
    for (const double height : heights_) cuts.push_back(y += height);
    return cuts;
  }

  void Draw(cairo_t* cr, Fonts& fonts) const override {
    DrawText(cr, title_.get(), kBlack, 0, 0);
    for (size_t i = 0; i < legend_.size(); ++i) {
      const LevelStyle& look = LookOf(i);
      FillPattern(cr, legend_[i].x, legend_[i].y, kLegend * 1.8, kLegend, look.colour,
                  look.pattern);
      DrawText(cr, legend_[i].name.get(), kBlack, legend_[i].x + kLegend * 1.8 + 5, legend_[i].y);
    }
    const double left = label_width_ + 8;
    const double room = width_ - left - kNumberRoom;
    double y = top_;
    for (size_t i = 0; i < labels_.size(); ++i) {
      const double middle = y + (heights_[i] - kGap) / 2;
      DrawText(cr, labels_[i].get(), kBlack, 0, middle - SizeOf(labels_[i].get()).height / 2);
      DrawBars(cr, fonts, i, left, middle - kBar / 2, room);
      y += heights_[i];
    }
    DrawLine(cr, left, top_ - 4, left, y, kThick, kLine);
  }

 private:
  struct Legend {
    LayoutPtr name;
    double x;
    double y;
  };

  const LevelStyle& LookOf(size_t series) const {
    if (plot_.series[series].level != Level::kNone) return StyleOf(plot_.series[series].level);
    return plot_.stacked ? kPlaces[series % std::size(kPlaces)]
                         : kNested[series % std::size(kNested)];
  }
  int64_t Value(size_t series, size_t label) const {
    const auto& values = plot_.series[series].values;
    return label < values.size() ? values[label] : 0;
  }
  // How long the bar of a label is.
  int64_t Length(size_t label) const {
    int64_t length = 0;
    for (size_t s = 0; s < plot_.series.size(); ++s) {
      length = plot_.stacked ? length + Value(s, label) : std::max(length, Value(s, label));
    }
    return length;
  }

  void DrawBars(cairo_t* cr, Fonts& fonts, size_t label, double x, double y, double room) const {
    const double scale = largest_ > 0 ? room / static_cast<double>(largest_) : 0;
    double end = x;
    std::string numbers;
    for (size_t s = 0; s < plot_.series.size(); ++s) {
      const int64_t value = Value(s, label);
      const double length = static_cast<double>(value) * scale;
      const LevelStyle& look = LookOf(s);
      if (plot_.stacked) {
        FillPattern(cr, end, y, length, kBar, look.colour, look.pattern);
        end += length;
        // The number stands in its part where there is room.
        const LayoutPtr number =
            fonts.Layout(absl::StrCat(value), {kSans, 8, true, kBlack, 1.2}, 0);
        const Size size = SizeOf(number.get());
        if (value > 0 && plot_.series.size() > 1 && size.width + 6 < length) {
          const double at = end - length / 2 - size.width / 2;
          FillBox(cr, at - 2, y + 2, size.width + 4, kBar - 4, kWhite);
          DrawText(cr, number.get(), kBlack, at, y + (kBar - size.height) / 2);
        }
      } else {
        // The widest lies behind; each further one is a little lower.
        const double inset = static_cast<double>(s) * 2.5;
        FillPattern(cr, x, y + inset, length, kBar - 2 * inset, look.colour, look.pattern);
        end = std::max(end, x + length);
        absl::StrAppend(&numbers, s > 0 ? "/" : "", value);
      }
    }
    if (plot_.stacked) numbers = absl::StrCat(Length(label), plot_.unit);
    const LayoutPtr text = fonts.Layout(numbers, kPlotStyle, 0);
    DrawText(cr, text.get(), kBlack, end + 4, y + (kBar - SizeOf(text.get()).height) / 2);
  }

  Plot plot_;
  double width_;
  double height_ = 0;
  double top_ = 0;
  double legend_top_ = 0;
  double label_width_ = 0;
  int64_t largest_ = 0;
  LayoutPtr title_;
  std::vector<LayoutPtr> labels_;
  std::vector<double> heights_;
  std::vector<Legend> legend_;
};

}  // namespace

std::unique_ptr<Figure> LayOutPlot(const Plot& plot, Fonts& fonts, double width) {
  return std::make_unique<PlotFigure>(plot, fonts, width);
}

}  // namespace lianfang::document
