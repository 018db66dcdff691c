// How a person settles what made a member untrusted. Pure.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"

namespace lianfang::aggregator {

// A member shows so many settlements; all of them are on the ledger.
inline constexpr int kMaxSettlements = 10;

// Settles as `actor` asks at `now`. The evidence moves into the settlement. KEEP_KNOWN leaves the
// member as it was before it was found out; the others leave it as if it had never been pulled.
// INVALID_FIELD, REASON_REQUIRED; ILLEGAL_TRANSITION for a member that is not untrusted.
absl::Status Settle(const aggregation::v1::SettleMemberRequest& request, absl::string_view actor,
                    absl::Time now, aggregation::v1::Member* member);

}  // namespace lianfang::aggregator
