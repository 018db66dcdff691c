// Statistics, 附件8 and reports over real gRPC.
#include <algorithm>
#include <future>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/sql/sqlite.h"
#include "services/reporting/issue/verify.h"
#include "services/reporting/reporting_fixture.h"
#include "services/reporting/reporting_kinds.h"

namespace lianfang::reporting {
namespace {

using ReportingTest = ReportingFixture;

TEST_F(ReportingTest, StatisticsHaveARowADepartmentAndTheTotal) {
  PutUnit();
  PutDepartment("teaching", "教导处");
  PutDepartment("general", "总务处");
  PutPost("principal", "校长", "");
  PutPost("clerk", "教务员", "teaching");
  PutPost("buyer", "采购员", "general");
  PutPoint("a", "clerk");
  PutPoint("b", "buyer");
  PutPoint("c", "buyer");
  PutMeasure("m", "b", "buyer");
  PutGrade("buyer", common::v1::RISK_LEVEL_HIGH);
  PutGrade("clerk", common::v1::RISK_LEVEL_LOW, grading::v1::GRADE_STATE_SUPERIOR_REVIEW);

  const auto answer = Statistics();
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->total().post_count(), 3);
  EXPECT_EQ(answer->total().person_count(), 3);
  EXPECT_EQ(answer->total().self_checks_due(), 3);
  EXPECT_EQ(answer->total().risk_point_count(), 3);
  EXPECT_EQ(answer->total().risk_points_by_level(0).count(), 1) << "the clerk's is not confirmed";
  EXPECT_EQ(answer->total().risk_points_by_level(1).count(), 2);
  EXPECT_EQ(answer->total().measure_count(), 1);
  EXPECT_EQ(answer->total().risk_points_without_measure(), 2);
  ASSERT_EQ(answer->departments_size(), 3);
  EXPECT_EQ(answer->departments(0).department(), "");
  EXPECT_EQ(answer->departments(0).display_name(), "校领导");
  EXPECT_EQ(answer->departments(1).department(), "units/u/departments/general");
  EXPECT_EQ(answer->departments(1).display_name(), "总务处");
  EXPECT_EQ(answer->departments(1).level(), common::v1::RISK_LEVEL_HIGH);
  EXPECT_EQ(answer->departments(2).level(), common::v1::RISK_LEVEL_UNSPECIFIED);
  EXPECT_EQ(answer->departments(2).statistics().risk_point_count(), 1);
  ASSERT_EQ(answer->positions_size(), 3);
  for (const auto& position : answer->positions()) {
    EXPECT_EQ(position.sequence(), sizes_.at(position.service())) << position.service();
  }
}

TEST_F(ReportingTest, YearsAndCrossTables) {
  PutUnit();
  PutDepartment("general", "总务处");
  PutPost("buyer", "采购员", "general");
  PutPost("clerk", "文员", "general");
  PutPoint("a", "buyer");
  PutPoint("b", "clerk");
  risk::v1::RiskPoint old = Point("old", "buyer");
  old.set_year(2025);
  Put("risk", KindOf<risk::v1::RiskPoint>("riskPoints"), old);
  PutMeasure("m", "a", "buyer");
  PutGrade("buyer", common::v1::RISK_LEVEL_HIGH);

  const auto statistics = [&](int year) {
    v1::GetStatisticsRequest request;
    request.set_unit("units/u");
    request.set_year(year);
    return Read<ReportingService>(client_, &ReportingService::Stub::GetStatistics, request);
  };
  EXPECT_EQ(statistics(0)->total().risk_point_count(), 3);
  EXPECT_EQ(statistics(0)->year(), 2026);
  EXPECT_EQ(statistics(2026)->total().risk_point_count(), 2);
  EXPECT_EQ(statistics(2026)->total().risk_points_by_level(1).count(), 1);
  EXPECT_EQ(statistics(2025)->total().risk_point_count(), 1);
  EXPECT_EQ(statistics(2025)->total().risk_points_by_level(0).count(), 1)
      << "nothing was confirmed then";
  EXPECT_EQ(statistics(2025)->total().posts_by_level(0).count(), 2);
  EXPECT_EQ(statistics(2025)->total().measure_count(), 0);
  EXPECT_EQ(statistics(1999)->total().risk_point_count(), 0);

  v1::GetCrossTableRequest request;
  request.set_unit("units/u");
  request.set_year(2026);
  request.set_compare_year(2025);
  request.set_row(v1::COUNT_DIMENSION_DEPARTMENT);
  request.set_column(v1::COUNT_DIMENSION_LEVEL);
  const auto table =
      Read<ReportingService>(client_, &ReportingService::Stub::GetCrossTable, request);
  ASSERT_THAT(table, IsOk());
  ASSERT_EQ(table->rows_size(), 2);
  EXPECT_EQ(table->rows(0).display_name(), "校领导");
  EXPECT_EQ(table->rows(1).display_name(), "总务处");
  ASSERT_EQ(table->columns_size(), 4);
  EXPECT_EQ(table->table().total(), 2);
  EXPECT_EQ(table->table().cells(4), 1) << "high";
  EXPECT_EQ(table->table().cells(7), 1) << "without level";
  EXPECT_EQ(table->compared().year(), 2025);
  EXPECT_EQ(table->compared().total(), 1);
  EXPECT_EQ(table->positions_size(), 3);

  request.clear_compare_year();
  request.set_record(v1::COUNTED_RECORD_MEASURE);
  request.set_row(v1::COUNT_DIMENSION_STAGE);
  request.set_column(v1::COUNT_DIMENSION_MONTH);
  const auto measures =
      Read<ReportingService>(client_, &ReportingService::Stub::GetCrossTable, request);
  ASSERT_THAT(measures, IsOk());
  EXPECT_FALSE(measures->has_compared());
  EXPECT_EQ(measures->table().total(), 1);
  EXPECT_EQ(measures->table().column_totals(4), 1) << "made in May";

  request.set_column(v1::COUNT_DIMENSION_STAGE);
  EXPECT_THAT(
      testing::Call<ReportingService>(client_, &ReportingService::Stub::GetCrossTable, request),
      FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
  request.set_column(v1::COUNT_DIMENSION_MONTH);
  request.set_unit("units/none");
  EXPECT_THAT(
      testing::Call<ReportingService>(client_, &ReportingService::Stub::GetCrossTable, request),
      FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
}

// What a migration empties comes again from the ledgers, and nothing else is needed for it.
TEST_F(ReportingTest, WhatIsDerivedComesAgainFromTheLedgers) {
  PutUnit();
  PutDepartment("general", "总务处");
  PutPost("buyer", "采购员", "general");
  PutPoint("a", "buyer");
  PutMeasure("m", "a", "buyer");
  PutGrade("buyer", common::v1::RISK_LEVEL_HIGH);
  const auto before = Statistics();
  ASSERT_THAT(before, IsOk());

  const auto database = sql::OpenSqlite(absl::StrCat(server_.data_dir(), "/reporting.db"));
  ASSERT_THAT(database, IsOk());
  const auto connection = (*database)->Connect();
  ASSERT_THAT(connection, IsOk());
  int emptied = 0;
  for (const EmbeddedFile& file : Schema()) {
    for (const absl::string_view line : absl::StrSplit(file.data, '\n')) {
      if (!absl::StartsWith(line, "DELETE FROM ")) continue;
      ASSERT_THAT((*connection)->Execute(absl::StripSuffix(line, ";"), {}), IsOk()) << line;
      ++emptied;
    }
  }
  EXPECT_GE(emptied, 12);
  server_.Restart();
  v1::GetStatisticsRequest request;
  request.set_unit("units/u");
  const auto after = Read<ReportingService>(server_.As("services/test", {"control_office"}),
                                            &ReportingService::Stub::GetStatistics, request);
  ASSERT_THAT(after, IsOk());
  EXPECT_EQ(after->DebugString(), before->DebugString());
}

TEST_F(ReportingTest, UnknownUnitsAreNotFound) {
  EXPECT_THAT(Statistics("units/none"), FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Report(), FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Summary({}), FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
}

TEST_F(ReportingTest, SummaryShowsConfirmedPostsOnly) {
  PutUnit();
  PutDepartment("general", "总务处");
  PutPost("buyer", "采购员", "general");
  PutPost("clerk", "文员", "general");
  PutPoint("a", "buyer");
  PutPoint("b", "clerk");
  PutMeasure("m", "a", "clerk");
  PutGrade("buyer", common::v1::RISK_LEVEL_HIGH, grading::v1::GRADE_STATE_SUPERIOR_REVIEW);
  auto answer = Summary({});
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->rows_size(), 0);

  PutGrade("buyer", common::v1::RISK_LEVEL_HIGH);
  answer = Summary({});
  ASSERT_THAT(answer, IsOk());
  ASSERT_EQ(answer->rows_size(), 1);
  const v1::RiskSummaryRow& row = answer->rows(0);
  EXPECT_EQ(row.department(), "总务处");
  EXPECT_EQ(row.post(), "采购员");
  ASSERT_EQ(row.holders_size(), 1);
  EXPECT_EQ(row.holders(0), "采购员的任职人");
  EXPECT_EQ(row.description(), "风险点a");
  EXPECT_EQ(row.manifestation(), "表现a");
  EXPECT_EQ(row.category(), common::v1::RISK_CATEGORY_POST_DUTY);
  EXPECT_EQ(row.level(), common::v1::RISK_LEVEL_HIGH);
  EXPECT_EQ(row.risk_point(), "units/u/riskPoints/a");
  EXPECT_EQ(row.school_review_time().seconds(), 100);
  EXPECT_EQ(row.superior_review_time().seconds(), 200);
  ASSERT_EQ(row.measures_size(), 1);
  EXPECT_EQ(row.measures(0).content(), "措施m");
  EXPECT_EQ(row.measures(0).responsible_post(), "文员");

  risk::v1::RiskPoint archived = Point("a", "buyer");
  archived.set_state(risk::v1::RISK_POINT_STATE_ARCHIVED);
  Put("risk", KindOf<risk::v1::RiskPoint>("riskPoints"), archived);
  answer = Summary({});
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->rows_size(), 0);
}

TEST_F(ReportingTest, SummaryOfAYear) {
  PutUnit();
  PutPost("buyer", "采购员", "");
  PutPoint("a", "buyer");
  risk::v1::RiskPoint old = Point("old", "buyer");
  old.set_year(2025);
  Put("risk", KindOf<risk::v1::RiskPoint>("riskPoints"), old);
  PutGrade("buyer", common::v1::RISK_LEVEL_HIGH);
  v1::GetRiskSummaryRequest request;
  EXPECT_EQ(Summary(request)->rows_size(), 2);
  request.set_year(2026);
  const auto answer = Summary(request);
  ASSERT_THAT(answer, IsOk());
  ASSERT_EQ(answer->rows_size(), 1);
  EXPECT_EQ(answer->rows(0).risk_point(), "units/u/riskPoints/a");
  EXPECT_EQ(answer->rows(0).level(), common::v1::RISK_LEVEL_HIGH);
  request.set_year(2025);
  EXPECT_EQ(Summary(request)->rows_size(), 0) << "nothing was confirmed then";
}

TEST_F(ReportingTest, SummaryPagesJoinToTheWhole) {
  PutUnit();
  PutDepartment("a", "甲处");
  PutDepartment("b", "乙处");
  PutPost("head", "校长", "");
  int point = 0;
  for (const std::string post : {"head", "a1", "a2", "b1"}) {
    if (post != "head") PutPost(post, post, post.substr(0, 1));
    PutGrade(post, common::v1::RISK_LEVEL_MEDIUM);
    for (int i = 0; i < 3; ++i) PutPoint(absl::StrCat("p", ++point), post);
  }
  PutPost("a3", "没有风险点", "a");
  PutGrade("a3", common::v1::RISK_LEVEL_LOW);
  const std::vector<std::string> wanted = {"p1", "p2", "p3", "p4",  "p5",  "p6",
                                           "p7", "p8", "p9", "p10", "p11", "p12"};
  const auto read = [&](int size, const std::string& department) {
    std::vector<std::string> rows;
    v1::GetRiskSummaryRequest request;
    request.set_page_size(size);
    request.set_department(department);
    for (int pages = 0; pages < 20; ++pages) {
      const auto page = Summary(request);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      EXPECT_LE(page->rows_size(), size);
      EXPECT_GT(page->rows_size(), 0) << "no page is empty";
      for (const auto& row : page->rows()) rows.push_back(row.risk_point().substr(19));
      request.set_page_token(page->next_page_token());
      if (request.page_token().empty()) break;
    }
    return rows;
  };
  for (const int size : {1, 2, 3, 4, 6, 11, 12, 13}) {
    auto rows = read(size, "");
    // Ids are in the order of text within a post.
    std::sort(rows.end() - 3, rows.end(), [](const auto& x, const auto& y) {
      return x.size() != y.size() ? x.size() < y.size() : x < y;
    });
    EXPECT_EQ(rows, wanted) << "page size " << size;
  }
  for (const int size : {1, 2, 6, 7}) {
    EXPECT_EQ(read(size, "units/u/departments/a"),
              (std::vector<std::string>{"p4", "p5", "p6", "p7", "p8", "p9"}))
        << "page size " << size;
  }
}

TEST_F(ReportingTest, ReportsProveThemselvesAndGrow) {
  PutUnit();
  PutDepartment("general", "总务处");
  PutPost("buyer", "采购员", "general");
  PutPoint("a", "buyer");
  const auto first = Report();
  ASSERT_THAT(first, IsOk());
  const auto verified = VerifyUnitReport(*first, Keys(), {}, "units/u");
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->report.number(), 1);
  EXPECT_EQ(verified->report.display_name(), "实验小学");
  EXPECT_EQ(verified->report.year(), 2026);
  EXPECT_EQ(verified->report.total().risk_point_count(), 1);
  EXPECT_EQ(verified->report.posts_size(), 0);
  ASSERT_EQ(verified->checkpoints.size(), 3u) << "grading has no entry yet";
  EXPECT_EQ(verified->checkpoints.at("personnel").checkpoint.size,
            static_cast<uint64_t>(sizes_.at("personnel")));

  std::map<std::string, ledger::Checkpoint> known;
  for (const auto& [service, seen] : verified->checkpoints) known[service] = seen.checkpoint;
  const auto again = Report(known);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->report().number(), 1) << "nothing is new";
  ASSERT_TRUE(VerifyUnitReport(*again, Keys(), known, "units/u").ok());

