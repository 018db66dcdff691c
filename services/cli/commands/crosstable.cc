// lianfang crosstable: risk points or measures counted by two properties.
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/year.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/render/year_tables.h"

namespace lianfang::cli {
namespace {

using reporting::v1::CountDimension;

constexpr Flag kCrosstableFlags[] = {
    kUnitFlag,
    kYearFlag,
    {"row",
     "BY",
     Flag::kValue,
     {"行：department（默认）、level、category、layer、stage、month",
      "rows: department (default), level, category, layer, stage, month"}},
    {"column", "BY", Flag::kValue, {"列：同上；默认 level", "columns: as rows; default level"}},
    {"count",
     "WHAT",
     Flag::kValue,
     {"统计 risks（风险点，默认）或 measures（防控措施）", "counts risks (default) or measures"}},
    {"compare-year",
     "YEAR",
     Flag::kValue,
     {"并列另一年度，写在括号中", "another year beside, in brackets"}},
};

absl::StatusOr<CountDimension> DimensionOf(const Session& session, const char* option,
                                           CountDimension fallback) {
  constexpr std::pair<const char*, CountDimension> kDimensions[] = {
      {"department", reporting::v1::COUNT_DIMENSION_DEPARTMENT},
      {"level", reporting::v1::COUNT_DIMENSION_LEVEL},
      {"category", reporting::v1::COUNT_DIMENSION_CATEGORY},
      {"layer", reporting::v1::COUNT_DIMENSION_LAYER},
      {"stage", reporting::v1::COUNT_DIMENSION_STAGE},
      {"month", reporting::v1::COUNT_DIMENSION_MONTH},
  };
  const std::string given = session.arguments().Get(option);
  if (given.empty()) return fallback;
  for (const auto& [name, dimension] : kDimensions) {
    if (given == name) return dimension;
  }
  return UsageError(
      absl::StrCat("选项 --", option, " 只能是 department、level、category、layer、stage、month。"),
      absl::StrCat("The option --", option,
                   " is department, level, category, layer, stage or month."));
}

absl::Status RunCrossTable(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const CountDimension row,
                      DimensionOf(session, "row", reporting::v1::COUNT_DIMENSION_DEPARTMENT));
  LF_ASSIGN_OR_RETURN(const CountDimension column,
                      DimensionOf(session, "column", reporting::v1::COUNT_DIMENSION_LEVEL));
  const std::string count = session.arguments().Get("count");
  if (!count.empty() && count != "risks" && count != "measures") {
    return UsageError("选项 --count 只能是 risks 或 measures。",
                      "The option --count is risks or measures.");
  }
  LF_ASSIGN_OR_RETURN(const int compare_year, NumberOf(session, "compare-year", 2000, 2999, 0));
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("reporting", kOfficeRole));
  LF_ASSIGN_OR_RETURN(const int year, YearOf(session, *client, unit));
  using Stub = reporting::v1::ReportingService::Stub;
  Stub stub(client->channel());
  reporting::v1::GetCrossTableRequest request;
  request.set_unit(UnitName(unit));
  request.set_year(year);
  request.set_record(count == "measures" ? reporting::v1::COUNTED_RECORD_MEASURE
                                         : reporting::v1::COUNTED_RECORD_RISK_POINT);
  request.set_row(row);
  request.set_column(column);
  request.set_compare_year(compare_year);
  LF_ASSIGN_OR_RETURN(const auto answer,
                      client->Call(stub, &Stub::GetCrossTable, request, session.call_options()));
  if (session.json()) return session.PrintJson(answer);
  session.Say(
      absl::StrCat(year, " 年度", count == "measures" ? "防控措施" : "风险点",
                   compare_year == 0 ? "" : absl::StrCat("，括号内为 ", compare_year, " 年度")),
      absl::StrCat(count == "measures" ? "measures" : "risk points", " of ", year,
                   compare_year == 0 ? "" : absl::StrCat(", in brackets ", compare_year)));
  session.Print(CrossCountTable(answer, row, column, session.lang()));
  return absl::OkStatus();
}

}  // namespace

const Command kCrossTable = {
    "crosstable",
    {"交叉统计：风险点或措施按两项分布，可与另一年度对照",
     "cross table: risk points or measures by two properties, beside another year if wanted"},
    kCrosstableFlags,
    RunCrossTable};

}  // namespace lianfang::cli
