// Changes of workflow charts: the rules of domain/ with the facts that they need.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/store/write_tx.h"
#include "lianfang/risk/v1/power.pb.h"

namespace lianfang::risk {

// All three: NOT_RECORD_OWNER for a caller who does not keep the charts of the power's department.

// Completes a new chart, a draft. INVALID_FIELD, REFERENCE_NOT_FOUND, RESOURCE_EXISTS when the
// power has a chart that is not archived.
absl::Status CreateWorkflow(store::WriteTx& tx, v1::Workflow& chart);

// Writes the chart and marks what rests on it. ILLEGAL_TRANSITION, INVALID_FIELD,
// REFERENCE_NOT_FOUND.
absl::Status UpdateWorkflow(store::WriteTx& tx, const v1::Workflow& old, v1::Workflow& next);

// Writes the chart, archived, and marks what rests on it. ILLEGAL_TRANSITION.
absl::Status ArchiveWorkflow(store::WriteTx& tx, v1::Workflow& chart);

// What a chart must be when it is handed in with a form of this year, beyond its shape: marks are
// on risk points of its power, and every point of the power that is not archived is marked.
// INVALID_FIELD, CHART_INCOMPLETE.
absl::Status CheckComplete(store::WriteTx& tx, const v1::Workflow& chart, int year);

// Registered risk points of the year that stand on no node of their power's chart, which is filed:
// they came after it. By chart.
absl::StatusOr<std::map<std::string, std::vector<std::string>>> UnmarkedOf(
    store::WriteTx& tx, const std::vector<v1::Workflow>& charts, int year);

}  // namespace lianfang::risk
