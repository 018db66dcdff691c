#include "services/risk/workflows.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/directory/lookup.h"
#include "common/status/error.h"
#include "services/risk/domain/filing_rules.h"
#include "services/risk/domain/risk_point_rules.h"
#include "services/risk/domain/workflow_rules.h"
#include "services/risk/keepers.h"
#include "services/risk/marking.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {
namespace {

// Years that a point is followed back through what it was carried forward from.
constexpr int kMaxYearsBack = 20;

absl::Status CheckPosts(store::WriteTx& tx, const v1::Workflow* old, const v1::Workflow& next) {
  std::set<std::string> known;
  if (old != nullptr) {
    for (const v1::WorkflowNode& node : old->nodes()) known.insert(node.post());
  }
  for (int i = 0; i < next.nodes_size(); ++i) {
    const std::string& post = next.nodes(i).post();
    if (post.empty() || !known.insert(post).second) continue;
    LF_RETURN_IF_ERROR(CheckPostInUse(tx, post, absl::StrCat("workflow.nodes[", i, "].post")));
  }
  return absl::OkStatus();
}

absl::Status MarkPower(const v1::Workflow& chart, absl::string_view what, Marking* marking) {
  return marking->Points(
      "power", chart.power(),
      {.cause = common::v1::MARK_CAUSE_WORKFLOW,
       .source = chart.name(),
       .reason = absl::StrCat("职权的工作流程图", what, "，请核对风险点和防控措施。")});
}

// Names of the points that a point was carried forward from.
absl::StatusOr<std::vector<std::string>> Earlier(store::WriteTx& tx, const v1::RiskPoint& point) {
  std::vector<std::string> names;
  std::string name = point.carried_from();
  while (!name.empty() && names.size() < kMaxYearsBack) {
    names.push_back(name);
    LF_ASSIGN_OR_RETURN(const std::optional<v1::RiskPoint> earlier,
                        tx.Find<v1::RiskPoint>(RiskPointKind(), name));
    name = earlier ? earlier->carried_from() : std::string();
  }
  return names;
}

// The risk points of a power in a year that are not archived; without drafts: those on the
// register.
absl::StatusOr<std::vector<PointToMark>> PointsOfPower(store::WriteTx& tx, const std::string& power,
                                                       int year, bool drafts) {
  store::Query of_power;
  of_power.equal.emplace_back("power", power);
  of_power.equal.emplace_back("year", int64_t{year});
  of_power.not_equal.emplace_back("state", int64_t{v1::RISK_POINT_STATE_ARCHIVED});
  LF_ASSIGN_OR_RETURN(
      const std::vector<v1::RiskPoint> points,
      directory::ListAll<v1::RiskPoint>(tx, RiskPointKind(), tx.unit_id(), std::move(of_power)));
  std::vector<PointToMark> to_mark;
  for (const v1::RiskPoint& point : points) {
    if (!drafts && !IsRegistered(point)) continue;
    LF_ASSIGN_OR_RETURN(std::vector<std::string> earlier, Earlier(tx, point));
    to_mark.push_back({point.name(), std::move(earlier)});
  }
  return to_mark;
}

}  // namespace

absl::Status CreateWorkflow(store::WriteTx& tx, v1::Workflow& chart) {
  LF_RETURN_IF_ERROR(CheckWorkflow(chart, tx.unit_id()));
  LF_ASSIGN_OR_RETURN(const std::optional<v1::Power> power,
                      tx.Find<v1::Power>(PowerKind(), chart.power()));
  if (!power || power->state() == v1::FILING_STATE_ARCHIVED) {
    return NoReference("workflow.power", chart.power());
  }
  LF_RETURN_IF_ERROR(CheckKeepsOf(tx, power->department()));
  LF_RETURN_IF_ERROR(CheckPosts(tx, nullptr, chart));
  store::Query current;
  current.equal.emplace_back("power", chart.power());
  current.not_equal.emplace_back("state", int64_t{v1::FILING_STATE_ARCHIVED});
  current.limit = 1;
  LF_ASSIGN_OR_RETURN(const std::vector<v1::Workflow> charts,
                      tx.List<v1::Workflow>(WorkflowKind(), tx.unit_id(), current));
  if (!charts.empty()) {
    return ErrorBuilder(common::v1::ERROR_REASON_RESOURCE_EXISTS,
                        absl::StrCat("该职权已有工作流程图：", charts.front().name(),
                                     "；请修改它，或先将其归档。"),
                        absl::StrCat("The power has a chart already: ", charts.front().name(),
                                     "; change it, or archive it first."))
        .Meta("resource", charts.front().name());
  }
  chart.set_department(power->department());
  chart.set_state(v1::FILING_STATE_DRAFT);
  return absl::OkStatus();
}

