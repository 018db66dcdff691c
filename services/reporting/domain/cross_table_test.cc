#include "services/reporting/domain/cross_table.h"

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::reporting {
namespace {

using ::testing::ElementsAre;

v1::GetCrossTableRequest Request(v1::CountDimension row, v1::CountDimension column,
                                 v1::CountedRecord record = v1::COUNTED_RECORD_UNSPECIFIED) {
  v1::GetCrossTableRequest request;
  request.set_row(row);
  request.set_column(column);
  request.set_record(record);
  return request;
}

void AddCell(state::v1::Cube* cube, int level, int category, int stage, int month, int count) {
  state::v1::Cell* cell = cube->add_cells();
  cell->set_level(level);
  cell->set_category(category);
  cell->set_layer(1);
  cell->set_stage(stage);
  cell->set_month(month);
  cell->set_count(count);
}

TEST(CrossTableTest, RefusesWhatCannotBeCounted) {
  EXPECT_TRUE(CheckCrossTable(Request(v1::COUNT_DIMENSION_LEVEL, v1::COUNT_DIMENSION_MONTH)).ok());
  EXPECT_TRUE(CheckCrossTable(Request(v1::COUNT_DIMENSION_STAGE, v1::COUNT_DIMENSION_MONTH,
                                      v1::COUNTED_RECORD_MEASURE))
                  .ok());
  const v1::GetCrossTableRequest bad[] = {
      Request(v1::COUNT_DIMENSION_LEVEL, v1::COUNT_DIMENSION_LEVEL),
      Request(v1::COUNT_DIMENSION_STAGE, v1::COUNT_DIMENSION_LEVEL),
      Request(v1::COUNT_DIMENSION_LEVEL, v1::COUNT_DIMENSION_STAGE, v1::COUNTED_RECORD_RISK_POINT),
  };
  for (const auto& request : bad) {
    EXPECT_EQ(ReasonOf(CheckCrossTable(request)), common::v1::ERROR_REASON_INVALID_FIELD);
  }
}

TEST(CrossTableTest, CountsByTwoProperties) {
  std::vector<state::v1::Cube> cubes(3);
  cubes[0].set_year(2026);
  AddCell(&cubes[0], 1, 2, 0, 5, 3);
  AddCell(&cubes[0], 1, 2, 2, 5, 7);
  cubes[1].set_year(2026);
  cubes[1].set_department("units/u/departments/d");
  AddCell(&cubes[1], 0, 1, 0, 6, 2);
  AddCell(&cubes[1], 1, 1, 0, 6, 1);
  cubes[2].set_year(2025);
  AddCell(&cubes[2], 1, 2, 0, 5, 99);

  auto request = Request(v1::COUNT_DIMENSION_DEPARTMENT, v1::COUNT_DIMENSION_LEVEL);
  const auto rows = HeadsOf(request.row(), {{"", "校领导"}, {"units/u/departments/d", "总务处"}});
  const auto columns = HeadsOf(request.column(), {});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].display_name(), "总务处");
  ASSERT_EQ(columns.size(), 4u);
  EXPECT_EQ(columns[0].display_name(), "一级（高）");
  EXPECT_EQ(columns[3].display_name(), "未定级");
  v1::CrossTable table = Tabulate(request, 2026, cubes, rows, columns);
  EXPECT_EQ(table.year(), 2026);
  EXPECT_THAT(table.cells(), ElementsAre(3, 0, 0, 0, 1, 0, 0, 2));
  EXPECT_THAT(table.row_totals(), ElementsAre(3, 3));
  EXPECT_THAT(table.column_totals(), ElementsAre(4, 0, 0, 2));
  EXPECT_EQ(table.total(), 6);

  request.set_record(v1::COUNTED_RECORD_MEASURE);
  table = Tabulate(request, 2026, cubes, rows, columns);
  EXPECT_THAT(table.cells(), ElementsAre(7, 0, 0, 0, 0, 0, 0, 0));
}

TEST(CrossTableTest, EveryDimensionHasItsHeads) {
  EXPECT_EQ(HeadsOf(v1::COUNT_DIMENSION_CATEGORY, {}).size(), 7u);
  EXPECT_EQ(HeadsOf(v1::COUNT_DIMENSION_LAYER, {}).size(), 3u);
  EXPECT_EQ(HeadsOf(v1::COUNT_DIMENSION_STAGE, {}).size(), 3u);
  const auto months = HeadsOf(v1::COUNT_DIMENSION_MONTH, {});
  ASSERT_EQ(months.size(), 12u);
  EXPECT_EQ(months[11].display_name(), "12月");
  EXPECT_EQ(months[11].value(), 12);
}

}  // namespace
}  // namespace lianfang::reporting
