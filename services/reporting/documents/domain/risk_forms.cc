// 附件2, 附件5, 附件6, 附件8: what was found.
#include <algorithm>
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

using document::Document;
using document::Field;
using document::Grid;
using document::Row;
using document::Section;
using document::Signature;
using document::Signatures;
using document::Table;

// Has its reviews row by row.
constexpr v1::DocumentKind kSummary = v1::DOCUMENT_KIND_RISK_SUMMARY;

std::string Order(size_t number) { return absl::StrCat(number); }

// The risk point that a finding became; null before.
const risk::v1::RiskPoint* PointOf(const Facts& facts, const risk::v1::SelfCheck& form,
                                   const risk::v1::Finding& finding) {
  const std::string source = absl::StrCat(form.name(), "/");
  for (const risk::v1::RiskPoint& point : facts.points) {
    if (absl::StartsWith(point.source(), source) && point.category() == finding.category() &&
        point.description() == finding.description()) {
      return &point;
    }
  }
  return nullptr;
}

std::string FindingMeasures(const Facts& facts, const risk::v1::SelfCheck& form,
                            const risk::v1::Finding& finding) {
  const risk::v1::RiskPoint* point = PointOf(facts, form, finding);
  return point == nullptr ? "" : MeasuresText(facts, point->name());
}

bool Counts(const Facts& facts, const risk::v1::SelfCheck& form) {
  if (form.year() != facts.year) return false;
  if (facts.scope.type == ScopeType::kPerson && form.person() != facts.scope.name) return false;
  if (facts.scope.type == ScopeType::kDepartment &&
      DepartmentOf(facts, form.post()) != facts.scope.name) {
    return false;
  }
  return facts.draft || form.state() == risk::v1::SELF_CHECK_STATE_APPROVED;
}

// What reviewers said last.
struct Verdict {
  std::string opinions;  // of the department
  std::string opinion;
  std::string reviewer;
  std::string date;
};

Verdict VerdictOf(const Facts& facts, const std::string& name) {
  Verdict verdict;
  const auto found = facts.reviews.find(name);
  if (found == facts.reviews.end()) return verdict;
  const grading::v1::Review& review = found->second;
  verdict.opinions =
      absl::StrJoin(review.opinions(), "\n", [&](std::string* out, const auto& opinion) {
        absl::StrAppend(out, PersonName(facts, opinion.person()), "：",
                        opinion.stance() == grading::v1::STANCE_AGREE ? "同意" : "不同意",
                        opinion.comment().empty() ? "" : "，", opinion.comment());
      });
  if (review.decisions().empty()) return verdict;
  const grading::v1::ReviewDecision& decision = *review.decisions().rbegin();
  const bool approved = decision.decision() == grading::v1::DECISION_APPROVE;
  verdict.opinion = absl::StrCat(approved ? "通过" : "退回", decision.comment().empty() ? "" : "：",
                                 decision.comment());
  // The superior's deciders are not persons of the unit.
  verdict.reviewer =
      IdIn("persons", decision.decider()).empty() ? "上级" : PersonName(facts, decision.decider());
  verdict.date = LongDate(decision.time());
  return verdict;
}

