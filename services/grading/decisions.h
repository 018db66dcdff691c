// What a decision brings about in the records that this service keeps itself. Decisions on records
// of other services travel on the ledger, and those services act on them.
#pragma once

#include "absl/status/status.h"
#include "common/policy/policies.h"
#include "common/store/write_tx.h"
#include "lianfang/grading/v1/grading.pb.h"
#include "services/grading/domain/grade.h"

namespace lianfang::grading {

// Stores a review that was decided on, and what follows from it: a grade's state and, when it is
// confirmed, its signs and the letters that its level touches; a self-inspection report's state.
absl::Status StoreDecision(store::WriteTx& tx, const policy::Policies& policies,
                           const CompiledPolicy& matrix, v1::Review decided);

}  // namespace lianfang::grading
