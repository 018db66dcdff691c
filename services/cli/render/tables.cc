#include "services/cli/render/tables.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/cli/render/words.h"

namespace lianfang::cli {
namespace {

using common::v1::RiskLevel;
using reporting::v1::Statistics;

Column Words(Lang lang, const Text& text) { return {text.In(lang), Align::kLeft}; }
Column Numbers(Lang lang, const Text& text) { return {text.In(lang), Align::kRight}; }

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

std::vector<Column> CountColumns(Lang lang) {
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

void AddCounts(const Statistics& s, std::vector<std::string>* cells) {
  const auto add = [cells](int64_t count) { cells->push_back(absl::StrCat(count)); };
  add(s.post_count());
  add(s.person_count());
  cells->push_back(absl::StrCat(s.self_checks_due(), "/", s.self_checks_submitted(), "/",
                                s.self_checks_approved()));
  add(s.risk_point_count());
  for (const RiskLevel level : {common::v1::RISK_LEVEL_HIGH, common::v1::RISK_LEVEL_MEDIUM,
                                common::v1::RISK_LEVEL_LOW, common::v1::RISK_LEVEL_UNSPECIFIED}) {
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
    const Statistics& total, Lang lang) {
  Table table(Join({Words(lang, {"处室", "department"}), Words(lang, {"等级", "level"})},
                   CountColumns(lang)));
  for (const auto& row : departments) {
    std::string name = row.display_name();
    if (name.empty()) {
      name = row.department().empty() ? Text("校领导", "leadership").In(lang) : row.department();
    }
    std::vector<std::string> cells = {std::move(name), LevelWord(row.level(), lang)};
    AddCounts(row.statistics(), &cells);
    table.AddRow(std::move(cells));
  }
  table.AddSeparator();
  std::vector<std::string> cells = {Text("合计", "total").In(lang), ""};
  AddCounts(total, &cells);
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
  return table;
}

Table SummaryTable(Lang lang) {
  return Table({Words(lang, {"处室", "department"}), Words(lang, {"岗位", "post"}),
                Words(lang, {"人员", "holders"}), Words(lang, {"风险点", "risk point"}),
                Words(lang, {"表现形式", "how it shows"}), Words(lang, {"类别", "category"}),
                Words(lang, {"等级", "level"}), Words(lang, {"防控措施", "measures"}),
                Words(lang, {"校审核", "school review"}),
                Words(lang, {"厅审核", "superior review"})});
}

void AddSummaryRow(const reporting::v1::RiskSummaryRow& row, Lang lang, Table* table) {
  std::vector<std::string> measures;
  for (const auto& measure : row.measures()) {
    measures.push_back(absl::StrCat(StageWord(measure.stage(), lang),
                                    lang == Lang::kZh ? "：" : ": ", measure.content()));
  }
  table->AddRow(
      {row.department().empty() ? Text("校领导", "leadership").In(lang) : row.department(),
       row.post(), absl::StrJoin(row.holders(), lang == Lang::kZh ? "、" : ", "), row.description(),
       row.manifestation(), CategoryWord(row.category(), lang), LevelWord(row.level(), lang),
       absl::StrJoin(measures, "\n"), DayOf(row.school_review_time()),
       DayOf(row.superior_review_time())});
  table->AddSeparator();
}

Table RollupTable(const aggregation::v1::GetRollupResponse& rollup,
                  const std::map<std::string, std::string>& unit_of, Lang lang) {
  using aggregation::v1::MemberState;
  Table table(
      Join({Words(lang, {"单位", "unit"}), Words(lang, {"状态", "state"})}, CountColumns(lang)));
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
    AddCounts(member.total(), &cells);
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
  AddCounts(rollup.total(), &cells);
  table.AddRow(std::move(cells));
  return table;
}

}  // namespace lianfang::cli