Section SelfCheckSection(const Facts& facts, const risk::v1::SelfCheck& form) {
  Section section;
  section.title = "个人廉政风险自查表";
  section.subtitle = Subtitle(facts, "");
  Grid top;
  top.rows.push_back({{"姓名", PersonName(facts, form.person())},
                      {"处室", DepartmentName(facts, DepartmentOf(facts, form.post())), 1.3},
                      {"岗位", PostName(facts, form.post()), 1.3}});
  top.rows.push_back({{"岗位职责", form.duties()}});
  top.rows.push_back({{"履行职责情况", form.conformity().duties()}});
  top.rows.push_back({{"执行制度情况", form.conformity().rules()}});
  top.rows.push_back({{"遵守廉政准则情况", form.conformity().integrity_code()}});
  section.blocks.emplace_back(std::move(top));
  Table findings;
  findings.columns = ColumnsOf(document::SelfCheckFindingColumns());
  for (const risk::v1::Finding& finding : form.findings()) {
    Row& row = findings.rows.emplace_back();
    row.cells = {Order(findings.rows.size()),
                 CategoryWord(finding.category()),
                 finding.description(),
                 finding.manifestation(),
                 document::WordOf(finding.kind()),
                 FindingMeasures(facts, form, finding)};
  }
  section.blocks.emplace_back(std::move(findings));
  const Verdict verdict = VerdictOf(facts, form.review());
  const std::string level = LevelText(LevelOfOwner(facts, form.post()));
  Grid bottom;
  bottom.rows.push_back({{"风险等级", level.empty() ? "（未评定）" : level},
                         {"交表日期", LongDate(form.submit_time())}});
  const bool leader = DepartmentOf(facts, form.post()).empty();
  // 「科室全体人员联查和综合评议」: leaders have no department that does.
  if (!leader || !verdict.opinions.empty()) {
    bottom.rows.push_back({{"科室评议意见", verdict.opinions}});
  }
  bottom.rows.push_back({{"审核意见", verdict.opinion}});
  bottom.rows.push_back({{"审核人", verdict.reviewer}, {"审核日期", verdict.date}});
  section.blocks.emplace_back(std::move(bottom));
  Signatures signatures{{Signature{"本人（签名）", PersonName(facts, form.person()), "", false}}};
  if (!leader) signatures.places.push_back({"科室负责人（签名）", "", "", false});
  signatures.places.push_back({"审核人（签名）", "", "", false});
  section.blocks.emplace_back(std::move(signatures));
  return section;
}

// Risk points of departments and the unit, in order, that are or are not about a power.
std::vector<const risk::v1::RiskPoint*> OwnPoints(const Facts& facts, bool with_power) {
  std::vector<const risk::v1::RiskPoint*> points;
  for (const risk::v1::RiskPoint& point : facts.points) {
    if (point.layer() == common::v1::RISK_LAYER_POST || !Counts(facts, point)) continue;
    if (point.power().empty() == with_power) continue;
    if (!InScope(facts, DepartmentOf(facts, point.owner()))) continue;
    points.push_back(&point);
  }
  std::stable_sort(points.begin(), points.end(), [](const auto* a, const auto* b) {
    return std::tuple(a->layer() != common::v1::RISK_LAYER_UNIT, a->owner(), a->category(),
                      a->name()) < std::tuple(b->layer() != common::v1::RISK_LAYER_UNIT, b->owner(),
                                              b->category(), b->name());
  });
  return points;
}

std::string WhoseForm(const Facts& facts) {
  return facts.scope.type == ScopeType::kDepartment ? DepartmentName(facts, facts.scope.name) : "";
}

Signatures FormSignatures(const Facts& facts) {
  if (facts.scope.type == ScopeType::kDepartment) {
    return {{Signature{"科室负责人（签名）", HeadOf(facts, facts.scope.name), "", false},
             Signature{"分管校领导（签名）", LeaderOf(facts, facts.scope.name), "", false},
             Signature{"校防控办", "", "", true}}};
  }
  return {{Signature{"校防控办（签名）", "", "", false},
           Signature{"校主要负责人（签名）", "", "", false},
           Signature{facts.unit.display_name(), "", "", true}}};
}

// What was said at last of the forms in which a department's points were handed in; to be filled
// in by hand where nothing is recorded.
Grid VerdictGrid(const Facts& facts, const std::vector<const risk::v1::RiskPoint*>& points) {
  const grading::v1::Review* newest = nullptr;
  for (const risk::v1::RiskPoint* point : points) {
    const auto found = facts.reviews.find(point->review());
    if (found == facts.reviews.end() || found->second.decisions().empty()) continue;
    const auto time = [](const grading::v1::Review& review) {
      return review.decisions().rbegin()->time().seconds();
    };
    if (newest == nullptr || time(found->second) > time(*newest)) newest = &found->second;
  }
  const Verdict verdict = newest == nullptr ? Verdict() : VerdictOf(facts, newest->name());
  Grid grid;
  grid.rows.push_back({{"审核意见", verdict.opinion}});
  grid.rows.push_back({{"审核人", verdict.reviewer}, {"审核日期", verdict.date}});
  return grid;
}

