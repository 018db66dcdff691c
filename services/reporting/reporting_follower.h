// What reporting derives from the ledgers that it follows: counts, and what 附件8 needs.
#pragma once

#include "common/store/write_tx.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::reporting {

// Takes in one entry of personnel's, risk's or grading's ledger. Reads and writes rows by key only,
// so the cost of an entry does not depend on how much is counted already. DATA_LOSS for a record
// that cannot be read or is of another unit.
absl::Status ApplyEntry(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                        const ledger::v1::EntryContent& content);

}  // namespace lianfang::reporting
