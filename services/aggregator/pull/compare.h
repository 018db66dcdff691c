// Exchanging checkpoints with another aggregator: both sides.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/store/reader.h"
#include "services/aggregator/pull/fetcher.h"
#include "services/aggregator/pull/puller.h"

namespace lianfang::aggregator {

// The checkpoints that the unit's aggregator has verified of the ledgers that the request names.
absl::Status AnswerExchange(store::Reader& reader, absl::string_view unit_id,
                            const aggregation::v1::ExchangeCheckpointsRequest& request,
                            aggregation::v1::ExchangeCheckpointsResponse* response);

// Compares what is known here of all members of the unit with what the other aggregator knows, some
// members at a time, and marks whoever has told two histories. Runs in a thread of the puller's;
// calls `done` once.
void CompareCheckpoints(
    const std::shared_ptr<Puller>& puller, const std::shared_ptr<Fetcher>& fetcher,
    std::string unit_id, Puller::Caller caller, absl::Time deadline,
    std::shared_ptr<const aggregation::v1::CompareCheckpointsRequest> request,
    std::function<void(absl::StatusOr<aggregation::v1::CompareCheckpointsResponse>)> done);

}  // namespace lianfang::aggregator
