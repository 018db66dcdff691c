// Flow charts. Graphviz only says where boxes and lines lie: it is given their sizes and numbers,
// and no text.
#include <graphviz/cgraph.h>
#include <graphviz/gvc.h>
#include <graphviz/gvcext.h>
#include <graphviz/gvplugin.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/document/figures.h"
#include "common/status/error.h"

extern "C" gvplugin_library_t gvplugin_dot_layout_LTX_library;

namespace lianfang::document {
namespace {

constexpr double kNodeText = 150;  // width of the texts in a node
constexpr double kNodePadding = 7;
constexpr double kMark = 26;
constexpr double kInch = 72;
constexpr double kArrow = 7;
constexpr double kChartBorder = 8;
constexpr double kLabelRoom = 6;

struct Point {
  double x = 0;
  double y = 0;
};

struct PlacedNode {
  Point centre;
  double width = 0;
  double height = 0;
  LayoutPtr title;
  LayoutPtr lines;
  LayoutPtr mark;
  Level level = Level::kNone;
};

struct PlacedEdge {
  std::vector<Point> curve;  // Bézier: begin, then three points a piece
  Point end;                 // tip of the arrow
  LayoutPtr label;
  Point label_centre;
};

class FlowFigure final : public Figure {
 public:
  std::vector<PlacedNode> nodes;
  std::vector<PlacedEdge> edges;
  Size area;

  Size size() const override { return area; }

  std::vector<double> Cuts() const override {
    // Between nodes, where no node is.
    std::vector<std::pair<double, double>> spans;
    for (const PlacedNode& node : nodes) {
      spans.emplace_back(node.centre.y - node.height / 2 - 3, node.centre.y + node.height / 2 + 3);
    }
    std::sort(spans.begin(), spans.end());
    std::vector<double> cuts;
    double end = 0;
    for (const auto& [top, bottom] : spans) {
      if (top > end && end > 0) cuts.push_back((end + top) / 2);
      end = std::max(end, bottom);
    }
    return cuts;
  }

  void Draw(cairo_t* cr, Fonts& fonts) const override {
    for (const PlacedEdge& edge : edges) DrawEdge(cr, edge);
    for (const PlacedNode& node : nodes) DrawNode(cr, fonts, node);
    for (const PlacedEdge& edge : edges) {
      if (!edge.label) continue;
      const Size label = SizeOf(edge.label.get());
      const double x = edge.label_centre.x - label.width / 2;
      const double y = edge.label_centre.y - label.height / 2;
      FillBox(cr, x - 2, y, label.width + 4, label.height, kWhite);
      DrawText(cr, edge.label.get(), kEdgeStyle.colour, x, y);
    }
  }

 private:
  static void DrawEdge(cairo_t* cr, const PlacedEdge& edge) {
    if (edge.curve.empty()) return;
    SetColour(cr, kLine);
    cairo_set_line_width(cr, kThick);
    cairo_move_to(cr, edge.curve[0].x, edge.curve[0].y);
    for (size_t i = 1; i + 2 < edge.curve.size(); i += 3) {
      cairo_curve_to(cr, edge.curve[i].x, edge.curve[i].y, edge.curve[i + 1].x, edge.curve[i + 1].y,
                     edge.curve[i + 2].x, edge.curve[i + 2].y);
    }
    cairo_stroke(cr);
    const Point& from = edge.curve.back();
    const double angle = std::atan2(edge.end.y - from.y, edge.end.x - from.x);
    cairo_move_to(cr, edge.end.x, edge.end.y);
    for (const double side : {0.42, -0.42}) {
      cairo_line_to(cr, edge.end.x - (kArrow + 2) * std::cos(angle + side),
                    edge.end.y - (kArrow + 2) * std::sin(angle + side));
    }
    cairo_close_path(cr);
    cairo_fill(cr);
  }

