// Cross tables: the cells of a year added up by two of their properties. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "services/reporting/state/state.pb.h"

namespace lianfang::reporting {

// INVALID_FIELD for the same dimension twice, and for stages of risk points.
absl::Status CheckCrossTable(const v1::GetCrossTableRequest& request);

// Heads of a dimension in their order. `departments`: resource name (empty for the leadership) and
// name of each that there is, the leadership first.
std::vector<v1::CrossTableHead> HeadsOf(
    v1::CountDimension dimension,
    const std::vector<std::pair<std::string, std::string>>& departments);

// The year's counts of what the request asks for. What no head stands for is not counted.
v1::CrossTable Tabulate(const v1::GetCrossTableRequest& request, int32_t year,
                        const std::vector<state::v1::Cube>& cubes,
                        const std::vector<v1::CrossTableHead>& rows,
                        const std::vector<v1::CrossTableHead>& columns);

}  // namespace lianfang::reporting
