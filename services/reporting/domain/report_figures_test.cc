#include "services/reporting/domain/report_figures.h"

#include <functional>
#include <random>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/reporting/domain/report_sums.h"

namespace lianfang::reporting {
namespace {

using google::protobuf::util::MessageDifferencer;

template <class T>
T From(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

TEST(ReportFiguresTest, MonthsAreThoseOfRiskPoints) {
  const std::vector<state::v1::Cube> cubes = {
      From<state::v1::Cube>("year: 2026 cells { month: 7 count: 2 } cells { month: 7 level: 1 "
                            "count: 1 } cells { month: 9 stage: 2 count: 8 }"),
      From<state::v1::Cube>("year: 2025 cells { month: 12 count: 4 } cells { count: 1 }"),
      From<state::v1::Cube>("year: 2026 department: 'd' cells { month: 5 count: 3 }")};
  v1::UnitReport report;
  *report.mutable_risk_points_by_month() = MonthsOf(cubes);
  EXPECT_TRUE(MessageDifferencer::Equals(
      report, From<v1::UnitReport>("risk_points_by_month { month: 202500 count: 1 } "
                                   "risk_points_by_month { month: 202512 count: 4 } "
                                   "risk_points_by_month { month: 202605 count: 3 } "
                                   "risk_points_by_month { month: 202607 count: 3 }")))
      << report.DebugString();
}

TEST(ReportFiguresTest, DepartmentsOfAKindAreOneRow) {
  const auto row = [](const std::string& name, personnel::v1::DepartmentKind kind, int points) {
    v1::DepartmentStatistics department;
    department.set_department(name);
    department.set_kind(kind);
    department.mutable_statistics()->set_risk_point_count(points);
    return department;
  };
  const auto kinds =
      KindsOf({row("", personnel::v1::DEPARTMENT_KIND_UNSPECIFIED, 1),
               row("units/u/departments/a", personnel::v1::DEPARTMENT_KIND_SECTION, 2),
               row("units/u/departments/b", personnel::v1::DEPARTMENT_KIND_OFFICE, 3),
               row("units/u/departments/c", personnel::v1::DEPARTMENT_KIND_OFFICE, 4)});
  ASSERT_EQ(kinds.size(), 3);
  EXPECT_EQ(kinds[0].kind(), personnel::v1::DEPARTMENT_KIND_UNSPECIFIED);
  EXPECT_EQ(kinds[0].department_count(), 0);
  EXPECT_EQ(kinds[0].statistics().risk_point_count(), 1);
  EXPECT_EQ(kinds[1].kind(), personnel::v1::DEPARTMENT_KIND_OFFICE);
  EXPECT_EQ(kinds[1].department_count(), 2);
  EXPECT_EQ(kinds[1].statistics().risk_point_count(), 7);
  EXPECT_EQ(kinds[2].department_count(), 1);
}

TEST(ReportFiguresTest, TasksOfAKindAreOneRow) {
  std::vector<v1::TaskProgress> tasks(3);
  const v1::TaskKind kinds[] = {v1::TASK_KIND_GRADE, v1::TASK_KIND_SELF_CHECK, v1::TASK_KIND_GRADE};
  for (size_t i = 0; i < 3; ++i) {
    tasks[i].mutable_task()->set_kind(kinds[i]);
    tasks[i].mutable_total()->set_expected(10);
    tasks[i].mutable_total()->set_done(static_cast<int64_t>(i));
    tasks[i].mutable_total()->set_overdue(1);
  }
  const v1::CampaignSummary summary = SummaryOf(2026, tasks);
  EXPECT_TRUE(MessageDifferencer::Equals(
      summary,
      From<v1::CampaignSummary>(
          "year: 2026 unit_count: 1 "
          "tasks { kind: TASK_KIND_SELF_CHECK counts { expected: 10 done: 1 overdue: 1 } } "
          "tasks { kind: TASK_KIND_GRADE counts { expected: 20 done: 2 overdue: 2 } }")))
      << summary.DebugString();
  EXPECT_EQ(SummaryOf(2026, {}).unit_count(), 1);
}

// Whatever is added and taken away in any order: the sum is that of what is left.
TEST(ReportSumsTest, WhatIsTakenAwayLeavesNothingBehind) {
  std::mt19937 random(7);
  const auto below = [&random](int bound) {
    return std::uniform_int_distribution<int>(0, bound - 1)(random);
  };
  const auto any = [&] {
    v1::UnitReport report;
    for (int month = 202601; month < 202613; ++month) {
      if (below(2) == 0) continue;
      report.add_risk_points_by_month()->set_month(month);
      report.mutable_risk_points_by_month()->rbegin()->set_count(1 + below(9));
    }
    for (int kind = 0; kind < 3; ++kind) {
      if (below(2) == 0) continue;
      auto* row = report.add_departments_by_kind();
      row->set_kind(static_cast<personnel::v1::DepartmentKind>(kind));
      row->set_department_count(1 + below(3));
      row->mutable_statistics()->set_post_count(below(5));
      auto* level = row->mutable_statistics()->add_risk_points_by_level();
      level->set_level(static_cast<common::v1::RiskLevel>(below(3) + 1));
      level->set_count(below(4));
    }
    for (int year = 2027; year > 2020; --year) {
      if (below(2) == 0) continue;
      auto* campaign = report.add_campaigns();
      campaign->set_year(year);
      campaign->set_unit_count(1);
      for (int kind = 1; kind < 5; ++kind) {
        if (below(2) == 0) continue;
        auto* task = campaign->add_tasks();
        task->set_kind(static_cast<v1::TaskKind>(kind));
        task->mutable_counts()->set_expected(1 + below(9));
        task->mutable_counts()->set_done(below(3));
      }
    }
    return report;
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<v1::UnitReport> reports(6);
    for (auto& report : reports) report = any();
    v1::UnitReport sums;
    v1::UnitReport kept;
    for (size_t i = 0; i < reports.size(); ++i) {
      AddSums(reports[i], 1, &sums);
      if (i % 2 == 0) AddSums(reports[i], 1, &kept);
    }
    for (size_t i = 1; i < reports.size(); i += 2) AddSums(reports[i], -1, &sums);
    ASSERT_TRUE(MessageDifferencer::Equals(sums, kept)) << sums.DebugString() << kept.DebugString();
    for (size_t i = 0; i < reports.size(); i += 2) AddSums(reports[i], -1, &sums);
    ASSERT_FALSE(HasSums(sums)) << sums.DebugString();
  }
}

TEST(ReportSumsTest, ShowsTheNewestYears) {
  v1::UnitReport sums;
  for (int year = 2030; year > 2020; --year) {
    sums.add_campaigns()->set_year(year);
    sums.mutable_campaigns()->rbegin()->set_unit_count(1);
  }
  sums.add_departments_by_kind();
  v1::UnitReport shown;
  ShowSums(sums, &shown);
  ASSERT_EQ(shown.campaigns_size(), kMaxCampaigns);
  EXPECT_EQ(shown.campaigns(0).year(), 2030);
  EXPECT_EQ(shown.departments_by_kind(0).statistics().risk_points_by_layer_size(), 3);
}

}  // namespace
}  // namespace lianfang::reporting
