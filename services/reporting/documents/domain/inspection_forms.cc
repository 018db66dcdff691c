// 自查报告, 整改通知书, 公示.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "services/reporting/documents/domain/build.h"
#include "services/reporting/domain/words.h"

namespace lianfang::reporting::documents {
namespace {

using document::Column;
using document::ColumnType;
using document::Document;
using document::Field;
using document::Grid;
using document::Heading;
using document::Paragraph;
using document::Row;
using document::Section;
using document::Signature;
using document::Signatures;
using document::Table;

// Tables inside of reports; no forms of their own.
constexpr Column kOutcomes[] = {
    {"序号", "number of the row", 5, ColumnType::kOrder},
    {"防控措施", "measure", 26},
    {"是否落实", "whether it is carried out", 7},
    {"实施前", "before", 24},
    {"实施后", "after", 24},
};
constexpr Column kTargets[] = {
    {"序号", "number of the row", 5, ColumnType::kOrder},
    {"目标", "target", 24},
    {"是否实现", "whether it is met", 7},
    {"未实现的原因", "cause", 22},
    {"完善措施", "improvement", 24},
};
constexpr Column kShown[] = {
    {"序号", "number of the row", 5, ColumnType::kOrder},
    {"处室、岗位", "whose it is", 16},
    {"公示内容", "what is shown", 60},
};

std::string SourceWord(grading::v1::RectificationSource source) {
  static constexpr const char* kWords[] = {"", "自查", "检查考核", "群众监督", "预警"};
  static_assert(std::size(kWords) == grading::v1::RectificationSource_ARRAYSIZE);
  return static_cast<size_t>(source) < std::size(kWords) ? kWords[source] : "";
}

Section InspectionSection(const Facts& facts, const grading::v1::SelfInspectionReport& report) {
  Section section;
  const bool unit = report.subject() == facts.unit.name();
  section.title =
      absl::StrCat(OwnerName(facts, report.subject()), facts.year, "年度廉政风险防控自查报告");
  section.subtitle = report.round() > 1 ? absl::StrCat("（第", report.round(), "轮）") : "";
  const std::string to = unit ? facts.unit.superior() : "校廉政风险防控管理领导小组";
  if (!to.empty()) {
    section.blocks.emplace_back(Paragraph{absl::StrCat(to, "："), Paragraph::Style::kSalutation});
  }
  section.blocks.emplace_back(Heading{"一、措施落实情况"});
  section.blocks.emplace_back(Paragraph{report.implementation(), Paragraph::Style::kBody});
  Table outcomes;
  outcomes.columns = ColumnsOf(kOutcomes);
  for (const grading::v1::MeasureOutcome& outcome : report.measures()) {
    const auto measure =
        std::find_if(facts.measures.begin(), facts.measures.end(),
                     [&](const auto& one) { return one.name() == outcome.measure(); });
    Row& row = outcomes.rows.emplace_back();
    row.cells = {
        absl::StrCat(outcomes.rows.size()),
        measure == facts.measures.end() ? std::string("（已不再使用的措施）") : measure->content(),
        outcome.carried_out() ? "已落实" : "未落实", outcome.before(), outcome.after()};
  }
  section.blocks.emplace_back(std::move(outcomes));
  section.blocks.emplace_back(Heading{"二、实施前后对比"});
  section.blocks.emplace_back(Paragraph{report.comparison(), Paragraph::Style::kBody});
  section.blocks.emplace_back(Heading{"三、目标实现情况"});
  Table targets;
  targets.columns = ColumnsOf(kTargets);
  for (const grading::v1::InspectionTarget& target : report.targets()) {
    Row& row = targets.rows.emplace_back();
    row.cells = {absl::StrCat(targets.rows.size()), target.target(),
                 target.met() ? "已实现" : "未实现", target.cause(), target.improvement()};
  }
  section.blocks.emplace_back(std::move(targets));
  if (unit) {
    section.blocks.emplace_back(Signatures{{Signature{"校主要负责人（签名）", "", "", false},
                                            Signature{facts.unit.display_name(), "", "", true}}});
  } else {
    section.blocks.emplace_back(
        Signatures{{Signature{"科室负责人（签名）", HeadOf(facts, report.subject()), "", false},
                    Signature{"分管校领导（签名）", LeaderOf(facts, report.subject()), "", false},
                    Signature{OwnerName(facts, report.subject()), "", "", true}}});
  }
  return section;
}

// An office's identity is not a person of the unit.
std::string VerifierName(const Facts& facts, const grading::v1::Rectification& record) {
  if (record.verifier().empty()) return "";
  return IdIn("persons", record.verifier()).empty() ? "校防控办"
                                                    : PersonName(facts, record.verifier());
}

template <class T>
const T* Find(const std::vector<T>& records, const std::string& name) {
  const auto found = std::find_if(records.begin(), records.end(),
                                  [&](const T& record) { return record.name() == name; });
  return found == records.end() ? nullptr : &*found;
}

// Whose a published record is, and what of it is shown.
void Describe(const Facts& facts, const std::string& subject, std::string* whose,
              std::string* content) {
  if (const auto* point = Find(facts.points, subject)) {
    *whose = OwnerName(facts, point->owner());
    *content = absl::StrCat(CategoryWord(point->category()), "：", point->description(),
                            "\n表现形式：", point->manifestation());
  } else if (const auto* measure = Find(facts.measures, subject)) {
    *whose = PostName(facts, measure->responsible_post());
    *content = absl::StrCat(StageWord(measure->stage()), "：", measure->content());
  } else if (const auto* power = Find(facts.powers, subject)) {
    *whose = DepartmentName(facts, power->department());
    *content = absl::StrCat(power->power_name(), "：", power->content());
  } else if (const auto* workflow = Find(facts.workflows, subject)) {
    const auto* of = Find(facts.powers, workflow->power());
    *whose = DepartmentName(facts, workflow->department());
    *content = absl::StrCat(!workflow->title().empty() ? workflow->title()
                            : of != nullptr            ? of->power_name()
                                                       : std::string(),
                            "工作流程图");
  } else if (const auto* duty = Find(facts.duties, subject)) {
    *whose = absl::StrCat(DepartmentName(facts, duty->department()), "\n",
                          PostName(facts, duty->post()));
    for (int i = 0; i < duty->items_size(); ++i) {
      absl::StrAppend(content, i > 0 ? "\n" : "", i + 1, "．", duty->items(i));
    }
  } else if (const auto* form = Find(facts.self_checks, subject)) {
    *whose = absl::StrCat(PostName(facts, form->post()), "\n", PersonName(facts, form->person()));
    *content = "个人廉政风险自查表";
  } else if (!IdIn("dutyVolumes", subject).empty()) {
    *whose = facts.unit.display_name();
    *content = absl::StrCat("岗位职责汇编（", IdIn("dutyVolumes", subject), "）");
  } else if (!IdIn("volumes", subject).empty()) {
    *whose = facts.unit.display_name();
    *content = absl::StrCat("汇编（", IdIn("volumes", subject), "）");
  } else {
    *content = subject;
  }
}

}  // namespace

absl::StatusOr<Document> BuildSelfInspections(const Facts& facts) {
  Document document = Blank(facts);
  const grading::v1::SelfInspectionReport* chosen = nullptr;
  for (const grading::v1::SelfInspectionReport& report : facts.inspections) {
    const bool accepted = report.state() == grading::v1::SELF_INSPECTION_STATE_ACCEPTED ||
                          report.state() == grading::v1::SELF_INSPECTION_STATE_IMPROVING;
    if (!facts.draft && !accepted) continue;
    if (facts.scope.type == ScopeType::kInspection) {
      if (report.name() == facts.scope.name) chosen = &report;
    } else if (report.subject() == facts.unit.name() && report.year() == facts.year &&
               (chosen == nullptr || report.round() > chosen->round())) {
      chosen = &report;
    }
  }
  if (chosen == nullptr) return NothingConfirmed(facts);
  document.sections.push_back(InspectionSection(facts, *chosen));
  if (chosen->subject() == facts.unit.name() && !facts.statistics.empty()) {
    Section attached;
    attached.title = "附：处室廉政风险防控统计表";
    attached.landscape = true;
    attached.attached = true;
    attached.blocks = StatisticsBlocks(facts);
    document.sections.push_back(std::move(attached));
  }
  return document;
}

absl::StatusOr<Document> BuildRectificationNotice(const Facts& facts) {
  if (!facts.rectification) return NothingConfirmed(facts);
  const grading::v1::Rectification& record = *facts.rectification;
  Document document = Blank(facts);
  Section section;
  section.title = "廉政风险防控整改通知书";
  section.blocks.emplace_back(
      Paragraph{absl::StrCat(DepartmentName(facts, record.department()), "　",
                             PersonName(facts, record.responsible()), "："),
                Paragraph::Style::kSalutation});
  section.blocks.emplace_back(Paragraph{
      absl::StrCat("经", SourceWord(record.source()), "，发现下列问题，请于",
                   LongDate(record.due_date()), "前完成整改，并将完成情况书面报校防控办复核。"),
      Paragraph::Style::kBody});
  Grid grid;
  grid.rows.push_back({{"存在问题", record.problem()}});
  grid.rows.push_back(
      {{"整改措施", record.measure().empty() ? "（由责任人提出）" : record.measure()}});
  grid.rows.push_back({{"责任人", PersonName(facts, record.responsible())},
                       {"整改期限", LongDate(record.due_date())}});
  grid.rows.push_back(
      {{"问题来源", SourceWord(record.source())}, {"发出日期", LongDate(record.create_time())}});
  section.blocks.emplace_back(std::move(grid));
  section.blocks.emplace_back(Signatures{
      {Signature{"签收人（签名）", "", "", false}, Signature{"校防控办", "", "", true}}});
  section.blocks.emplace_back(Heading{"整改回执"});
  Grid back;
  back.rows.push_back({{"完成情况", record.result().empty() ? "\n\n\n" : record.result()}});
  back.rows.push_back({{"报告日期", LongDate(record.submit_time())},
                       {"复核人", VerifierName(facts, record)},
                       {"复核日期", LongDate(record.verify_time())}});
  back.rows.push_back(
      {{"复核意见", record.review_comment().empty() ? "\n" : record.review_comment()}});
  section.blocks.emplace_back(std::move(back));
  document.sections.push_back(std::move(section));
  return document;
}

absl::StatusOr<Document> BuildPublicNotice(const Facts& facts) {
  if (!facts.publication) return NothingConfirmed(facts);
  const v1::Publication& record = *facts.publication;
  if (!facts.draft && record.state() == v1::PUBLICATION_STATE_WITHDRAWN) {
    return NothingConfirmed(facts);
  }
  Document document = Blank(facts);
  Section section;
  section.title = record.title();
  section.subtitle = "公　　示";
  const std::string place = record.place().empty() ? "" : absl::StrCat("在", record.place());
  section.blocks.emplace_back(Paragraph{
      absl::StrCat(
          "现将下列内容", place, "予以公示。公示期为", record.period_days(), "天，自",
          LongDate(record.start_date()), "起至", LongDate(record.end_date()),
          "止。如有异议，请在公示期内向校防控办反映；反映情况应当实事求是，我们将为反映人保密。"),
      Paragraph::Style::kBody});
  Table shown;
  shown.columns = ColumnsOf(kShown);
  for (const std::string& subject : record.subjects()) {
    std::string whose;
    std::string content;
    Describe(facts, subject, &whose, &content);
    Row& row = shown.rows.emplace_back();
    row.cells = {absl::StrCat(shown.rows.size()), whose, content};
  }
  section.blocks.emplace_back(std::move(shown));
  // Issued by the unit, at the right; nobody signs beside it.
  section.blocks.emplace_back(Signatures{
      {Signature{"", "", "", false},
       Signature{absl::StrCat(facts.unit.display_name(), "（校防控办）"), "", "", true}}});
  document.sections.push_back(std::move(section));
  return document;
}

}  // namespace lianfang::reporting::documents
