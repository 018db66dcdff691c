#include "services/risk/domain/workflow_rules.h"

#include <functional>
#include <string>

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace lianfang::risk {
namespace {

using common::v1::ERROR_REASON_CHART_INCOMPLETE;
using common::v1::ERROR_REASON_INVALID_FIELD;
using common::v1::ERROR_REASON_REQUIRED_FIELD;
using common::v1::ERROR_REASON_UNSPECIFIED;

void AddNode(v1::Workflow& chart, const std::string& id) { chart.add_nodes()->set_id(id); }

void AddEdge(v1::Workflow& chart, const std::string& from, const std::string& to) {
  chart.add_edges()->set_from(from);
  chart.mutable_edges()->rbegin()->set_to(to);
}

void AddMark(v1::Workflow& chart, const std::string& node, const std::string& point) {
  chart.add_risk_marks()->set_node(node);
  chart.mutable_risk_marks()->rbegin()->set_risk_point("units/a/riskPoints/" + point);
}

// apply → check → pay, with a way back from check to apply.
v1::Workflow Chart() {
  v1::Workflow chart;
  chart.set_name("units/a/workflows/w");
  chart.set_power("units/a/powers/p");
  for (const char* id : {"apply", "check", "pay"}) AddNode(chart, id);
  AddEdge(chart, "apply", "check");
  AddEdge(chart, "check", "pay");
  AddMark(chart, "check", "r1");
  return chart;
}

TEST(WorkflowRulesTest, HalfDrawnChartsAreKeptWhenTheyAreOfTheUnit) {
  const struct {
    const char* what;
    std::function<void(v1::Workflow&)> change;
    bool ok;
    const char* field;
  } cases[] = {
      {"in order", [](auto&) {}, true, ""},
      {"without nodes", [](auto& w) { w.clear_nodes(); }, true, ""},
      {"edge to nowhere", [](auto& w) { AddEdge(w, "pay", "file"); }, true, ""},
      {"same id twice", [](auto& w) { AddNode(w, "check"); }, false, "workflow.nodes[3].id"},
      {"power of another unit", [](auto& w) { w.set_power("units/b/powers/p"); }, false,
       "workflow.power"},
      {"post of another unit", [](auto& w) { w.mutable_nodes(1)->set_post("units/b/posts/x"); },
       false, "workflow.nodes[1].post"},
      {"point of another unit",
       [](auto& w) { w.mutable_risk_marks(0)->set_risk_point("units/b/riskPoints/r"); }, false,
       "workflow.risk_marks[0].risk_point"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    v1::Workflow chart = Chart();
    c.change(chart);
    const absl::Status status = CheckWorkflow(chart, "a");
    EXPECT_EQ(ReasonOf(status), c.ok ? ERROR_REASON_UNSPECIFIED : ERROR_REASON_INVALID_FIELD);
    EXPECT_NE(ToRpcStatus(status).DebugString().find(c.field), std::string::npos);
  }
}

TEST(WorkflowRulesTest, AChartThatIsHandedInIsConnectedFromOneStart) {
  const struct {
    const char* what;
    std::function<void(v1::Workflow&)> change;
    common::v1::ErrorReason reason;
    const char* field;
  } cases[] = {
      {"in order", [](auto&) {}, ERROR_REASON_UNSPECIFIED, ""},
      {"one node alone",
       [](auto& w) {
         w.clear_edges();
         w.clear_risk_marks();
         w.mutable_nodes()->DeleteSubrange(1, 2);
       },
       ERROR_REASON_UNSPECIFIED, ""},
      {"a node that leads to itself", [](auto& w) { AddEdge(w, "apply", "apply"); },
       ERROR_REASON_UNSPECIFIED, ""},
      {"a loop further on",
       [](auto& w) {
         AddNode(w, "correct");
         AddEdge(w, "check", "correct");
         AddEdge(w, "correct", "check");
       },
       ERROR_REASON_UNSPECIFIED, ""},
      {"a branch that meets again",
       [](auto& w) {
         AddNode(w, "ask");
         AddEdge(w, "check", "ask");
         AddEdge(w, "ask", "pay");
       },
       ERROR_REASON_UNSPECIFIED, ""},
      {"no node",
       [](auto& w) {
         w.clear_nodes();
         w.clear_edges();
         w.clear_risk_marks();
       },
       ERROR_REASON_REQUIRED_FIELD, "nodes"},
      {"edge to nowhere", [](auto& w) { AddEdge(w, "pay", "file"); }, ERROR_REASON_INVALID_FIELD,
       "edges[2]"},
      {"edge from nowhere", [](auto& w) { AddEdge(w, "file", "pay"); }, ERROR_REASON_INVALID_FIELD,
       "edges[2]"},
      {"mark on nothing", [](auto& w) { AddMark(w, "file", "r2"); }, ERROR_REASON_INVALID_FIELD,
       "risk_marks[1].node"},
      {"two starts", [](auto& w) { AddNode(w, "file"); }, ERROR_REASON_INVALID_FIELD, "nodes"},
      {"no start", [](auto& w) { AddEdge(w, "pay", "apply"); }, ERROR_REASON_INVALID_FIELD,
       "nodes"},
      {"a part of its own",
       [](auto& w) {
         AddNode(w, "x");
         AddNode(w, "y");
         AddEdge(w, "x", "y");
         AddEdge(w, "y", "x");
       },
       ERROR_REASON_INVALID_FIELD, "nodes[3]"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    v1::Workflow chart = Chart();
    c.change(chart);
    const absl::Status status = CheckDrawn(chart);
    EXPECT_EQ(ReasonOf(status), c.reason);
    EXPECT_NE(ToRpcStatus(status).DebugString().find(c.field), std::string::npos);
  }
}

TEST(WorkflowRulesTest, EveryRiskPointOfThePowerIsMarked) {
  const std::string r1 = "units/a/riskPoints/r1";
  const std::string r2 = "units/a/riskPoints/r2";
  const std::string r3 = "units/a/riskPoints/r3";
  const struct {
    const char* what;
    std::vector<PointToMark> points;
    std::vector<std::string> missing;
  } cases[] = {
      {"a power without risks", {}, {}},
      {"marked", {{r1, {}}}, {}},
      {"carried forward from a marked one", {{r2, {r3, r1}}}, {}},
      {"not marked", {{r1, {}}, {r2, {}}}, {r2}},
      {"several", {{r2, {}}, {r3, {r2}}}, {r2, r3}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const absl::Status status = CheckMarked(Chart(), c.points);
    EXPECT_EQ(ReasonOf(status),
              c.missing.empty() ? ERROR_REASON_UNSPECIFIED : ERROR_REASON_CHART_INCOMPLETE);
    const std::string text = ToRpcStatus(status).DebugString();
    for (const std::string& name : c.missing) {
      EXPECT_NE(text.find("lacks risk point " + name + "."), std::string::npos) << text;
    }
  }
}

}  // namespace
}  // namespace lianfang::risk
