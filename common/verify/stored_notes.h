// Rows that hold signed checkpoints: how far followers are, and what witnesses have signed.
#pragma once

#include <cstdint>
#include <string>

#include "common/verify/ledger_check.h"
#include "common/verify/verify.h"
#include "lianfang/internal/v1/state.pb.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::verify {

// A row of follow_positions.
struct StoredPosition {
  int64_t column = 0;  // what the row's `sequence` holds
  std::string body;
  bool readable = false;
  internal::v1::FollowPosition says;
};

// A row of cosignatures.
struct StoredCosignature {
  int64_t column = 0;
  std::string body;
  bool readable = false;
  ledger::v1::Cosignature says;
};

struct NoteContext {
  const LedgerCheck* ledger = nullptr;  // that the checkpoint is of; null: not at hand
  const Options& options;
  Findings* findings = nullptr;
  Result* result = nullptr;
};

// `row` says which row it is; its key is the upstream, or the witness.
void CheckPosition(const StoredPosition& position, const Finding& row, const NoteContext& context);
void CheckCosignature(const StoredCosignature& cosignature, const Finding& row,
                      const NoteContext& context);

}  // namespace lianfang::verify
