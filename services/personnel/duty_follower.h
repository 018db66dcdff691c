// What grading's ledger brings about here: decisions on duties.
#pragma once

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::personnel {

// Applies the decided reviews of an entry that are on duties as they stand: the duty is approved or
// returned. Passes over everything else: open reviews, other kinds of record, decisions on earlier
// revisions or on duties that were taken back.
absl::Status ApplyReviews(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                          const ledger::v1::EntryContent& content);

}  // namespace lianfang::personnel