absl::Status UpdateWorkflow(store::WriteTx& tx, const v1::Workflow& old, v1::Workflow& next) {
  LF_RETURN_IF_ERROR(CheckKeepsOf(tx, old.department()));
  LF_RETURN_IF_ERROR(CheckChangeable(old.state(), old.name()));
  LF_RETURN_IF_ERROR(CheckWorkflow(next, tx.unit_id()));
  LF_RETURN_IF_ERROR(CheckPosts(tx, &old, next));
  next.set_state(AfterChange(old.state()));
  Marking marking(&tx);
  if (IsFiled(old.state())) LF_RETURN_IF_ERROR(MarkPower(old, "已调整", &marking));
  // The chart first: the entry is about it.
  LF_RETURN_IF_ERROR(tx.Put(WorkflowKind(), next));
  return marking.Write();
}

absl::Status ArchiveWorkflow(store::WriteTx& tx, v1::Workflow& chart) {
  LF_RETURN_IF_ERROR(CheckKeepsOf(tx, chart.department()));
  LF_RETURN_IF_ERROR(CheckArchivable(chart.state(), chart.name()));
  Marking marking(&tx);
  if (IsFiled(chart.state())) LF_RETURN_IF_ERROR(MarkPower(chart, "已归档", &marking));
  chart.set_state(v1::FILING_STATE_ARCHIVED);
  LF_RETURN_IF_ERROR(tx.Put(WorkflowKind(), chart));
  return marking.Write();
}

absl::Status CheckComplete(store::WriteTx& tx, const v1::Workflow& chart, int year) {
  LF_RETURN_IF_ERROR(CheckDrawn(chart));
  for (int i = 0; i < chart.risk_marks_size(); ++i) {
    const std::string& name = chart.risk_marks(i).risk_point();
    LF_ASSIGN_OR_RETURN(const std::optional<v1::RiskPoint> point,
                        tx.Find<v1::RiskPoint>(RiskPointKind(), name));
    if (point && point->power() == chart.power()) continue;
    return ErrorBuilder(
               common::v1::ERROR_REASON_INVALID_FIELD,
               absl::StrCat("流程图 ", chart.name(), " 标注了不属于该职权的风险点。"),
               absl::StrCat("Chart ", chart.name(), " marks what is no risk point of its power."))
        .Field(absl::StrCat("risk_marks[", i, "].risk_point"), "不是该职权的风险点。",
               "is no risk point of the power.")
        .Meta("resource", chart.name());
  }
  LF_ASSIGN_OR_RETURN(const auto to_mark, PointsOfPower(tx, chart.power(), year, /*drafts=*/true));
  return CheckMarked(chart, to_mark);
}

absl::StatusOr<std::map<std::string, std::vector<std::string>>> UnmarkedOf(
    store::WriteTx& tx, const std::vector<v1::Workflow>& charts, int year) {
  std::map<std::string, std::vector<std::string>> unmarked;
  for (const v1::Workflow& chart : charts) {
    if (!IsFiled(chart.state())) continue;
    LF_ASSIGN_OR_RETURN(const auto to_mark,
                        PointsOfPower(tx, chart.power(), year, /*drafts=*/false));
    auto names = Unmarked(chart, to_mark);
    if (!names.empty()) unmarked[chart.name()] = std::move(names);
  }
  return unmarked;
}

}  // namespace lianfang::risk
