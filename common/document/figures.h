// Charts, signs and plots: measured in points, drawn on any Cairo surface.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/document/canvas.h"
#include "common/document/model.h"

namespace lianfang::document {

// A picture of a fixed size.
class Figure {
 public:
  virtual ~Figure() = default;
  virtual Size size() const = 0;
  // With its top left corner at the origin.
  virtual void Draw(cairo_t* cr, Fonts& fonts) const = 0;
  // Heights between `size()`'s top and bottom at which it can be cut into pages, ascending.
  virtual std::vector<double> Cuts() const { return {}; }
  // Texts that did not fit.
  virtual int overflows() const { return 0; }
};

absl::StatusOr<std::unique_ptr<Figure>> LayOutFlow(const Flow& flow, Fonts& fonts);
std::unique_ptr<Figure> LayOutSign(const Sign& sign, Fonts& fonts);
std::unique_ptr<Figure> LayOutPlot(const Plot& plot, Fonts& fonts, double width);

}  // namespace lianfang::document
