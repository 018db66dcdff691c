// What grading's ledger brings about here: decisions on self-checks.
#pragma once

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::risk {

// Applies the decided reviews of an entry that are on forms as they stand: the form is approved or
// returned and, when approved, its findings become risk points, all in one change. Passes over
// everything else: open reviews, other kinds of record, decisions on earlier revisions or on forms
// that were taken back.
absl::Status ApplyReviews(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                          const ledger::v1::EntryContent& content);

}  // namespace lianfang::risk
