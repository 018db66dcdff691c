// What the ledgers of personnel, grading and reporting bring about here: the directory and marks,
// decisions on self-checks and forms, publications.
#pragma once

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::risk {

// Copies the directory, and marks the risk points and measures of posts and departments whose
// people or functions changed. 「及时调整风险点和风险防控措施」
absl::Status ApplyPersonnel(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                            const ledger::v1::EntryContent& content);

// Registered risk points and filed measures that a publication shows are PUBLICISED; when it is
// withdrawn, they are not any more. 「将风险点登记汇总，在一定范围内公示」
absl::Status ApplyPublications(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                               const ledger::v1::EntryContent& content);

// Applies the decided reviews of an entry that are on forms as they stand. A self-check is approved
// or returned and, when approved, its findings become risk points; a submission takes its items
// with it; all in one change. Marks the measures of an accepted report whose targets are not met.
// Passes over everything else: open reviews, other kinds of record, decisions on earlier revisions
// or on forms that were taken back.
absl::Status ApplyReviews(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                          const ledger::v1::EntryContent& content);

}  // namespace lianfang::risk
