// 附件11, 主要流程及任务分解表, plots: the year in numbers.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/reporting/documents/domain/build.h"
#include "services/reporting/domain/words.h"

namespace lianfang::reporting::documents {
namespace {

using document::Block;
using document::Cell;
using document::Document;
using document::Heading;
using document::Level;
using document::Paragraph;
using document::Plot;
using document::Row;
using document::Section;
using document::Series;
using document::Signature;
using document::Signatures;
using document::Table;

// Columns of 附件11 that stand side by side on paper, below the two that name the department.
constexpr size_t kAcross = 12;
constexpr size_t kNaming = 2;

int64_t OfLevel(const google::protobuf::RepeatedPtrField<v1::LevelCount>& counts, int level) {
  for (const auto& count : counts) {
    if (count.level() == level) return count.count();
  }
  return 0;
}

int64_t OfCategory(const v1::Statistics& statistics, int category) {
  for (const auto& count : statistics.risk_points_by_category()) {
    if (count.category() == category) return count.count();
  }
  return 0;
}

int64_t OfLayer(const v1::Statistics& statistics, int layer) {
  for (const auto& count : statistics.risk_points_by_layer()) {
    if (count.layer() == layer) return count.count();
  }
  return 0;
}

int64_t OfStage(const v1::Statistics& statistics, int stage) {
  for (const auto& count : statistics.measures_by_stage()) {
    if (count.stage() == stage) return count.count();
  }
  return 0;
}

// In the order of StatisticsColumns.
std::vector<Cell> Counters(std::string name, std::string level, const v1::Statistics& s) {
  std::vector<Cell> cells = {std::move(name), std::move(level)};
  for (const int64_t count :
       {s.post_count(), s.person_count(), s.self_checks_due(), s.self_checks_submitted(),
        s.power_count(), s.workflow_count(), s.risk_point_count()}) {
    cells.emplace_back(count);
  }
  for (const int level_number : {1, 2, 3, 0}) {
    cells.emplace_back(OfLevel(s.risk_points_by_level(), level_number));
  }
  for (int category = 1; category < common::v1::RiskCategory_ARRAYSIZE; ++category) {
    cells.emplace_back(OfCategory(s, category));
  }
  for (int layer = 1; layer < common::v1::RiskLayer_ARRAYSIZE; ++layer) {
    cells.emplace_back(OfLayer(s, layer));
  }
  for (const int level_number : {1, 2, 3}) {
    cells.emplace_back(OfLevel(s.posts_by_level(), level_number));
  }
  for (int stage = 1; stage < common::v1::MeasureStage_ARRAYSIZE; ++stage) {
    cells.emplace_back(OfStage(s, stage));
  }
  for (const int64_t count : {s.rules_made(), s.rules_revised(), s.letters_signed(), s.sign_count(),
                              s.publication_count(), s.rectification_count(),
                              s.rectifications_closed(), s.targets_unmet()}) {
    cells.emplace_back(count);
  }
  return cells;
}

const char* RoleWord(v1::TaskRole role) {
  static constexpr const char* kWords[] = {
      "",         "本人",       "科室负责人", "分管校领导", "校主要负责人", "党总支",
      "校防控办", "校领导小组", "校领导班子", "分管厅领导", "厅防控办",     "教职工"};
  static_assert(std::size(kWords) == v1::TaskRole_ARRAYSIZE);
  return static_cast<size_t>(role) < std::size(kWords) ? kWords[role] : "";
}

// What a task brings forth.
const char* MaterialWord(v1::TaskKind kind) {
  static constexpr const char* kWords[] = {"",
                                           "岗位职责",
                                           "岗位职责汇编",
                                           "岗位职责公示",
                                           "《个人廉政风险自查表》（附件2）",
                                           "《处室（单位）廉政风险排查登记表》（附件5）",
                                           "《处室（单位）职权运行风险排查登记表》（附件6）",
                                           "《科室廉政风险防控职权目录表》（附件7）",
                                           "单位职权目录",
                                           "工作流程图",
                                           "单位工作流程图汇编",
                                           "《处室（单位）廉政风险识别一览表》（附件8）",
                                           "风险点公示",
                                           "岗位防控措施",
                                           "科室防控措施",
                                           "学校防控措施",
                                           "防控措施公开表",
                                           "廉政风险警示牌",
                                           "廉政风险分级管理责任书",
                                           "自查报告、《处室廉政风险防控统计表》（附件11）",
                                           "学校自查报告及有关表格",
                                           "检查考核记录、整改通知书"};
  static_assert(std::size(kWords) == v1::TaskKind_ARRAYSIZE);
  return static_cast<size_t>(kind) < std::size(kWords) ? kWords[kind] : "";
}

const char* StateWord(const v1::ProgressCounts& counts) {
  if (counts.expected() > 0 && counts.done() >= counts.expected()) return "已完成";
  if (counts.overdue() > 0) return "有逾期";
  return counts.handed_in() > 0 || counts.done() > 0 ? "进行中" : "未开始";
}

std::string DepartmentOfRow(const Facts& facts, const v1::DepartmentStatistics& row) {
  return row.display_name().empty() ? DepartmentName(facts, row.department()) : row.display_name();
}

}  // namespace

Table StatisticsTable(const Facts& facts) {
  Table table;
  table.title = "处室廉政风险防控统计表";
  table.columns = ColumnsOf(document::StatisticsColumns());
  for (const v1::DepartmentStatistics& row : facts.statistics) {
    table.rows.push_back(
        {Counters(DepartmentOfRow(facts, row), LevelText(row.level()), row.statistics()), false});
  }
  table.rows.push_back({Counters("合计", "", facts.total), true});
  return table;
}

std::vector<Block> StatisticsBlocks(const Facts& facts) {
  std::vector<Block> blocks;
  const Table all = StatisticsTable(facts);
  for (size_t from = kNaming; from < all.columns.size(); from += kAcross) {
    Table part = all;
    part.shown = {0, 1};
    for (size_t i = from; i < std::min(from + kAcross, all.columns.size()); ++i) {
      part.shown.push_back(i);
    }
    blocks.emplace_back(std::move(part));
  }
  return blocks;
}

absl::StatusOr<Document> BuildStatistics(const Facts& facts) {
  Document document = Blank(facts);
  Section section;
  section.landscape = true;
  section.title = facts.kind->title;
  section.subtitle = Subtitle(facts, "");
  section.blocks = StatisticsBlocks(facts);
  // Put together at run time: GCC 12 warns of a copy of the literal that it takes for too short.
  section.blocks.emplace_back(
      Paragraph{absl::StrCat("注：",
                             "由账本重新计数得出。人数按人计，一人在两个处室任职的，在各处室分别计"
                             "数，合计只计一次；公示次数只计学校。"),
                Paragraph::Style::kNote});
  section.blocks.emplace_back(Signatures{{Signature{"填表人（签名）", "", "", false},
                                          Signature{"校主要负责人（签名）", "", "", false},
                                          Signature{facts.unit.display_name(), "", "", true}}});
  document.sections.push_back(std::move(section));
  document.sheets.push_back(StatisticsTable(facts));
  return document;
}

absl::StatusOr<Document> BuildTaskBreakdown(const Facts& facts) {
  Document document = Blank(facts);
  Section section;
  section.landscape = true;
  section.title = facts.kind->title;
  section.subtitle = Subtitle(facts, "");
  Table table;
  table.title = "主要流程及任务分解表";
  table.columns = ColumnsOf(document::TaskColumns());
  for (const v1::TaskProgress& progress : facts.progress) {
    const v1::CampaignTask& task = progress.task();
    std::string phase;
    for (const v1::CampaignPhase& one : facts.campaign.phases()) {
      if (one.id() == task.phase()) phase = one.title();
    }
    Row& row = table.rows.emplace_back();
    row.cells = {absl::StrCat(table.rows.size()),
                 phase,
                 task.title(),
                 RoleWord(task.from_role()),
                 DateText(task.due_date()),
                 MaterialWord(task.kind()),
                 RoleWord(task.to_role()),
                 task.clause(),
                 progress.total().expected(),
                 progress.total().done(),
                 StateWord(progress.total())};
  }
  section.blocks.emplace_back(std::move(table));
  section.blocks.emplace_back(Signatures{{Signature{"校防控办（签名）", "", "", false},
                                          Signature{facts.unit.display_name(), "", "", true}}});
  document.sections.push_back(std::move(section));
  return document;
}

absl::StatusOr<Document> BuildRiskPlots(const Facts& facts) {
  Document document = Blank(facts);
  Section section;
  section.title = absl::StrCat(facts.unit.display_name(), facts.year, "年度廉政风险分布图");
  constexpr struct {
    int number;
    Level level;
    const char* name;
  } kLevels[] = {{1, Level::kHigh, "一级（高）"},
                 {2, Level::kMedium, "二级（中）"},
                 {3, Level::kLow, "三级（低）"},
                 {0, Level::kNone, "未定级"}};

  Plot levels;
  levels.title = "风险点按等级";
  levels.unit = "个";
  for (const auto& level : kLevels) {
    Series series{level.name, level.level, {}};
    for (size_t i = 0; i < levels.labels.size(); ++i) series.values.push_back(0);
    levels.labels.emplace_back(level.name);
    series.values.push_back(OfLevel(facts.total.risk_points_by_level(), level.number));
    levels.series.push_back(std::move(series));
  }
  section.blocks.emplace_back(std::move(levels));

  Plot categories;
  categories.title = "风险点按类别";
  categories.unit = "个";
  Series count{"风险点", Level::kNone, {}};
  for (int category = 1; category < common::v1::RiskCategory_ARRAYSIZE; ++category) {
    categories.labels.push_back(CategoryWord(category));
    count.values.push_back(OfCategory(facts.total, category));
  }
  categories.series.push_back(std::move(count));
  section.blocks.emplace_back(std::move(categories));

  Plot departments;
  departments.title = "风险点按处室和等级";
  departments.unit = "个";
  for (const auto& level : kLevels) departments.series.push_back({level.name, level.level, {}});
  for (const v1::DepartmentStatistics& row : facts.statistics) {
    departments.labels.push_back(DepartmentOfRow(facts, row));
    for (size_t i = 0; i < std::size(kLevels); ++i) {
      departments.series[i].values.push_back(
          OfLevel(row.statistics().risk_points_by_level(), kLevels[i].number));
    }
  }
  section.blocks.emplace_back(std::move(departments));
  document.sections.push_back(std::move(section));
  return document;
}

absl::StatusOr<Document> BuildProgressPlot(const Facts& facts) {
  Document document = Blank(facts);
  Section section;
  section.title = absl::StrCat(facts.unit.display_name(), facts.year, "年度廉政风险防控工作进度图");
  Plot plot;
  plot.title = "各项任务（应交／已交／完成）";
  plot.stacked = false;
  Series expected{"应交", Level::kNone, {}};
  Series handed_in{"已交", Level::kNone, {}};
  Series done{"完成", Level::kNone, {}};
  for (const v1::TaskProgress& progress : facts.progress) {
    plot.labels.push_back(progress.task().title());
    expected.values.push_back(progress.total().expected());
    handed_in.values.push_back(progress.total().handed_in());
    done.values.push_back(progress.total().done());
  }
  plot.series = {std::move(expected), std::move(handed_in), std::move(done)};
  section.blocks.emplace_back(std::move(plot));
  document.sections.push_back(std::move(section));
  return document;
}

}  // namespace lianfang::reporting::documents
