// Two aggregators tell each other what one member has told them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"

namespace lianfang::aggregator {

// Asks the member for its proof that the tree of `second` entries continues that of `first`; the
// hashes as they came.
using Prove =
    absl::FunctionRef<absl::StatusOr<std::vector<std::string>>(int64_t first, int64_t second)>;

// Evidence that `other`, which another aggregator was shown, and the checkpoint that was verified
// here cannot both be of one history; nothing when they can. The member is only asked when the
// sizes differ: one that answers that it has no such size, or whose proof does not hold, has told
// two histories, since it has signed both. FAILED_PRECONDITION when there is nothing to compare: no
// checkpoint of that ledger here, or one there that the member's key has not signed. Other errors
// are those of asking.
absl::StatusOr<std::optional<aggregation::v1::Evidence>> CompareViews(
    const aggregation::v1::Member& member, const aggregation::v1::WitnessedCheckpoint& other,
    Prove prove);

}  // namespace lianfang::aggregator
