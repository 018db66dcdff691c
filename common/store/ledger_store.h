// Reading a service's ledgers: heads, entries, proofs, signed checkpoints.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/crypto/ed25519.h"
#include "common/ledger/checkpoint.h"
#include "common/ledger/merkle.h"
#include "common/sql/database.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::store {

// Embedded migrations of the tables below; every service's database has them.
//   ledger_heads    (unit_id, size, frontier, writes)
//   ledger_entries  (unit_id, sequence, request_id, header, hashes, content, erasure)
//   erasures        records of what was erased; see erasure.h
// `hashes` holds what the entry completed in the Merkle tree: its leaf hash, then its finished
// ancestors by level. So a change writes one row for the log, and a proof reads one row a node.
// `erasure` names the erasure that emptied `content`; '' where none did.
absl::Status MigrateLedger(sql::Database& database);

// Origin and key name of a ledger's checkpoints: `lianfang/units/{unit}/ledgers/{service}`.
std::string LedgerOrigin(absl::string_view unit_id, absl::string_view service);

// One unit's ledger over one connection. All reads of one call see one state when the connection is
// in a transaction; without one, sizes only grow between reads, which no answer depends on.
class LedgerReader {
 public:
  LedgerReader(sql::Connection* connection, std::string unit_id)
      : connection_(connection), unit_id_(std::move(unit_id)) {}

  // The right edge of the tree now.
  absl::StatusOr<ledger::Frontier> Head();
  // Entries with numbers greater than `after`, in order; stops before `max_bytes` are exceeded, but
  // gives one.
  absl::StatusOr<std::vector<ledger::v1::Entry>> Entries(int64_t after, int limit,
                                                         bool with_content, size_t max_bytes);
  absl::StatusOr<std::vector<ledger::Hash>> Inclusion(int64_t sequence, int64_t size);
  absl::StatusOr<std::vector<ledger::Hash>> Consistency(int64_t first, int64_t second);

 private:
  absl::StatusOr<std::vector<ledger::Hash>> ReadNodes(const std::vector<ledger::NodeId>& nodes);

  sql::Connection* connection_;
  std::string unit_id_;
};

// All heads of a service after `after_unit`, in the order of unit ids.
absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> ListHeads(sql::Connection& connection,
                                                                       absl::string_view after_unit,
                                                                       int limit);

}  // namespace lianfang::store