  static void DrawNode(cairo_t* cr, Fonts& fonts, const PlacedNode& node) {
    const double x = node.centre.x - node.width / 2;
    const double y = node.centre.y - node.height / 2;
    FillBox(cr, x, y, node.width, node.height, kWhite);
    const bool risky = node.level != Level::kNone;
    DrawBox(cr, x, y, node.width, node.height, risky ? 2.2 : kThick,
            risky ? StyleOf(node.level).colour : kLine);
    double text_x = x + kNodePadding;
    if (risky) {
      DrawLevelMark(cr, fonts, node.level, x + 5, y + 6, kMark - 4);
      DrawText(cr, node.mark.get(), StyleOf(node.level).colour, x + 3, y + 6 + kMark - 3);
      text_x += kMark;
    }
    double down = y + kNodePadding;
    DrawText(cr, node.title.get(), kNodeStyle.colour, text_x, down);
    down += SizeOf(node.title.get()).height;
    if (node.lines) DrawText(cr, node.lines.get(), kNodeLineStyle.colour, text_x, down + 2);
  }
};

PlacedNode Measure(const FlowNode& node, Fonts& fonts) {
  PlacedNode placed;
  placed.level = node.level;
  const bool risky = node.level != Level::kNone;
  placed.title = fonts.Layout(node.title, kNodeStyle, kNodeText,
                              node.lines.empty() && !risky ? Align::kCentre : Align::kLeft);
  placed.height = SizeOf(placed.title.get()).height + 2 * kNodePadding;
  std::string lines;
  for (const std::string& line : node.lines) {
    absl::StrAppend(&lines, lines.empty() ? "" : "\n", line);
  }
  if (!lines.empty()) {
    placed.lines = fonts.Layout(lines, kNodeLineStyle, kNodeText);
    placed.height += SizeOf(placed.lines.get()).height + 2;
  }
  placed.width = kNodeText + 2 * kNodePadding;
  if (risky) {
    placed.mark = fonts.Layout(node.mark, {kSans, 8, true, kBlack, 1.15}, kMark, Align::kCentre);
    placed.width += kMark;
    placed.height = std::max(placed.height, kMark + SizeOf(placed.mark.get()).height + 8);
  }
  return placed;
}

void Set(void* object, const char* name, const std::string& value) {
  // The library takes what it does not change as not constant.
  std::string key = name;
  std::string text = value;
  std::string fallback;
  agsafeset(object, key.data(), text.data(), fallback.data());
}

struct FreeContext {
  void operator()(GVC_t* context) const { gvFreeContext(context); }
};
struct FreeGraph {
  void operator()(Agraph_t* graph) const { agclose(graph); }
};

// The library keeps what it works on in variables of its own.
std::mutex& Library() {
  static std::mutex mutex;
  return mutex;
}

absl::Status NotLaidOut() {
  return MakeError(common::v1::ERROR_REASON_INTERNAL, "流程图无法排版。",
                   "The chart cannot be laid out.");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Figure>> LayOutFlow(const Flow& flow, Fonts& fonts) {
  auto figure = std::make_unique<FlowFigure>();
  for (const FlowNode& node : flow.nodes) figure->nodes.push_back(Measure(node, fonts));
  if (figure->nodes.empty()) return figure;

  const std::lock_guard<std::mutex> lock(Library());
  static lt_symlist_t plugins[] = {{"gvplugin_dot_layout_LTX_library", nullptr},
                                   {nullptr, nullptr}};
  plugins[0].address = &gvplugin_dot_layout_LTX_library;
  const std::unique_ptr<GVC_t, FreeContext> context(gvContextPlugins(plugins, 0));
  if (!context) return NotLaidOut();
  // Not on the error stream: whatever it complains about, it lays out what it can.
  agseterr(AGMAX);
  std::string name = "chart";
  const std::unique_ptr<Agraph_t, FreeGraph> graph(agopen(name.data(), Agdirected, nullptr));
  if (!graph) return NotLaidOut();
  Set(graph.get(), "rankdir", "TB");
  Set(graph.get(), "splines", "spline");
  Set(graph.get(), "nodesep", "0.45");
  Set(graph.get(), "ranksep", "0.42");
  std::vector<Agnode_t*> nodes;
  for (size_t i = 0; i < figure->nodes.size(); ++i) {
    std::string id = absl::StrCat("n", i);
    Agnode_t* node = agnode(graph.get(), id.data(), 1);
    Set(node, "shape", "box");
    Set(node, "fixedsize", "true");
    Set(node, "label", "");
    Set(node, "width", absl::StrFormat("%.4f", figure->nodes[i].width / kInch));
    Set(node, "height", absl::StrFormat("%.4f", figure->nodes[i].height / kInch));
    nodes.push_back(node);
  }
  const auto count = static_cast<int>(nodes.size());
  std::vector<std::pair<const FlowEdge*, Agedge_t*>> edges;
  for (size_t i = 0; i < flow.edges.size(); ++i) {
    const FlowEdge& edge = flow.edges[i];
    if (edge.from < 0 || edge.from >= count || edge.to < 0 || edge.to >= count) continue;
    std::string id = absl::StrCat("e", i);
    Agedge_t* line = agedge(graph.get(), nodes[static_cast<size_t>(edge.from)],
                            nodes[static_cast<size_t>(edge.to)], id.data(), 1);
    if (!edge.label.empty()) Set(line, "minlen", "1");
    edges.emplace_back(&edge, line);
  }
  if (gvLayout(context.get(), graph.get(), "dot") != 0) return NotLaidOut();
  const boxf box = GD_bb(graph.get());
  double right = box.UR.x;
  const auto place = [&](pointf point) {
    return Point{point.x + kChartBorder, box.UR.y - point.y + kChartBorder};
  };
  for (size_t i = 0; i < nodes.size(); ++i) figure->nodes[i].centre = place(ND_coord(nodes[i]));
  for (const auto& [edge, line] : edges) {
    PlacedEdge placed;
    const splines* spline = ED_spl(line);
    if (spline == nullptr || spline->size == 0) continue;
    const bezier& curve = spline->list[0];
    for (int i = 0; i < curve.size; ++i) placed.curve.push_back(place(curve.list[i]));
    placed.end = curve.eflag != 0 ? place(curve.ep) : placed.curve.back();
    if (curve.sflag != 0 && curve.eflag == 0) {  // drawn from its end to its begin
      std::reverse(placed.curve.begin(), placed.curve.end());
      placed.end = place(curve.sp);
    }
    if (!edge->label.empty()) {
      placed.label = fonts.Layout(edge->label, kEdgeStyle, 90, Align::kCentre);
      // Without a width of its own, so that the white below it is no wider than the words.
      if (LinesOf(placed.label.get()) == 1) {
        placed.label = fonts.Layout(edge->label, kEdgeStyle, 0);
      }
      placed.label_centre = placed.curve[placed.curve.size() / 2];
      right = std::max(right, placed.label_centre.x - kChartBorder +
                                  SizeOf(placed.label.get()).width / 2 + kLabelRoom);
    }
    figure->edges.push_back(std::move(placed));
  }
  figure->area = {right + 2 * kChartBorder, box.UR.y + 2 * kChartBorder};
  gvFreeLayout(context.get(), graph.get());
  return figure;
}

}  // namespace lianfang::document
