// What the commands about a year's work have in common.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/client/client.h"
#include "services/cli/core/session.h"
#include "services/cli/render/tables.h"

namespace lianfang::cli {

inline constexpr char kOfficeRole[] = "control_office";

inline constexpr Flag kUnitFlag = {
    "unit", "UNIT", Flag::kValue, {"单位代码（必填）", "id of the unit (needed)"}};
inline constexpr Flag kYearFlag = {"year",
                                   "YEAR",
                                   Flag::kValue,
                                   {"年度；默认最近安排的年度，没有则为今年",
                                    "year; default: the newest campaign's, or this year"}};
inline constexpr Flag kDepartmentFlag = {
    "department", "DEPARTMENT", Flag::kValue, {"只列该处室", "only this department"}};

// `--year`, else the year of the newest campaign that was opened, else this year. A usage error for
// what is no year.
absl::StatusOr<int> YearOf(const Session& session, const client::Client& client,
                           const std::string& unit_id);

// `--department` as a resource name; an id is one of the unit. Empty when it was not given.
std::string DepartmentOf(const Session& session, const std::string& unit_id);

// A whole number of an option from `min` to `max`; `fallback` when it was not given.
absl::StatusOr<int> NumberOf(const Session& session, const char* option, int min, int max,
                             int fallback);

Layout LayoutOf(const Session& session);

}  // namespace lianfang::cli