Document TableDocument(const Facts& facts, Table table,
                       const std::vector<const risk::v1::RiskPoint*>& reviewed = {}) {
  Document document = Blank(facts);
  Section section;
  section.title = facts.kind->title;
  section.subtitle = Subtitle(facts, WhoseForm(facts));
  section.landscape = true;
  table.title = facts.kind->title;
  section.blocks.emplace_back(std::move(table));
  if (facts.scope.type == ScopeType::kDepartment && facts.kind->kind != kSummary) {
    section.blocks.emplace_back(VerdictGrid(facts, reviewed));
  }
  section.blocks.emplace_back(FormSignatures(facts));
  document.sections.push_back(std::move(section));
  return document;
}

// Nodes of the power's chart on which the point is marked, and the posts that act there.
void FindNodes(const Facts& facts, const risk::v1::RiskPoint& point, std::string* nodes,
               std::string* posts) {
  std::vector<std::string> titles;
  std::vector<std::string> names;
  for (const risk::v1::Workflow& workflow : facts.workflows) {
    if (workflow.power() != point.power() || !Counts(facts, workflow.state())) continue;
    for (const risk::v1::RiskMark& mark : workflow.risk_marks()) {
      if (mark.risk_point() != point.name()) continue;
      for (const risk::v1::WorkflowNode& node : workflow.nodes()) {
        if (node.id() != mark.node()) continue;
        titles.push_back(node.title());
        const std::string post = node.post().empty() ? "" : PostName(facts, node.post());
        if (!post.empty() && std::find(names.begin(), names.end(), post) == names.end()) {
          names.push_back(post);
        }
      }
    }
  }
  *nodes = titles.empty() ? point.key_link() : absl::StrJoin(titles, "、");
  *posts = absl::StrJoin(names, "、");
}

// Rows of a draft: the posts' risk points with the levels that are proposed. What is confirmed
// comes from the summary that reporting keeps.
std::vector<v1::RiskSummaryRow> DraftRows(const Facts& facts) {
  std::vector<v1::RiskSummaryRow> rows;
  for (const std::string& department : DepartmentsInOrder(facts)) {
    if (!InScope(facts, department)) continue;
    for (const risk::v1::RiskPoint& point : facts.points) {
      if (point.layer() != common::v1::RISK_LAYER_POST || !Counts(facts, point)) continue;
      if (DepartmentOf(facts, point.owner()) != department) continue;
      v1::RiskSummaryRow& row = rows.emplace_back();
      row.set_department(DepartmentName(facts, department));
      row.set_post(PostName(facts, point.owner()));
      row.add_holders(HolderNames(facts, point.owner()));
      row.set_description(point.description());
      row.set_manifestation(point.manifestation());
      row.set_category(point.category());
      row.set_level(LevelOfOwner(facts, point.owner()));
      for (const risk::v1::Measure& measure : facts.measures) {
        if (measure.risk_point() != point.name() || !Counts(facts, measure)) continue;
        v1::RiskSummaryMeasure* added = row.add_measures();
        added->set_stage(measure.stage());
        added->set_content(measure.content());
        added->set_responsible_post(PostName(facts, measure.responsible_post()));
      }
      for (const grading::v1::Grade& grade : facts.grades) {
        if (grade.post() != point.owner()) continue;
        *row.mutable_school_review_time() = grade.school_review_time();
        *row.mutable_superior_review_time() = grade.confirm_time();
      }
    }
  }
  return rows;
}

}  // namespace

absl::StatusOr<Document> BuildSelfChecks(const Facts& facts) {
  Document document = Blank(facts);
  Table sheet;
  sheet.title = facts.kind->title;
  sheet.columns = ColumnsOf(document::SelfCheckColumns());
  for (const risk::v1::SelfCheck& form : facts.self_checks) {
    if (!Counts(facts, form)) continue;
    document.sections.push_back(SelfCheckSection(facts, form));
    for (const risk::v1::Finding& finding : form.findings()) {
      Row& row = sheet.rows.emplace_back();
      row.cells = {Order(sheet.rows.size()),
                   PersonName(facts, form.person()),
                   DepartmentName(facts, DepartmentOf(facts, form.post())),
                   PostName(facts, form.post()),
                   form.duties(),
                   form.conformity().duties(),
                   form.conformity().rules(),
                   form.conformity().integrity_code(),
                   CategoryWord(finding.category()),
                   finding.description(),
                   finding.manifestation(),
                   document::WordOf(finding.kind()),
                   document::WordOf(finding.method()),
                   LevelText(LevelOfOwner(facts, form.post())),
                   FindingMeasures(facts, form, finding)};
    }
  }
  if (document.sections.empty()) return NothingConfirmed(facts);
  document.sheets.push_back(std::move(sheet));
  return document;
}

