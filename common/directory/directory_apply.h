// Following the directory: what an entry of personnel's ledger means for the copies that other
// services keep.
#pragma once

#include "absl/status/status.h"
#include "common/store/write_tx.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::directory {

// Copies every record of the directory that the entry holds, whatever was there before: an entry
// carries whole revisions. Keeps what there is to know of accounts (account_access.h). Resources of
// other types are passed over, so that personnel may put more on its ledger.
absl::Status ApplyDirectory(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                            const ledger::v1::EntryContent& content);

}  // namespace lianfang::directory
