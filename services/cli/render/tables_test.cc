#include "services/cli/render/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/cli/render/parse_test_util.h"

namespace lianfang::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kStatistics[] = R"pb(
  total {
    post_count: 5
    person_count: 4
    self_checks_due: 5
    self_checks_submitted: 4
    self_checks_approved: 3
    risk_point_count: 12
    risk_points_by_level { level: RISK_LEVEL_HIGH count: 7 }
    risk_points_by_level { level: RISK_LEVEL_LOW count: 3 }
    risk_points_by_level { level: RISK_LEVEL_UNSPECIFIED count: 2 }
    risk_points_by_category { category: RISK_CATEGORY_MORALITY count: 12 }
    risk_points_by_layer { layer: RISK_LAYER_POST count: 12 }
    posts_by_level { level: RISK_LEVEL_HIGH count: 5 }
    measure_count: 6
    measures_by_stage { stage: MEASURE_STAGE_EARLY_PREVENTION count: 4 }
    measures_by_stage { stage: MEASURE_STAGE_LATER_DISPOSAL count: 2 }
    rules_made: 1
    rules_revised: 2
    risk_points_without_measure: 6
  }
  departments {
    level: RISK_LEVEL_HIGH
    statistics { post_count: 2 }
  }
  departments {
    department: "units/a/departments/finance"
    display_name: "财务室"
    level: RISK_LEVEL_LOW
    statistics { post_count: 3 risk_point_count: 12 }
  }
)pb";

TEST(StatisticsTable, Chinese) {
  const auto message = Parse<reporting::v1::GetStatisticsResponse>(kStatistics);
  EXPECT_EQ(StatisticsTable(message.departments(), message.total(), Lang::kZh, Layout::kWide)
                .Render(0, false),
            "+--------+------+------+------+---------------------+--------+------+------+------+---"
            "---+------+------+------+------+--------+\n"
            "| 处室   | 等级 | 岗位 | 人数 | 自查 应交/已交/通过 | 风险点 | 一级 | 二级 | 三级 | "
            "未定 | 措施 | 前期 | 中期 | 后期 | 无措施 |\n"
            "+--------+------+------+------+---------------------+--------+------+------+------+---"
            "---+------+------+------+------+--------+\n"
            "| 校领导 | 一级 |    2 |    0 |               0/0/0 |      0 |    0 |    0 |    0 |   "
            " 0 |    0 |    0 |    0 |    0 |      0 |\n"
            "| 财务室 | 三级 |    3 |    0 |               0/0/0 |     12 |    0 |    0 |    0 |   "
            " 0 |    0 |    0 |    0 |    0 |      0 |\n"
            "+--------+------+------+------+---------------------+--------+------+------+------+---"
            "---+------+------+------+------+--------+\n"
            "| 合计   |      |    5 |    4 |               5/4/3 |     12 |    7 |    0 |    3 |   "
            " 2 |    6 |    4 |    0 |    2 |      6 |\n"
            "+--------+------+------+------+---------------------+--------+------+------+------+---"
            "---+------+------+------+------+--------+\n");
}

TEST(StatisticsTable, English) {
  const auto message = Parse<reporting::v1::GetStatisticsResponse>(kStatistics);
  const std::string text =
      StatisticsTable(message.departments(), message.total(), Lang::kEn, Layout::kWide)
          .Render(0, false);
  EXPECT_THAT(text, HasSubstr("| leadership | 1 high |     2 |"));
  EXPECT_THAT(text, HasSubstr("| total      |        |     5 |"));
}

TEST(StatisticsTable, CompactFitsATerminalOf80Columns) {
  const auto message = Parse<reporting::v1::GetStatisticsResponse>(kStatistics);
  EXPECT_EQ(StatisticsTable(message.departments(), message.total(), Lang::kZh, Layout::kCompact)
                .Render(80, false),
            "+--------+------+------+---------------+--------+---------------------+------+\n"
            "| 处室   | 等级 | 岗位 | 自查 应/交/过 | 风险点 | 一级/二级/三级/未定 | 措施 |\n"
            "+--------+------+------+---------------+--------+---------------------+------+\n"
            "| 校领导 | 一级 |    2 |         0/0/0 |      0 |             0/0/0/0 |    0 |\n"
            "| 财务室 | 三级 |    3 |         0/0/0 |     12 |             0/0/0/0 |    0 |\n"
            "+--------+------+------+---------------+--------+---------------------+------+\n"
            "| 合计   |      |    5 |         5/4/3 |     12 |             7/0/3/2 |    6 |\n"
            "+--------+------+------+---------------+--------+---------------------+------+\n");
}

