#include "services/reporting/statistics_handler.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/directory/directory_kinds.h"
#include "common/status/error.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "services/reporting/domain/counts.h"
#include "services/reporting/domain/cross_table.h"
#include "services/reporting/domain/statistics.h"
#include "services/reporting/reporting_kinds.h"
#include "services/reporting/state/state.pb.h"
#include "services/reporting/unit_check.h"

namespace lianfang::reporting {
namespace {

// Departments of a unit. Read by one statement, so that they are of one state with the total.
constexpr int kMaxDepartments = 10000;

// Kinds of the departments, by resource name.
absl::StatusOr<std::map<std::string, personnel::v1::DepartmentKind>> ReadKinds(
    store::Reader& reader, absl::string_view unit_id) {
  std::map<std::string, personnel::v1::DepartmentKind> kinds;
  LF_ASSIGN_OR_RETURN(const auto departments,
                      reader.List<personnel::v1::Department>(directory::DepartmentKind(), unit_id,
                                                             {.limit = kMaxDepartments}));
  for (const auto& department : departments) kinds[department.name()] = department.kind();
  return kinds;
}

// Cells of a year, a row a department.
absl::Status ReadCubes(store::Reader& reader, absl::string_view unit_id, int32_t year,
                       std::vector<state::v1::Cube>* cubes) {
  store::Query query;
  query.equal = {{"year", int64_t{year}}};
  query.limit = kMaxDepartments;
  LF_ASSIGN_OR_RETURN(auto found, reader.List<state::v1::Cube>(CubeKind(), unit_id, query));
  for (state::v1::Cube& cube : found) cubes->push_back(std::move(cube));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<UnitStatistics> ReadStatistics(store::Reader& reader, absl::string_view unit_id,
                                              int32_t year) {
  LF_RETURN_IF_ERROR(CheckUnit(reader, unit_id));
  state::v1::Scope unit;
  std::optional<state::v1::Scope> leadership;
  std::vector<state::v1::Scope> departments;
  store::Query query;
  query.limit = kMaxDepartments + 2;
  LF_RETURN_IF_ERROR(
      reader.Scan(ScopeKind(), unit_id, query, [&](absl::string_view id, absl::string_view body) {
        state::v1::Scope scope;
        if (!scope.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
          return store::CorruptRecord(ScopeKind(), id);
        }
        if (id == kUnitScope) {
          unit = std::move(scope);
        } else if (id == kLeadershipScope) {
          leadership = std::move(scope);
        } else {
          departments.push_back(std::move(scope));
        }
        return absl::OkStatus();
      }));
  if (departments.size() > static_cast<size_t>(kMaxDepartments)) {
    return absl::InternalError(absl::StrCat("unit ", unit_id, " has too many departments"));
  }
  UnitStatistics statistics;
  statistics.year = year == 0 ? NewestYear(unit.counts()) : year;
  const auto shown = [&](const state::v1::Counts& counts) {
    return year == 0 ? Shown(counts, statistics.year) : ShownYear(counts, year);
  };
  statistics.total = shown(unit.counts());
  statistics.positions.assign(unit.positions().begin(), unit.positions().end());
  LF_ASSIGN_OR_RETURN(const auto kinds, ReadKinds(reader, unit_id));
  const auto add = [&](const state::v1::Scope& scope) {
    v1::DepartmentStatistics& row = statistics.departments.emplace_back();
    row.set_department(scope.department());
    row.set_display_name(scope.department().empty() ? "校领导" : scope.display_name());
    *row.mutable_statistics() = shown(scope.counts());
    row.set_level(HighestLevel(row.statistics().posts_by_level()));
    const auto kind = kinds.find(scope.department());
    if (kind != kinds.end()) row.set_kind(kind->second);
  };
  // The leadership's row is there even while it is empty.
  add(leadership.value_or(state::v1::Scope()));
  for (const state::v1::Scope& scope : departments) {
    if (scope.active() || HasCounts(shown(scope.counts()))) add(scope);
  }
  return statistics;
}

absl::Status GetStatistics(const rpc::CallContext& call, store::Reader& reader,
                           const v1::GetStatisticsRequest& request,
                           v1::GetStatisticsResponse* response) {
  LF_ASSIGN_OR_RETURN(UnitStatistics statistics,
                      ReadStatistics(reader, call.unit_id, request.year()));
  *response->mutable_total() = std::move(statistics.total);
  for (auto& row : statistics.departments) *response->add_departments() = std::move(row);
  for (auto& position : statistics.positions) *response->add_positions() = std::move(position);
  response->set_year(statistics.year);
  return absl::OkStatus();
}

absl::Status GetCrossTable(const rpc::CallContext& call, store::Reader& reader,
                           const v1::GetCrossTableRequest& request,
                           v1::GetCrossTableResponse* response) {
  LF_RETURN_IF_ERROR(CheckCrossTable(request));
  LF_ASSIGN_OR_RETURN(UnitStatistics statistics,
                      ReadStatistics(reader, call.unit_id, request.year()));
  std::vector<state::v1::Cube> cubes;
  LF_RETURN_IF_ERROR(ReadCubes(reader, call.unit_id, request.year(), &cubes));
  const bool compares = request.compare_year() != 0 && request.compare_year() != request.year();
  if (compares) {
    LF_RETURN_IF_ERROR(ReadCubes(reader, call.unit_id, request.compare_year(), &cubes));
    // A department that had something in the other year has its row too.
    LF_ASSIGN_OR_RETURN(UnitStatistics other,
                        ReadStatistics(reader, call.unit_id, request.compare_year()));
    for (auto& row : other.departments) statistics.departments.push_back(std::move(row));
  }
  std::vector<std::pair<std::string, std::string>> departments;
  std::set<std::string> seen;
  for (const v1::DepartmentStatistics& row : statistics.departments) {
    if (seen.insert(row.department()).second) {
      departments.emplace_back(row.department(), row.display_name());
    }
  }
  std::sort(departments.begin(), departments.end());
  const auto rows = HeadsOf(request.row(), departments);
  const auto columns = HeadsOf(request.column(), departments);
  *response->mutable_table() = Tabulate(request, request.year(), cubes, rows, columns);
  if (request.compare_year() != 0) {
    *response->mutable_compared() = Tabulate(request, request.compare_year(), cubes, rows, columns);
  }
  *response->mutable_rows() = {rows.begin(), rows.end()};
  *response->mutable_columns() = {columns.begin(), columns.end()};
  for (auto& position : statistics.positions) *response->add_positions() = std::move(position);
  return absl::OkStatus();
}

}  // namespace lianfang::reporting
