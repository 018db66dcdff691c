// The rows of one unit that a service keeps beside its ledger, made again from the ledgers in
// memory.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "common/auth/identity.h"
#include "common/server/module.h"
#include "common/store/write_tx.h"
#include "common/verify/ledger_check.h"

namespace lianfang::verify {

// What a row of a record table must be, and by which entry.
struct ExpectedRow {
  int64_t sequence = 0;
  std::string body;
  std::vector<store::IndexValue> index;
  int64_t entry = 0;
  std::string ledger;
};

// Of one kind, by id.
using ExpectedRows = std::map<std::string, ExpectedRow>;

class DerivedRows final : public store::Batch {
 public:
  explicit DerivedRows(std::string unit_id);

  // The rows that an entry leaves.
  absl::Status Apply(const server::Derivation& derivation, const CheckedEntry& entry);

  // Takes the rows of a kind.
  ExpectedRows Take(const store::RecordKind& kind);

  // ---- Batch: what a derivation reads is what was derived, and nothing else ----
  const store::RowBuffer& rows() const override { return rows_; }
  absl::Status Flush() override;
  sql::Connection& connection() override { return *nothing_; }
  store::UnitCache& cache() override { return cache_; }
  absl::StatusOr<int64_t> LedgerSize(absl::string_view unit_id) override;

 private:
  const std::string unit_id_;
  const auth::Identity identity_;
  std::unique_ptr<IdSource> ids_;
  std::unique_ptr<sql::Connection> nothing_;
  store::UnitCache cache_{0};
  store::RowBuffer rows_;
  // Entry that left a row last.
  std::map<store::RowBuffer::Key, std::pair<int64_t, std::string>> entries_;
};

}  // namespace lianfang::verify