absl::StatusOr<Document> BuildDepartmentRisks(const Facts& facts) {
  Table table;
  table.columns = ColumnsOf(document::DepartmentRiskColumns());
  const std::vector<const risk::v1::RiskPoint*> points = OwnPoints(facts, false);
  for (const risk::v1::RiskPoint* point : points) {
    const std::string department = DepartmentOf(facts, point->owner());
    // 「校党总支书记、校长对全校廉政风险防控管理工作负总责」
    const bool of_unit = point->layer() == common::v1::RISK_LAYER_UNIT;
    Row& row = table.rows.emplace_back();
    row.cells = {Order(table.rows.size()),
                 OwnerName(facts, point->owner()),
                 CategoryWord(point->category()),
                 point->key_link(),
                 point->description(),
                 point->manifestation(),
                 LevelText(LevelOfOwner(facts, point->owner())),
                 MeasuresText(facts, point->name()),
                 HeadOf(facts, department),
                 of_unit ? PrincipalsOf(facts) : LeaderOf(facts, department)};
  }
  return TableDocument(facts, std::move(table), points);
}

absl::StatusOr<Document> BuildPowerRisks(const Facts& facts) {
  Table table;
  table.columns = ColumnsOf(document::PowerRiskColumns());
  const std::vector<const risk::v1::RiskPoint*> points = OwnPoints(facts, true);
  for (const risk::v1::RiskPoint* point : points) {
    std::string nodes;
    std::string posts;
    FindNodes(facts, *point, &nodes, &posts);
    const auto power = std::find_if(facts.powers.begin(), facts.powers.end(),
                                    [&](const auto& one) { return one.name() == point->power(); });
    const std::string department = DepartmentOf(facts, point->owner());
    std::string answers = department.empty() ? PrincipalsOf(facts) : HeadOf(facts, department);
    if (power != facts.powers.end() && !power->responsible_post().empty()) {
      answers = absl::StrCat(PostName(facts, power->responsible_post()), "\n",
                             HolderNames(facts, power->responsible_post()));
    }
    Row& row = table.rows.emplace_back();
    row.cells = {Order(table.rows.size()),
                 OwnerName(facts, point->owner()),
                 power == facts.powers.end() ? std::string() : power->power_name(),
                 nodes,
                 posts,
                 point->description(),
                 point->manifestation(),
                 LevelText(LevelOfOwner(facts, point->owner())),
                 MeasuresText(facts, point->name()),
                 answers};
  }
  return TableDocument(facts, std::move(table), points);
}

absl::StatusOr<Document> BuildRiskSummary(const Facts& facts) {
  Table table;
  table.columns = ColumnsOf(document::RiskSummaryColumns());
  for (const v1::RiskSummaryRow& row : facts.draft ? DraftRows(facts) : facts.summary) {
    std::vector<std::string> measures;
    std::vector<std::string> posts;
    for (const v1::RiskSummaryMeasure& measure : row.measures()) {
      measures.push_back(absl::StrCat(StageWord(measure.stage()), "：", measure.content()));
      if (std::find(posts.begin(), posts.end(), measure.responsible_post()) == posts.end()) {
        posts.push_back(measure.responsible_post());
      }
    }
    Row& added = table.rows.emplace_back();
    added.cells = {Order(table.rows.size()),
                   row.department().empty() ? DepartmentName(facts, "") : row.department(),
                   row.post(),
                   absl::StrJoin(row.holders(), "、"),
                   row.description(),
                   row.manifestation(),
                   CategoryWord(row.category()),
                   LevelText(row.level()),
                   absl::StrJoin(measures, "\n"),
                   absl::StrJoin(posts, "、"),
                   DateText(row.school_review_time()),
                   DateText(row.superior_review_time())};
  }
  return TableDocument(facts, std::move(table));
}

}  // namespace lianfang::reporting::documents
