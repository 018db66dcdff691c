// What reporting answers from its own tables: 附件11, 附件8, and the reports issued so far.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/serve.h"
#include "common/store/reader.h"
#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::reporting {

// Counts of a unit at one state: all rows are read by one statement.
struct UnitStatistics {
  v1::Statistics total;
  // The leadership first, then departments by id: those in use, and archived ones that still have
  // something.
  std::vector<v1::DepartmentStatistics> departments;
  std::vector<common::v1::LedgerPosition> positions;
  int32_t year = 0;
};
absl::StatusOr<UnitStatistics> ReadStatistics(store::Reader& reader, absl::string_view unit_id);

// Posts in use with a confirmed level, in the order of 附件8.
absl::StatusOr<std::vector<v1::PostLevel>> ReadPostLevels(store::Reader& reader,
                                                          absl::string_view unit_id);

absl::Status GetStatistics(const rpc::CallContext& call, store::Reader& reader,
                           const v1::GetStatisticsRequest& request,
                           v1::GetStatisticsResponse* response);
absl::Status GetRiskSummary(const rpc::CallContext& call, store::Reader& reader,
                            const v1::GetRiskSummaryRequest& request,
                            v1::GetRiskSummaryResponse* response);
absl::Status ListReports(const rpc::CallContext& call, store::Reader& reader,
                         const v1::ListReportsRequest& request, v1::ListReportsResponse* response);

}  // namespace lianfang::reporting
