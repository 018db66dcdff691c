// Tables of the year: always what a recount of the records gives.
#include <map>
#include <string>

#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using reporting::v1::CountDimension;

class CrossTableTest : public YearTest {
 protected:
  reporting::v1::GetCrossTableRequest Of(CountDimension row, CountDimension column) {
    reporting::v1::GetCrossTableRequest request;
    request.set_unit(kUnit);
    request.set_year(kYear);
    request.set_record(reporting::v1::COUNTED_RECORD_RISK_POINT);
    request.set_row(row);
    request.set_column(column);
    return request;
  }
  // Cells that are not nought, by the values of row and column.
  static std::map<std::pair<int, int>, int64_t> Cells(
      const reporting::v1::GetCrossTableResponse& response,
      const reporting::v1::CrossTable& table) {
    std::map<std::pair<int, int>, int64_t> cells;
    EXPECT_EQ(table.cells_size(), response.rows_size() * response.columns_size());
    int64_t total = 0;
    for (int r = 0; r < response.rows_size(); ++r) {
      int64_t sum = 0;
      for (int c = 0; c < response.columns_size(); ++c) {
        const int64_t cell = table.cells(r * response.columns_size() + c);
        sum += cell;
        if (cell != 0) {
          cells[{response.rows(r).value(), response.columns(c).value()}] = cell;
        }
      }
      EXPECT_EQ(table.row_totals(r), sum);
      total += sum;
    }
    EXPECT_EQ(table.total(), total);
    return cells;
  }
  // All risk points of a year on the register.
  std::vector<risk::v1::RiskPoint> Registered(int year) {
    risk::v1::ListRiskPointsRequest request;
    request.set_year(year);
    request.set_page_size(500);
    std::vector<risk::v1::RiskPoint> points;
    const auto response = Must(Call(auditor(), &RiskStub::ListRiskPoints, request));
    for (const auto& point : response.risk_points()) {
      if (point.state() == risk::v1::RISK_POINT_STATE_REGISTERED ||
          point.state() == risk::v1::RISK_POINT_STATE_PUBLICISED) {
        points.push_back(point);
      }
    }
    return points;
  }
};

// 「评估各科室廉政风险防范工作成效」
// RPCs: ReportingService.GetCrossTable, RiskService.ListRiskPoints, RiskService.ArchiveRiskPoint
TEST_F(CrossTableTest, EqualARecountOfTheRecords) {
  On(6, 1);
  RegisterPoint("stock", "supply");
  RegisterPoint("cash", "finance");
  RegisterPoint("decisions", "");
  ConfirmGradesOf({"buyer", "counsellor"});
  DraftRiskPoint("only-a-draft", "supply");
  const auto recount = [&] {
    std::map<std::pair<int, int>, int64_t> cells;
    for (const auto& point : Registered(kYear)) ++cells[{point.layer(), point.category()}];
    return cells;
  };
  const auto table = [&] {
    const auto response = Must(
        Call(auditor(), &ReportingStub::GetCrossTable,
             Of(reporting::v1::COUNT_DIMENSION_LAYER, reporting::v1::COUNT_DIMENSION_CATEGORY)));
    return Cells(response, response.table());
  };
  EXPECT_EQ(table(), recount());
  EXPECT_EQ(Registered(kYear).size(), 7u);

  // By level: the post's own, and of a department the highest of its posts.
  std::map<std::string, int> level_of;
  level_of[Post("buyer")] = level_of[Department("supply")] = level_of[kUnit] = RISK_LEVEL_HIGH;
  level_of[Post("counsellor")] = RISK_LEVEL_LOW;
  std::map<std::pair<int, int>, int64_t> by_level;
  for (const auto& point : Registered(kYear)) ++by_level[{point.layer(), level_of[point.owner()]}];
  const auto levels =
      Must(Call(auditor(), &ReportingStub::GetCrossTable,
                Of(reporting::v1::COUNT_DIMENSION_LAYER, reporting::v1::COUNT_DIMENSION_LEVEL)));
  EXPECT_EQ(Cells(levels, levels.table()), by_level);

  // A risk that is no more is no longer counted.
  ASSERT_THAT(Do(head("supply"), &RiskStub::ArchiveRiskPoint, Named("riskPoints", "stock")),
              IsOk());
  EXPECT_EQ(table(), recount());
  EXPECT_EQ(Registered(kYear).size(), 6u);

  EXPECT_THAT(Call(auditor(), &ReportingStub::GetCrossTable,
                   Of(reporting::v1::COUNT_DIMENSION_LAYER, reporting::v1::COUNT_DIMENSION_LAYER)),
              FailsWith(ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Call(auditor(), &ReportingStub::GetCrossTable,
                   Of(reporting::v1::COUNT_DIMENSION_STAGE, reporting::v1::COUNT_DIMENSION_LAYER)),
              FailsWith(ERROR_REASON_INVALID_FIELD))
      << "risks have no stage";
}

// 「总结好、运用好廉政风险防控工作经验，加强考核结果运用」
// RPCs: ReportingService.GetCrossTable, RiskService.CarryForward
TEST_F(CrossTableTest, OneYearStandsBesideTheOther) {
  On(6, 1);
  RegisterPoint("stock", "supply");
  RegisterPoint("keys", "supply");
  OnDay(kYear + 1, 6, 1);
  risk::v1::CarryForwardRequest carry;
  carry.set_from_year(kYear);
  carry.set_to_year(kYear + 1);
  Must(Call(office(), &RiskStub::CarryForward, carry));
  auto request =
      Of(reporting::v1::COUNT_DIMENSION_DEPARTMENT, reporting::v1::COUNT_DIMENSION_CATEGORY);
  request.set_year(kYear + 1);
  request.set_compare_year(kYear);
  const auto drafts = Must(Call(auditor(), &ReportingStub::GetCrossTable, request));
  EXPECT_EQ(drafts.table().total(), 0) << "what was carried forward is not on the register yet";
  EXPECT_EQ(drafts.compared().total(), 2);

  // One of them is no risk any more, the other is handed in again.
  risk::v1::ListRiskPointsRequest list;
  list.set_year(kYear + 1);
  const auto response = Must(Call(auditor(), &RiskStub::ListRiskPoints, list));
  for (const auto& point : response.risk_points()) {
    if (point.carried_from() == Named("riskPoints", "keys")) {
      Must(Do(head("supply"), &RiskStub::ArchiveRiskPoint, point.name()));
    }
  }
  risk::v1::CreateSubmissionRequest form;
  form.mutable_submission()->set_kind(risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS);
  form.mutable_submission()->set_owner(Department("supply"));
  form.mutable_submission()->set_year(kYear + 1);
  ApproveSteps(Must(Call(head("supply"), &RiskStub::CreateSubmission, form)).submission().review());
  const auto compared = Must(Call(auditor(), &ReportingStub::GetCrossTable, request));
  EXPECT_EQ(compared.table().year(), kYear + 1);
  EXPECT_EQ(compared.compared().year(), kYear);
  EXPECT_EQ(compared.table().total(), static_cast<int64_t>(Registered(kYear + 1).size()));
  EXPECT_EQ(compared.compared().total(), static_cast<int64_t>(Registered(kYear).size()));
  for (int r = 0; r < compared.rows_size(); ++r) {
    const bool supply = compared.rows(r).department() == Department("supply");
    EXPECT_EQ(compared.table().row_totals(r), supply ? 1 : 0) << compared.rows(r).display_name();
    EXPECT_EQ(compared.compared().row_totals(r), supply ? 2 : 0);
  }
}

}  // namespace
}  // namespace lianfang::acceptance
