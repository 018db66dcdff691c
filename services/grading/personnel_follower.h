// What personnel's ledger brings about here: copies of the directory and of duties, reviews of the
// duties that are handed in, and marks on grades, signs and letters whose ground moved.
#pragma once

#include "absl/status/status.h"
#include "common/policy/policies.h"
#include "common/store/write_tx.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::grading {

// Never fails for lack of a reviewer: see OpenReview.
absl::Status ApplyPersonnel(store::WriteTx& tx, const policy::Policies& policies,
                            const ledger::v1::EntryHeader& header,
                            const ledger::v1::EntryContent& content);

// The copies alone.
absl::Status DerivePersonnel(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                             const ledger::v1::EntryContent& content);

}  // namespace lianfang::grading
