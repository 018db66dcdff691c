#include "services/cli/render/year_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/cli/render/parse_test_util.h"

namespace lianfang::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kProgress[] = R"pb(
  tasks {
    task {
      id: "self-checks"
      title: "填写《个人廉政风险自查表》（附件2）"
      kind: TASK_KIND_SELF_CHECK
      due_date { year: 2026 month: 5 day: 25 }
    }
    total { expected: 46 handed_in: 45 done: 44 late: 3 overdue: 1 }
    departments { counts { expected: 4 handed_in: 4 done: 4 } }
    departments {
      department: "units/a/departments/finance"
      counts { expected: 3 handed_in: 2 done: 2 late: 1 overdue: 1 }
    }
  }
  tasks {
    task {
      id: "duty-volume"
      title: "汇总上报岗位职责"
      kind: TASK_KIND_DUTY_VOLUME
      due_date { year: 2026 month: 5 day: 14 }
    }
    total { expected: 1 handed_in: 1 done: 1 }
    departments { counts { expected: 1 handed_in: 1 done: 1 } }
  }
)pb";

TEST(CampaignTable, Chinese) {
  const auto progress = Parse<reporting::v1::GetCampaignProgressResponse>(kProgress);
  EXPECT_EQ(
      CampaignTable(progress, "", Lang::kZh, Layout::kWide).Render(0, false),
      "+-------------------------------------+-------+------+------+------+------+----------+\n"
      "| 任务                                | 时限  | 应交 | 已交 | 完成 | 迟交 | 逾期未交 |\n"
      "+-------------------------------------+-------+------+------+------+------+----------+\n"
      "| 填写《个人廉政风险自查表》（附件2） | 05-25 |   46 |   45 |   44 |    3 |        1 |\n"
      "| 汇总上报岗位职责                    | 05-14 |    1 |    1 |    1 |    0 |        0 |\n"
      "+-------------------------------------+-------+------+------+------+------+----------+\n"
      "| 合计                                |       |   47 |   46 |   45 |    3 |        1 |\n"
      "+-------------------------------------+-------+------+------+------+------+----------+\n");
}

TEST(CampaignTable, OneDepartmentHasOnlyItsOwnTasks) {
  const auto progress = Parse<reporting::v1::GetCampaignProgressResponse>(kProgress);
  EXPECT_EQ(CampaignTable(progress, "units/a/departments/finance", Lang::kEn, Layout::kCompact)
                .Render(80, false),
            "+-----------------------+-------+-------------+--------------+\n"
            "| task                  | due   | due/in/done | late/overdue |\n"
            "+-----------------------+-------+-------------+--------------+\n"
            "| self-checks (annex 2) | 05-25 |       3/2/2 |          1/1 |\n"
            "+-----------------------+-------+-------------+--------------+\n"
            "| total                 |       |       3/2/2 |          1/1 |\n"
            "+-----------------------+-------+-------------+--------------+\n");
}

constexpr char kWarnings[] = R"pb(
  warnings {
    kind: WARNING_KIND_CONFLICTING_POWERS
    colour: WARNING_COLOUR_RED
    state: WARNING_STATE_ADJUDICATED
    title: "总务处主任：不相容职权集于一人"
    value: 4
    adjudication { verdict: WARNING_VERDICT_RISK }
  }
  warnings {
    kind: WARNING_KIND_LONG_HOLDER
    colour: WARNING_COLOUR_YELLOW
    state: WARNING_STATE_OPEN
    title: "学籍管理员：任职过久"
    value: 6
    escalation { step: 4 role: ESCALATION_ROLE_PRINCIPAL }
  }
)pb";

TEST(WarningsTable, SaysWhoseTurnItIsOrWhatWasDecided) {
  const auto message = Parse<reporting::v1::ListWarningsResponse>(kWarnings);
  EXPECT_EQ(
      WarningsTable(message.warnings(), Lang::kZh, Layout::kWide).Render(0, false),
      "+------+------------+--------------------------------+------+--------+--------------+\n"
      "| 颜色 | 类别       | 预警                           | 数值 | 状态   | 处理         |\n"
      "+------+------------+--------------------------------+------+--------+--------------+\n"
      "| 红   | 不相容职权 | 总务处主任：不相容职权集于一人 |    4 | 已界定 | 属实         |\n"
      "| 黄   | 任职过久   | 学籍管理员：任职过久           |    6 | 待界定 | 校主要负责人 |\n"
      "+------+------------+--------------------------------+------+--------+--------------+\n");
}

TEST(WarningsTable, CompactInEnglishSaysTheKind) {
  const auto message = Parse<reporting::v1::ListWarningsResponse>(kWarnings);
  const std::string text =
      WarningsTable(message.warnings(), Lang::kEn, Layout::kCompact).Render(80, false);
  EXPECT_THAT(text, HasSubstr("| red    | conflicting powers "));
  EXPECT_THAT(text, HasSubstr("| yellow | long in a high post "));
  EXPECT_THAT(text, HasSubstr("| adjudicated |"));
  EXPECT_THAT(text, HasSubstr("| a risk      |"));
  EXPECT_THAT(text, Not(HasSubstr("已界定")));
}

constexpr char kCross[] = R"pb(
  rows { display_name: "校领导" }
  rows { department: "units/a/departments/finance" display_name: "财务室" }
  columns { value: 1 display_name: "一级" }
  columns { value: 3 display_name: "三级" }
  table {
    year: 2026
    cells: [ 4, 0, 9, 12 ]
    row_totals: [ 4, 21 ]
    column_totals: [ 13, 12 ]
    total: 25
  }
)pb";

TEST(CrossCountTable, HeadsAndSums) {
  const auto answer = Parse<reporting::v1::GetCrossTableResponse>(kCross);
  EXPECT_EQ(CrossCountTable(answer, reporting::v1::COUNT_DIMENSION_DEPARTMENT,
                            reporting::v1::COUNT_DIMENSION_LEVEL, Lang::kZh)
                .Render(0, false),
            "+--------+------+------+------+\n"
            "|        | 一级 | 三级 | 合计 |\n"
            "+--------+------+------+------+\n"
            "| 校领导 |    4 |    0 |    4 |\n"
            "| 财务室 |    9 |   12 |   21 |\n"
            "+--------+------+------+------+\n"
            "| 合计   |   13 |   12 |   25 |\n"
            "+--------+------+------+------+\n");
}

TEST(CrossCountTable, AnotherYearStandsInBrackets) {
  auto answer = Parse<reporting::v1::GetCrossTableResponse>(kCross);
  *answer.mutable_compared() = Parse<reporting::v1::CrossTable>(R"pb(
    year: 2025
    cells: [ 5, 0, 8, 10 ]
    row_totals: [ 5, 18 ]
    column_totals: [ 13, 10 ]
    total: 23
  )pb");
  EXPECT_EQ(CrossCountTable(answer, reporting::v1::COUNT_DIMENSION_DEPARTMENT,
                            reporting::v1::COUNT_DIMENSION_LEVEL, Lang::kEn)
                .Render(0, false),
            "+------------+---------+---------+---------+\n"
            "|            |  1 high |   3 low |   total |\n"
            "+------------+---------+---------+---------+\n"
            "| leadership |   4 (5) |   0 (0) |   4 (5) |\n"
            "| 财务室     |   9 (8) | 12 (10) | 21 (18) |\n"
            "+------------+---------+---------+---------+\n"
            "| total      | 13 (13) | 12 (10) | 25 (23) |\n"
            "+------------+---------+---------+---------+\n");
}

}  // namespace
}  // namespace lianfang::cli