TEST(SummaryTable, CompactPutsSeveralThingsInOneCell) {
  const auto row = Parse<reporting::v1::RiskSummaryRow>(R"pb(
    department: "财务室"
    post: "出纳"
    holders: "出纳"
    description: "挪用。"
    manifestation: "不入账。"
    category: RISK_CATEGORY_POST_DUTY
    level: RISK_LEVEL_HIGH
    measures { stage: MEASURE_STAGE_INTERIM_MONITORING content: "盘点" }
  )pb");
  Table table = SummaryTable(Lang::kZh, Layout::kCompact);
  AddSummaryRow(row, Lang::kZh, Layout::kCompact, &table);
  EXPECT_EQ(table.Render(0, false),
            "+----------------+-----------------+----------------+----------------+\n"
            "| 处室 岗位 人员 | 风险点 表现形式 | 类别 等级 审核 | 防控措施       |\n"
            "+----------------+-----------------+----------------+----------------+\n"
            "| 财务室         | 挪用。          | 岗位职责       | 中期监控：盘点 |\n"
            "| 出纳           | 表现：不入账。  | 一级           |                |\n"
            "| 出纳           |                 | 校             |                |\n"
            "|                |                 | 厅             |                |\n"
            "+----------------+-----------------+----------------+----------------+\n");
}

TEST(BreakdownTable, NamesEveryCount) {
  const auto message = Parse<reporting::v1::GetStatisticsResponse>(kStatistics);
  EXPECT_EQ(BreakdownTable(message.total(), Lang::kZh).Render(0, false),
            "+--------------+------------------------+\n"
            "| 项目         | 分布                   |\n"
            "+--------------+------------------------+\n"
            "| 岗位按等级   | 一级 5                 |\n"
            "| 风险点按等级 | 一级 7、三级 3、未定 2 |\n"
            "| 风险点按类别 | 思想道德 12            |\n"
            "| 风险点按层次 | 岗位 12                |\n"
            "| 措施按阶段   | 前期预防 4、后期处置 2 |\n"
            "| 制度         | 新建 1、修订 2         |\n"
            "+--------------+------------------------+\n");
}

TEST(SummaryTable, ARowWithItsMeasures) {
  const auto row = Parse<reporting::v1::RiskSummaryRow>(R"pb(
    post: "校长"
    holders: "校长"
    description: "决策权集中。"
    manifestation: "口头同意。"
    category: RISK_CATEGORY_POST_DUTY
    level: RISK_LEVEL_HIGH
    measures { stage: MEASURE_STAGE_EARLY_PREVENTION content: "集体决策" }
    measures { stage: MEASURE_STAGE_LATER_DISPOSAL content: "追责" }
  )pb");
  Table table = SummaryTable(Lang::kZh, Layout::kWide);
  AddSummaryRow(row, Lang::kZh, Layout::kWide, &table);
  EXPECT_EQ(table.Render(0, false),
            "+--------+------+------+--------------+------------+----------+------+----------------"
            "----+--------+--------+\n"
            "| 处室   | 岗位 | 人员 | 风险点       | 表现形式   | 类别     | 等级 | 防控措施       "
            "    | 校审核 | 厅审核 |\n"
            "+--------+------+------+--------------+------------+----------+------+----------------"
            "----+--------+--------+\n"
            "| 校领导 | 校长 | 校长 | 决策权集中。 | 口头同意。 | 岗位职责 | 一级 | "
            "前期预防：集体决策 |        |        |\n"
            "|        |      |      |              |            |          |      | 后期处置：追责 "
            "    |        |        |\n"
            "+--------+------+------+--------------+------------+----------+------+----------------"
            "----+--------+--------+\n");
}

TEST(RollupTable, StatesOfMembers) {
  const auto rollup = Parse<aggregation::v1::GetRollupResponse>(R"pb(
    total { post_count: 9 }
    members {
      unit: "units/a"
      display_name: "甲校"
      verified: true
      total { post_count: 4 }
    }
    members {
      unit: "units/b"
      display_name: "乙校"
      verified: true
      total { post_count: 5 }
    }
    unreachable: "units/q/members/b1"
    unreachable: "units/q/members/e"
    untrusted: "units/q/members/c"
    pending: "units/q/members/d"
  )pb");
  const std::map<std::string, std::string> unit_of = {{"units/q/members/b1", "units/b"},
                                                      {"units/q/members/e", "units/e"}};
  const std::string zh = RollupTable(rollup, unit_of, Lang::kZh, Layout::kWide).Render(0, false);
  EXPECT_THAT(zh, HasSubstr("| 甲校              | 已核验   |    4 |"));
  EXPECT_THAT(zh, HasSubstr("| 乙校              | 无法连接 |    5 |"));
  EXPECT_THAT(zh, HasSubstr("| units/q/members/e | 无法连接 |      |"));
  EXPECT_THAT(zh, Not(HasSubstr("members/b1")));
  EXPECT_THAT(zh, HasSubstr("| units/q/members/c | 不可信   |      |"));
  EXPECT_THAT(zh, HasSubstr("| units/q/members/d | 未抽取   |      |"));
  EXPECT_THAT(zh, HasSubstr("| 合计（仅已核验）  |          |    9 |"));
  const std::string en = RollupTable(rollup, unit_of, Lang::kEn, Layout::kWide).Render(0, false);
  EXPECT_THAT(en, HasSubstr("verified"));
  EXPECT_THAT(en, Not(HasSubstr("已核验")));
}

}  // namespace
}  // namespace lianfang::cli
