// Superior tasks in the database: taken over from members, decided, settled.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "common/rpc/service.h"
#include "common/store/record_kind.h"
#include "common/store/write_tx.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "services/aggregator/pull/puller.h"

namespace lianfang::aggregator {

const store::RecordKind& SuperiorTaskKind();

// Takes over what a member tells of: new tasks, and those that changed.
absl::Status TakeTold(store::WriteTx& tx, const std::vector<aggregation::v1::SuperiorTask>& told);

// Ends the tasks of the member that are not among `told` (by name).
absl::Status EndOthers(store::WriteTx& tx, const std::string& member,
                       const std::set<std::string>& told);

// Tasks of a unit in this state after `after` (an id), in the order of ids, at most `limit`.
absl::StatusOr<std::vector<aggregation::v1::SuperiorTask>> TasksIn(
    store::Reader& reader, absl::string_view unit_id, aggregation::v1::SuperiorTaskState state,
    const std::string& after, int limit);

// Runs a change and waits for it; not in the writer's threads or gRPC's.
absl::StatusOr<store::Committed> Change(rpc::Service& host, const std::string& unit_id,
                                        const Puller::Caller& caller,
                                        std::function<absl::Status(store::WriteTx&)> apply);

// The task that a change has written first; nothing when it has written none.
std::optional<aggregation::v1::SuperiorTask> WrittenTask(const store::Committed& committed);

}  // namespace lianfang::aggregator
