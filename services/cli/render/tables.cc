#include "services/cli/render/tables.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/cli/render/columns.h"
#include "services/cli/render/words.h"

namespace lianfang::cli {
namespace {

using common::v1::RiskLevel;
using reporting::v1::Statistics;

template <class Counts>
int64_t LevelCountOf(const Counts& counts, RiskLevel level) {
  int64_t sum = 0;
  for (const auto& count : counts) {
    if (count.level() == level) sum += count.count();
  }
  return sum;
}

int64_t StageCountOf(const Statistics& statistics, common::v1::MeasureStage stage) {
  int64_t sum = 0;
  for (const auto& count : statistics.measures_by_stage()) {
    if (count.stage() == stage) sum += count.count();
  }
  return sum;
}

std::vector<Column> CountColumns(Lang lang, Layout layout) {
  if (layout == Layout::kCompact) {
    return {Numbers(lang, {"岗位", "posts"}), Numbers(lang, {"自查 应/交/过", "checks due/in/ok"}),
            Numbers(lang, {"风险点", "risks"}),
            Numbers(lang, {"一级/二级/三级/未定", "high/medium/ low/none"}),
            Numbers(lang, {"措施", "measures"})};
  }
  return {Numbers(lang, {"岗位", "posts"}),
          Numbers(lang, {"人数", "staff"}),
          Numbers(lang, {"自查 应交/已交/通过", "self-checks due/in/ok"}),
          Numbers(lang, {"风险点", "risks"}),
          Numbers(lang, {"一级", "high"}),
          Numbers(lang, {"二级", "medium"}),
          Numbers(lang, {"三级", "low"}),
          Numbers(lang, {"未定", "none"}),
          Numbers(lang, {"措施", "measures"}),
          Numbers(lang, {"前期", "early"}),
          Numbers(lang, {"中期", "interim"}),
          Numbers(lang, {"后期", "later"}),
          Numbers(lang, {"无措施", "untreated"})};
}

constexpr RiskLevel kLevels[] = {common::v1::RISK_LEVEL_HIGH, common::v1::RISK_LEVEL_MEDIUM,
                                 common::v1::RISK_LEVEL_LOW, common::v1::RISK_LEVEL_UNSPECIFIED};

void AddCounts(const Statistics& s, Layout layout, std::vector<std::string>* cells) {
  const auto add = [cells](int64_t count) { cells->push_back(absl::StrCat(count)); };
  const std::string self_checks = absl::StrCat(s.self_checks_due(), "/", s.self_checks_submitted(),
                                               "/", s.self_checks_approved());
  if (layout == Layout::kCompact) {
    add(s.post_count());
    cells->push_back(self_checks);
    add(s.risk_point_count());
    std::vector<int64_t> levels;
    for (const RiskLevel level : kLevels) {
      levels.push_back(LevelCountOf(s.risk_points_by_level(), level));
    }
    cells->push_back(absl::StrJoin(levels, "/"));
    add(s.measure_count());
    return;
  }
  add(s.post_count());
  add(s.person_count());
  cells->push_back(self_checks);
  add(s.risk_point_count());
  for (const RiskLevel level : kLevels) {
    add(LevelCountOf(s.risk_points_by_level(), level));
  }
  add(s.measure_count());
  for (const auto stage :
       {common::v1::MEASURE_STAGE_EARLY_PREVENTION, common::v1::MEASURE_STAGE_INTERIM_MONITORING,
        common::v1::MEASURE_STAGE_LATER_DISPOSAL}) {
    add(StageCountOf(s, stage));
  }
  add(s.risk_points_without_measure());
}

std::vector<Column> Join(std::vector<Column> first, std::vector<Column> rest) {
  for (Column& column : rest) first.push_back(std::move(column));
  return first;
}

}  // namespace

Table StatisticsTable(
    const google::protobuf::RepeatedPtrField<reporting::v1::DepartmentStatistics>& departments,
    const Statistics& total, Lang lang, Layout layout) {
  Table table(Join({Words(lang, {"处室", "department"}), Words(lang, {"等级", "level"})},
                   CountColumns(lang, layout)));
  for (const auto& row : departments) {
    std::string name = row.display_name();
    if (name.empty()) {
      name = row.department().empty() ? Text("校领导", "leadership").In(lang) : row.department();
    }
    std::vector<std::string> cells = {std::move(name), LevelWord(row.level(), lang)};
    AddCounts(row.statistics(), layout, &cells);
    table.AddRow(std::move(cells));
  }
  table.AddSeparator();
  std::vector<std::string> cells = {Text("合计", "total").In(lang), ""};
  AddCounts(total, layout, &cells);
  table.AddRow(std::move(cells));
  return table;
}

Table BreakdownTable(const Statistics& total, Lang lang) {
  Table table({Words(lang, {"项目", "what"}), Words(lang, {"分布", "how many"})});
  std::vector<std::string> parts;
  const auto add = [&](const Text& title) {
    table.AddRow({title.In(lang), absl::StrJoin(parts, lang == Lang::kZh ? "、" : ", ")});
    parts.clear();
  };
  for (const auto& count : total.posts_by_level()) {
    parts.push_back(absl::StrCat(LevelWord(count.level(), lang), " ", count.count()));
  }
  add({"岗位按等级", "posts by level"});
  for (const auto& count : total.risk_points_by_level()) {
    parts.push_back(absl::StrCat(LevelWord(count.level(), lang), " ", count.count()));
  }
  add({"风险点按等级", "risk points by level"});
  for (const auto& count : total.risk_points_by_category()) {
    parts.push_back(absl::StrCat(CategoryWord(count.category(), lang), " ", count.count()));
  }
  add({"风险点按类别", "risk points by category"});
  for (const auto& count : total.risk_points_by_layer()) {
    parts.push_back(absl::StrCat(LayerWord(count.layer(), lang), " ", count.count()));
  }
  add({"风险点按层次", "risk points by layer"});
  for (const auto& count : total.measures_by_stage()) {
    parts.push_back(absl::StrCat(StageWord(count.stage(), lang), " ", count.count()));
  }
  add({"措施按阶段", "measures by stage"});
  parts.push_back(absl::StrCat(Text{"新建", "new"}.In(lang), " ", total.rules_made()));
  parts.push_back(absl::StrCat(Text{"修订", "revised"}.In(lang), " ", total.rules_revised()));
  add({"制度", "rules"});
  return table;
}

Table SummaryTable(Lang lang, Layout layout) {
  if (layout == Layout::kCompact) {
    return Table({Words(lang, {"处室 岗位 人员", "department, post, holders"}),
                  Words(lang, {"风险点 表现形式", "risk point, how it shows"}),
                  Words(lang, {"类别 等级 审核", "category, level, reviews"}),
                  Words(lang, {"防控措施", "measures"})});
  }
  return Table({Words(lang, {"处室", "department"}), Words(lang, {"岗位", "post"}),
                Words(lang, {"人员", "holders"}), Words(lang, {"风险点", "risk point"}),
                Words(lang, {"表现形式", "how it shows"}), Words(lang, {"类别", "category"}),
                Words(lang, {"等级", "level"}), Words(lang, {"防控措施", "measures"}),
                Words(lang, {"校审核", "school review"}),
                Words(lang, {"厅审核", "superior review"})});
}

void AddSummaryRow(const reporting::v1::RiskSummaryRow& row, Lang lang, Layout layout,
                   Table* table) {
  const bool zh = lang == Lang::kZh;
  std::vector<std::string> measures;
  for (const auto& measure : row.measures()) {
    measures.push_back(
        absl::StrCat(StageWord(measure.stage(), lang), zh ? "：" : ": ", measure.content()));
  }
  const std::string department =
      row.department().empty() ? Text("校领导", "leadership").In(lang) : row.department();
  const std::string holders = absl::StrJoin(row.holders(), zh ? "、" : ", ");
  const std::string category = CategoryWord(row.category(), lang);
  const std::string level = LevelWord(row.level(), lang);
  const std::string school = DayOf(row.school_review_time());
  const std::string superior = DayOf(row.superior_review_time());
  if (layout == Layout::kCompact) {
    table->AddRow(
        {absl::StrCat(department, "\n", row.post(), "\n", holders),
         absl::StrCat(row.description(), "\n", zh ? "表现：" : "Shows: ", row.manifestation()),
         absl::StrCat(category, "\n", level, "\n", zh ? "校 " : "school ", school, "\n",
                      zh ? "厅 " : "superior ", superior),
         absl::StrJoin(measures, "\n")});
  } else {
    table->AddRow({department, row.post(), holders, row.description(), row.manifestation(),
                   category, level, absl::StrJoin(measures, "\n"), school, superior});
  }
  table->AddSeparator();
}

Table RollupTable(const aggregation::v1::GetRollupResponse& rollup,
                  const std::map<std::string, std::string>& unit_of, Lang lang, Layout layout) {
  using aggregation::v1::MemberState;
  Table table(Join({Words(lang, {"单位", "unit"}), Words(lang, {"状态", "state"})},
                   CountColumns(lang, layout)));
  // Those that could not be reached this time and were verified before have figures.
  std::set<std::string> unreachable;
  for (const std::string& member : rollup.unreachable()) {
    const auto it = unit_of.find(member);
    if (it != unit_of.end()) unreachable.insert(it->second);
  }
  std::set<std::string> shown;
  for (const auto& member : rollup.members()) {
    const MemberState state = unreachable.contains(member.unit())
                                  ? aggregation::v1::MEMBER_STATE_UNREACHABLE
                              : member.verified() ? aggregation::v1::MEMBER_STATE_VERIFIED
                                                  : aggregation::v1::MEMBER_STATE_UNTRUSTED;
    shown.insert(member.unit());
    std::vector<std::string> cells = {
        member.display_name().empty() ? member.unit() : member.display_name(),
        MemberStateWord(state, lang)};
    AddCounts(member.total(), layout, &cells);
    table.AddRow(std::move(cells));
  }
  for (const std::string& member : rollup.unreachable()) {
    const auto it = unit_of.find(member);
    if (it != unit_of.end() && shown.contains(it->second)) continue;
    table.AddRow({member, MemberStateWord(aggregation::v1::MEMBER_STATE_UNREACHABLE, lang)});
  }
  for (const std::string& member : rollup.untrusted()) {
    table.AddRow({member, MemberStateWord(aggregation::v1::MEMBER_STATE_UNTRUSTED, lang)});
  }
  for (const std::string& member : rollup.pending()) {
    table.AddRow({member, MemberStateWord(aggregation::v1::MEMBER_STATE_REGISTERED, lang)});
  }
  table.AddSeparator();
  std::vector<std::string> cells = {Text("合计（仅已核验）", "total (verified only)").In(lang), ""};
  AddCounts(rollup.total(), layout, &cells);
  table.AddRow(std::move(cells));
  return table;
}

}  // namespace lianfang::cli
