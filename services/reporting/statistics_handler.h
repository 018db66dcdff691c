// 附件11 and cross tables, from the counts that are kept.
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
// `year`: only that campaign year; 0: all, see GetStatisticsRequest. RESOURCE_NOT_FOUND.
absl::StatusOr<UnitStatistics> ReadStatistics(store::Reader& reader, absl::string_view unit_id,
                                              int32_t year);

absl::Status GetStatistics(const rpc::CallContext& call, store::Reader& reader,
                           const v1::GetStatisticsRequest& request,
                           v1::GetStatisticsResponse* response);
absl::Status GetCrossTable(const rpc::CallContext& call, store::Reader& reader,
                           const v1::GetCrossTableRequest& request,
                           v1::GetCrossTableResponse* response);

}  // namespace lianfang::reporting
