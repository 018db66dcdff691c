// What risk's ledger brings about here: copies of self-checks, risk points and measures, reviews of
// what is handed in, and signs and marks in line with the register. Decisions travel back on this
// service's own ledger.
#pragma once

#include "absl/status/status.h"
#include "common/policy/policies.h"
#include "common/store/write_tx.h"
#include "lianfang/ledger/v1/ledger.pb.h"
#include "services/grading/domain/grade.h"

namespace lianfang::grading {

// A form that is handed in opens a review of its revision; one that is taken back withdraws it.
// Never fails for lack of a reviewer: see OpenReview. Errors: MaybeBehind personnel, when the
// directory does not know the post, the department or the person yet.
absl::Status ApplyRisk(store::WriteTx& tx, const policy::Policies& policies,
                       const CompiledPolicy& matrix, const ledger::v1::EntryContent& content);

// The copies alone.
absl::Status DeriveRisk(store::WriteTx& tx, const ledger::v1::EntryContent& content);

}  // namespace lianfang::grading
