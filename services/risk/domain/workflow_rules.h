// Workflow charts (工作流程图). 「针对每一项职权，梳理权力运行流程」
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lianfang/risk/v1/power.pb.h"

namespace lianfang::risk {

// What a chart may be at any time, also half drawn: its references are of the unit, node ids are
// different. INVALID_FIELD.
absl::Status CheckWorkflow(const risk::v1::Workflow& chart, absl::string_view unit_id);

// What a chart must be when it is handed in: at least one node, exactly one without an edge that
// leads to it, all others reached from there; edges and marks on nodes of the chart.
// REQUIRED_FIELD `nodes`, INVALID_FIELD; the error names the chart.
absl::Status CheckDrawn(const risk::v1::Workflow& chart);

// A risk point of the power, by its own name and those that it was carried forward from: a mark on
// any of them is a mark on the point.
struct PointToMark {
  std::string name;
  std::vector<std::string> earlier;
};

// The points that stand on no node of the chart, by their own names.
std::vector<std::string> Unmarked(const risk::v1::Workflow& chart,
                                  const std::vector<PointToMark>& points);

// CHART_INCOMPLETE with every point that stands on no node.
// 「对于风险点要在流程图上作出特别提示」
absl::Status CheckMarked(const risk::v1::Workflow& chart, const std::vector<PointToMark>& points);

}  // namespace lianfang::risk
