// 附件7, 工作流程图, 岗位职责汇编: what a department may and must do.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/resource_name.h"
#include "common/document/form_words.h"
#include "services/reporting/documents/domain/build.h"
#include "services/reporting/domain/words.h"

namespace lianfang::reporting::documents {
namespace {

using document::Column;
using document::ColumnType;
using document::Document;
using document::Flow;
using document::FlowNode;
using document::Paragraph;
using document::Row;
using document::Section;
using document::Signature;
using document::Signatures;
using document::Table;

// Risks below a chart; not a form of its own.
constexpr Column kChartRisks[] = {
    {"序号", "number in the marks", 5, ColumnType::kOrder},
    {"环节", "node", 14},
    {"风险点", "what the risk is", 26},
    {"表现形式", "how it shows", 26},
    {"风险等级", "level", 8, ColumnType::kLevel},
    {"防控措施", "measures", 30},
};

std::string CircledNumber(size_t number) {
  static constexpr const char* kCircled[] = {"①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨", "⑩",
                                             "⑪", "⑫", "⑬", "⑭", "⑮", "⑯", "⑰", "⑱", "⑲", "⑳"};
  return number >= 1 && number <= std::size(kCircled) ? kCircled[number - 1]
                                                      : absl::StrCat("(", number, ")");
}

const risk::v1::Power* PowerOf(const Facts& facts, const std::string& name) {
  const auto found = std::find_if(facts.powers.begin(), facts.powers.end(),
                                  [&](const auto& power) { return power.name() == name; });
  return found == facts.powers.end() ? nullptr : &*found;
}

const risk::v1::RiskPoint* PointOf(const Facts& facts, const std::string& name) {
  const auto found = std::find_if(facts.points.begin(), facts.points.end(),
                                  [&](const auto& point) { return point.name() == name; });
  return found == facts.points.end() || !Counts(facts, *found) ? nullptr : &*found;
}

std::string ChartTitle(const risk::v1::Workflow& workflow, const risk::v1::Power* power) {
  std::string name = workflow.title();
  if (name.empty() && power != nullptr) name = power->power_name();
  return absl::EndsWith(name, "流程图") ? name : absl::StrCat(name, "工作流程图");
}

// The charts of a power that are filed, by title.
std::string ChartsOf(const Facts& facts, const risk::v1::Power& power) {
  std::vector<std::string> titles;
  for (const risk::v1::Workflow& workflow : facts.workflows) {
    if (workflow.power() == power.name() && Counts(facts, workflow.state())) {
      titles.push_back(ChartTitle(workflow, &power));
    }
  }
  return absl::StrJoin(titles, "\n");
}

Section ChartSection(const Facts& facts, const risk::v1::Workflow& workflow) {
  Section section;
  section.title = ChartTitle(workflow, PowerOf(facts, workflow.power()));
  section.subtitle = Subtitle(facts, DepartmentName(facts, workflow.department()));
  Flow flow;
  Table risks;
  risks.columns = ColumnsOf(kChartRisks);
  risks.empty_text = "（本流程未标注廉政风险点）";
  std::map<std::string, int> numbers;
  for (const risk::v1::WorkflowNode& node : workflow.nodes()) {
    numbers[node.id()] = static_cast<int>(flow.nodes.size());
    FlowNode& added = flow.nodes.emplace_back();
    added.title = node.title();
    if (!node.post().empty()) {
      added.lines.push_back(absl::StrCat("承办：", PostName(facts, node.post())));
    }
    if (!node.time_limit().empty()) {
      added.lines.push_back(absl::StrCat("时限：", node.time_limit()));
    }
    if (!node.requirement().empty()) {
      added.lines.push_back(absl::StrCat("要求：", node.requirement()));
    }
    for (const risk::v1::RiskMark& mark : workflow.risk_marks()) {
      const risk::v1::RiskPoint* point =
          mark.node() == node.id() ? PointOf(facts, mark.risk_point()) : nullptr;
      if (point == nullptr) continue;
      const common::v1::RiskLevel level = LevelOfOwner(facts, point->owner());
      const document::Level marked =
          level == common::v1::RISK_LEVEL_UNSPECIFIED ? document::Level::kLow : ToLevel(level);
      if (added.level == document::Level::kNone || marked < added.level) added.level = marked;
      Row& row = risks.rows.emplace_back();
      const std::string number = CircledNumber(risks.rows.size());
      added.mark += number;
      row.cells = {number,
                   node.title(),
                   point->description(),
                   point->manifestation(),
                   LevelText(level),
                   MeasuresText(facts, point->name())};
    }
  }
  for (const risk::v1::WorkflowEdge& edge : workflow.edges()) {
    const auto from = numbers.find(edge.from());
    const auto to = numbers.find(edge.to());
    if (from == numbers.end() || to == numbers.end()) continue;
    flow.edges.push_back({from->second, to->second, edge.label()});
  }
  section.blocks.emplace_back(std::move(flow));
  section.blocks.emplace_back(Paragraph{
      absl::StrCat(
          "廉政风险提示：",
          "红色三角“高”为一级风险，橙色菱形“中”为二级风险，蓝色圆形“低”为三级风险或未定级风险；"
          "圈码为下表序号。"),
      Paragraph::Style::kNote});
  section.blocks.emplace_back(std::move(risks));
  if (!workflow.complaint_channel().empty()) {
    section.blocks.emplace_back(Paragraph{
        absl::StrCat("投诉举报途径：", workflow.complaint_channel()), Paragraph::Style::kNote});
  }
  return section;
}

}  // namespace

absl::StatusOr<Document> BuildPowerCatalogue(const Facts& facts) {
  Document document = Blank(facts);
  Section section;
  section.landscape = true;
  const bool unit = facts.scope.type == ScopeType::kUnit;
  section.title = unit ? "单位廉政风险防控职权目录" : facts.kind->title;
  section.subtitle = Subtitle(facts, unit ? "" : DepartmentName(facts, facts.scope.name));
  Table table;
  table.title = section.title;
  table.columns = ColumnsOf(document::PowerColumns());
  for (const std::string& department : DepartmentsInOrder(facts)) {
    if (!InScope(facts, department)) continue;
    for (const risk::v1::Power& power : facts.powers) {
      if (power.department() != department || !Counts(facts, power.state())) continue;
      Row& row = table.rows.emplace_back();
      row.cells = {absl::StrCat(table.rows.size()),
                   std::string(IdIn("powers", power.name())),
                   DepartmentName(facts, department),
                   document::WordOf(power.type()),
                   power.power_name(),
                   power.content(),
                   power.exercising_body(),
                   power.legal_basis(),
                   power.responsibilities(),
                   power.responsible_post().empty() ? std::string()
                                                    : PostName(facts, power.responsible_post()),
                   document::DisclosureText(power.disclosure()),
                   power.fee_basis(),
                   power.phone(),
                   ChartsOf(facts, power),
                   power.remark()};
    }
  }
  section.blocks.emplace_back(std::move(table));
  if (unit) {
    section.blocks.emplace_back(Signatures{{Signature{"校领导小组（签名）", "", "", false},
                                            Signature{facts.unit.display_name(), "", "", true}}});
  } else {
    section.blocks.emplace_back(
        Signatures{{Signature{"科室负责人（签名）", HeadOf(facts, facts.scope.name), "", false},
                    Signature{"分管校领导（签名）", LeaderOf(facts, facts.scope.name), "", false},
                    Signature{"校防控办", "", "", true}}});
  }
  document.sections.push_back(std::move(section));
  return document;
}

absl::StatusOr<Document> BuildWorkflowCharts(const Facts& facts) {
  Document document = Blank(facts);
  if (facts.scope.type == ScopeType::kUnit) document.title = "单位工作流程图汇编";
  for (const std::string& department : DepartmentsInOrder(facts)) {
    for (const risk::v1::Workflow& workflow : facts.workflows) {
      if (workflow.department() != department || !Counts(facts, workflow.state())) continue;
      if (facts.scope.type == ScopeType::kPower) {
        if (workflow.power() != facts.scope.name) continue;
      } else if (!InScope(facts, department)) {
        continue;
      }
      document.sections.push_back(ChartSection(facts, workflow));
    }
  }
  if (document.sections.empty()) return NothingConfirmed(facts);
  return document;
}

absl::StatusOr<Document> BuildPostDuties(const Facts& facts) {
  Document document = Blank(facts);
  Section section;
  section.landscape = true;
  section.title = facts.kind->title;
  section.subtitle = Subtitle(facts, facts.scope.type == ScopeType::kDepartment
                                         ? DepartmentName(facts, facts.scope.name)
                                         : "");
  Table table;
  table.title = facts.kind->title;
  table.columns = ColumnsOf(document::DutyColumns());
  for (const std::string& department : DepartmentsInOrder(facts)) {
    if (!InScope(facts, department)) continue;
    for (const personnel::v1::PostDuty& duty : facts.duties) {
      if (duty.department() != department || duty.year() != facts.year) continue;
      if (!facts.draft && duty.approved_revision() == 0) continue;
      std::vector<std::string> items;
      for (const std::string& item : duty.items()) {
        items.push_back(absl::StrCat(items.size() + 1, "．", item));
      }
      Row& row = table.rows.emplace_back();
      row.cells = {absl::StrCat(table.rows.size()),
                   DepartmentName(facts, department),
                   duty.post_display_name().empty() ? PostName(facts, duty.post())
                                                    : duty.post_display_name(),
                   HolderNames(facts, duty.post()),
                   absl::StrJoin(items, "\n"),
                   duty.requirements(),
                   LeaderOf(facts, department),
                   int64_t{facts.draft ? duty.revision() : duty.approved_revision()},
                   duty.has_effective_date() ? DateText(duty.effective_date())
                                             : DateText(duty.approve_time())};
    }
  }
  section.blocks.emplace_back(std::move(table));
  section.blocks.emplace_back(Signatures{{Signature{"党总支（签名）", "", "", false},
                                          Signature{facts.unit.display_name(), "", "", true}}});
  document.sections.push_back(std::move(section));
  return document;
}

}  // namespace lianfang::reporting::documents
