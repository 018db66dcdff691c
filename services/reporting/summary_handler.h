// 附件8: posts with confirmed grades, their risk points and measures.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/serve.h"
#include "common/store/reader.h"
#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::reporting {

// Posts in use with a confirmed level, in the order of 附件8.
absl::StatusOr<std::vector<v1::PostLevel>> ReadPostLevels(store::Reader& reader,
                                                          absl::string_view unit_id);

absl::Status GetRiskSummary(const rpc::CallContext& call, store::Reader& reader,
                            const v1::GetRiskSummaryRequest& request,
                            v1::GetRiskSummaryResponse* response);

}  // namespace lianfang::reporting
