// A new year begins with what the year before ended with.
#pragma once

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "lianfang/risk/v1/submission.pb.h"

namespace lianfang::risk {

// Writes drafts of the later year of what is in force in the earlier one and was not copied before,
// at most kMaxCarried in one change. INVALID_FIELD unless the second year is later.
absl::Status CarryForward(store::WriteTx& tx, const v1::CarryForwardRequest& request);

inline constexpr int kMaxCarried = 200;

}  // namespace lianfang::risk