  v1::GetUnitReportRequest poll;
  poll.set_unit("units/u");
  poll.set_known_report(verified->report.name());
  for (const auto& [service, checkpoint] : known) {
    auto* one = poll.add_known_checkpoints();
    one->set_service(service);
    one->set_size(static_cast<int64_t>(checkpoint.size));
  }
  const auto unchanged =
      testing::Call<ReportingService>(client_, &ReportingService::Stub::GetUnitReport, poll);
  ASSERT_THAT(unchanged, IsOk());
  EXPECT_TRUE(unchanged->unchanged());
  EXPECT_FALSE(unchanged->has_report() || unchanged->has_entry());
  EXPECT_TRUE(VerifyUnitReport(*unchanged, Keys(), known, "units/u", &verified->report).ok());

  PutPoint("b", "buyer");
  PutPoint("c", "buyer");
  PutGrade("buyer", common::v1::RISK_LEVEL_HIGH);
  PutPost("clerk", "文员", "general");
  const auto later = Report(known);
  ASSERT_THAT(later, IsOk());
  const auto grown = VerifyUnitReport(*later, Keys(), known, "units/u");
  ASSERT_TRUE(grown.ok()) << grown.status();
  EXPECT_EQ(grown->report.number(), 2);
  EXPECT_EQ(grown->report.total().risk_point_count(), 3);
  EXPECT_EQ(grown->checkpoints.size(), 4u);
  ASSERT_EQ(grown->report.posts_size(), 1);
  EXPECT_EQ(grown->report.posts(0).post(), "units/u/posts/buyer");
  EXPECT_EQ(grown->report.posts(0).department(), "units/u/departments/general");
  EXPECT_EQ(grown->report.SerializeAsString().find("任职人"), std::string::npos)
      << "no person's name goes up";

  v1::ListReportsRequest list;
  list.set_parent("units/u");
  const auto reports =
      testing::Call<ReportingService>(client_, &ReportingService::Stub::ListReports, list);
  ASSERT_THAT(reports, IsOk());
  ASSERT_EQ(reports->reports_size(), 2);
  EXPECT_EQ(reports->reports(0).SerializeAsString(), later->report().SerializeAsString());
}

TEST_F(ReportingTest, ManyCallersGetOneReport) {
  PutUnit();
  PutPost("principal", "校长", "");
  std::vector<std::future<absl::StatusOr<v1::GetUnitReportResponse>>> calls;
  for (int i = 0; i < 8; ++i) {
    calls.push_back(std::async(std::launch::async, [this] { return Report(); }));
  }
  for (auto& call : calls) {
    const auto answer = call.get();
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(answer->report().number(), 1);
    EXPECT_TRUE(VerifyUnitReport(*answer, Keys(), {}, "units/u").ok());
  }
}

}  // namespace
}  // namespace lianfang::reporting
