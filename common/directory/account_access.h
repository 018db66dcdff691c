// What every process has to know of accounts: derived of personnel's ledger, in a table so that a
// restart knows, and in memory (auth::AccessState) since every call asks.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/auth/access_state.h"
#include "common/sql/database.h"
#include "common/store/write_tx.h"
#include "lianfang/internal/v1/access.pb.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::directory {

// The rows that an entry of personnel's ledger leaves.
absl::Status DeriveAccess(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                          const ledger::v1::EntryContent& content);

// The same for content that gets its time with the change itself.
absl::Status DeriveAccess(store::WriteTx& tx, absl::Time time,
                          const ledger::v1::EntryContent& content);

// When an entry was written.
absl::Time EntryTime(const ledger::v1::EntryHeader& header);

// Tells the process what the content of an entry says of accounts. `time` is the entry's.
void TellAccess(const ledger::v1::EntryContent& content, absl::Time time,
                auth::AccessState* access);

// Tells the process what the table holds, of all units.
absl::Status LoadAccess(sql::Connection& connection, absl::Time now, auth::AccessState* access);

}  // namespace lianfang::directory
