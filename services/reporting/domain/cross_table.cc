#include "services/reporting/domain/cross_table.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/reporting/domain/words.h"

namespace lianfang::reporting {
namespace {

using Heads = std::vector<v1::CrossTableHead>;

void AddHead(Heads* heads, int value, std::string name) {
  v1::CrossTableHead& head = heads->emplace_back();
  head.set_value(value);
  head.set_display_name(std::move(name));
}

// Where a dimension's heads are: by department, or by number.
std::map<std::pair<std::string, int>, int> Places(const Heads& heads) {
  std::map<std::pair<std::string, int>, int> places;
  for (size_t i = 0; i < heads.size(); ++i) {
    places[{heads[i].department(), heads[i].value()}] = static_cast<int>(i);
  }
  return places;
}

std::pair<std::string, int> PropertyOf(v1::CountDimension dimension, const state::v1::Cube& cube,
                                       const state::v1::Cell& cell) {
  switch (dimension) {
    case v1::COUNT_DIMENSION_LEVEL:
      return {"", cell.level()};
    case v1::COUNT_DIMENSION_CATEGORY:
      return {"", cell.category()};
    case v1::COUNT_DIMENSION_LAYER:
      return {"", cell.layer()};
    case v1::COUNT_DIMENSION_STAGE:
      return {"", cell.stage()};
    case v1::COUNT_DIMENSION_MONTH:
      return {"", cell.month()};
    default:
      return {cube.department(), 0};
  }
}

}  // namespace

absl::Status CheckCrossTable(const v1::GetCrossTableRequest& request) {
  if (request.row() == request.column()) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "column", "行和列不能按同一项统计。",
                      "must not be what the rows are counted by.");
  }
  const bool by_stage =
      request.row() == v1::COUNT_DIMENSION_STAGE || request.column() == v1::COUNT_DIMENSION_STAGE;
  if (by_stage && request.record() != v1::COUNTED_RECORD_MEASURE) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD,
                      request.row() == v1::COUNT_DIMENSION_STAGE ? "row" : "column",
                      "只有防控措施可以按阶段统计，风险点没有阶段。",
                      "only measures have a stage, risk points have none.");
  }
  return absl::OkStatus();
}

Heads HeadsOf(v1::CountDimension dimension,
              const std::vector<std::pair<std::string, std::string>>& departments) {
  Heads heads;
  switch (dimension) {
    case v1::COUNT_DIMENSION_LEVEL:
      for (const int level : {1, 2, 3, 0}) AddHead(&heads, level, LevelWord(level));
      break;
    case v1::COUNT_DIMENSION_CATEGORY:
      for (int i = 1; i < common::v1::RiskCategory_ARRAYSIZE; ++i) {
        AddHead(&heads, i, CategoryWord(i));
      }
      break;
    case v1::COUNT_DIMENSION_LAYER:
      for (int i = 1; i < common::v1::RiskLayer_ARRAYSIZE; ++i) AddHead(&heads, i, LayerWord(i));
      break;
    case v1::COUNT_DIMENSION_STAGE:
      for (int i = 1; i < common::v1::MeasureStage_ARRAYSIZE; ++i) {
        AddHead(&heads, i, StageWord(i));
      }
      break;
    case v1::COUNT_DIMENSION_MONTH:
      for (int i = 1; i <= 12; ++i) AddHead(&heads, i, absl::StrCat(i, "月"));
      break;
    default:
      for (const auto& [name, display_name] : departments) {
        AddHead(&heads, 0, display_name);
        heads.back().set_department(name);
      }
  }
  return heads;
}

v1::CrossTable Tabulate(const v1::GetCrossTableRequest& request, int32_t year,
                        const std::vector<state::v1::Cube>& cubes, const Heads& rows,
                        const Heads& columns) {
  const auto row_places = Places(rows);
  const auto column_places = Places(columns);
  v1::CrossTable table;
  table.set_year(year);
  table.mutable_cells()->Resize(static_cast<int>(rows.size() * columns.size()), 0);
  table.mutable_row_totals()->Resize(static_cast<int>(rows.size()), 0);
  table.mutable_column_totals()->Resize(static_cast<int>(columns.size()), 0);
  const bool measures = request.record() == v1::COUNTED_RECORD_MEASURE;
  for (const state::v1::Cube& cube : cubes) {
    if (cube.year() != year) continue;
    for (const state::v1::Cell& cell : cube.cells()) {
      if ((cell.stage() != 0) != measures) continue;
      const auto row = row_places.find(PropertyOf(request.row(), cube, cell));
      const auto column = column_places.find(PropertyOf(request.column(), cube, cell));
      if (row == row_places.end() || column == column_places.end()) continue;
      const int at = row->second * static_cast<int>(columns.size()) + column->second;
      table.set_cells(at, table.cells(at) + cell.count());
      table.set_row_totals(row->second, table.row_totals(row->second) + cell.count());
      table.set_column_totals(column->second, table.column_totals(column->second) + cell.count());
      table.set_total(table.total() + cell.count());
    }
  }
  return table;
}

}  // namespace lianfang::reporting
