#include "services/risk/domain/workflow_rules.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/risk/domain/categories.h"

namespace lianfang::risk {

using risk::v1::Workflow;

namespace {

absl::Status Undrawn(const Workflow& chart, absl::string_view field, absl::string_view zh,
                     absl::string_view en) {
  return ErrorBuilder(common::v1::ERROR_REASON_INVALID_FIELD,
                      absl::StrCat("流程图 ", chart.name(), " 还不完整：", zh),
                      absl::StrCat("Chart ", chart.name(), " is not complete: ", en))
      .Field(field, zh, en)
      .Meta("resource", chart.name());
}

}  // namespace

absl::Status CheckWorkflow(const Workflow& chart, absl::string_view unit_id) {
  LF_RETURN_IF_ERROR(CheckUnit(chart.power(), unit_id, "workflow.power"));
  std::set<absl::string_view> ids;
  for (int i = 0; i < chart.nodes_size(); ++i) {
    const auto& node = chart.nodes(i);
    if (!ids.insert(node.id()).second) {
      return FieldError(common::v1::ERROR_REASON_INVALID_FIELD,
                        absl::StrCat("workflow.nodes[", i, "].id"), "与前面的环节编号重复。",
                        "is the id of an earlier node.");
    }
    if (!node.post().empty()) {
      LF_RETURN_IF_ERROR(
          CheckUnit(node.post(), unit_id, absl::StrCat("workflow.nodes[", i, "].post")));
    }
  }
  for (int i = 0; i < chart.risk_marks_size(); ++i) {
    LF_RETURN_IF_ERROR(CheckUnit(chart.risk_marks(i).risk_point(), unit_id,
                                 absl::StrCat("workflow.risk_marks[", i, "].risk_point")));
  }
  return absl::OkStatus();
}

absl::Status CheckDrawn(const Workflow& chart) {
  if (chart.nodes().empty()) {
    return ErrorBuilder(common::v1::ERROR_REASON_REQUIRED_FIELD,
                        absl::StrCat("流程图 ", chart.name(), " 还没有环节。"),
                        absl::StrCat("Chart ", chart.name(), " has no node."))
        .Field("nodes", "至少要有一个环节。", "must have at least one node.")
        .Meta("resource", chart.name());
  }
  std::map<absl::string_view, std::vector<absl::string_view>> next;
  std::set<absl::string_view> entered;
  for (const auto& node : chart.nodes()) next[node.id()];
  for (int i = 0; i < chart.edges_size(); ++i) {
    const auto& edge = chart.edges(i);
    if (!next.contains(edge.from()) || !next.contains(edge.to())) {
      return Undrawn(chart, absl::StrCat("edges[", i, "]"), "流向的一端不是图中的环节。",
                     "one of its ends is no node of the chart.");
    }
    next[edge.from()].push_back(edge.to());
    // A step back to itself does not make a node one that something leads to.
    if (edge.from() != edge.to()) entered.insert(edge.to());
  }
  for (int i = 0; i < chart.risk_marks_size(); ++i) {
    if (!next.contains(chart.risk_marks(i).node())) {
      return Undrawn(chart, absl::StrCat("risk_marks[", i, "].node"), "不是图中的环节。",
                     "is no node of the chart.");
    }
  }
  std::vector<absl::string_view> waiting;
  for (const auto& node : chart.nodes()) {
    if (!entered.contains(node.id())) waiting.push_back(node.id());
  }
  if (waiting.size() != 1) {
    return Undrawn(chart, "nodes", "应当只有一个起始环节。",
                   "there must be exactly one node where the work begins.");
  }
  std::set<absl::string_view> reached(waiting.begin(), waiting.end());
  while (!waiting.empty()) {
    const absl::string_view at = waiting.back();
    waiting.pop_back();
    for (const absl::string_view to : next[at]) {
      if (reached.insert(to).second) waiting.push_back(to);
    }
  }
  for (int i = 0; i < chart.nodes_size(); ++i) {
    if (reached.contains(chart.nodes(i).id())) continue;
    return Undrawn(chart, absl::StrCat("nodes[", i, "]"), "从起始环节到达不了该环节。",
                   "is not reached from the node where the work begins.");
  }
  return absl::OkStatus();
}

std::vector<std::string> Unmarked(const Workflow& chart, const std::vector<PointToMark>& points) {
  std::set<absl::string_view> marked;
  for (const auto& mark : chart.risk_marks()) marked.insert(mark.risk_point());
  std::vector<std::string> unmarked;
  for (const PointToMark& point : points) {
    if (marked.contains(point.name) ||
        std::any_of(point.earlier.begin(), point.earlier.end(),
                    [&](const std::string& name) { return marked.contains(name); })) {
      continue;
    }
    unmarked.push_back(point.name);
  }
  return unmarked;
}

absl::Status CheckMarked(const Workflow& chart, const std::vector<PointToMark>& points) {
  const std::vector<std::string> unmarked = Unmarked(chart, points);
  if (unmarked.empty()) return absl::OkStatus();
  ErrorBuilder error(
      common::v1::ERROR_REASON_CHART_INCOMPLETE,
      absl::StrCat("流程图 ", chart.name(), " 没有标出该职权的全部风险点，请在相应环节上标注。"),
      absl::StrCat("Chart ", chart.name(),
                   " does not mark all risk points of its power; mark them on their nodes."));
  error.Meta("resource", chart.name());
  for (const std::string& name : unmarked) {
    error.Field("risk_marks", absl::StrCat("缺少风险点 ", name, "。"),
                absl::StrCat("lacks risk point ", name, "."));
  }
  return error.Build();
}

}  // namespace lianfang::risk
