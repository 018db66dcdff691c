// What risk's ledger brings about here: copies of self-checks and risk points, and reviews of the
// forms that are handed in. Decisions travel back on this service's own ledger.
#pragma once

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::grading {

// A form that is handed in opens a review of its revision; one that is taken back withdraws it.
// Never fails for lack of a reviewer: the review then waits with an empty step, which is logged.
// Errors: MaybeBehind personnel, when the directory does not know the post or the person yet.
absl::Status ApplyRisk(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                       const ledger::v1::EntryContent& content);

}  // namespace lianfang::grading
