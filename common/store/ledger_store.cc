#include "common/store/ledger_store.h"

#include "absl/strings/str_cat.h"
#include "common/sql/migrate.h"
#include "common/status/error.h"
#include "common/store/ledger_schema.h"

namespace lianfang::store::schema {
std::span<const lianfang::EmbeddedFile> Files();
}  // namespace lianfang::store::schema

namespace lianfang::store {

using sql::Param;

std::span<const EmbeddedFile> LedgerSchema() { return schema::Files(); }

absl::Status MigrateLedger(sql::Database& database) {
  return sql::Migrate(database, kLedgerComponent, LedgerSchema());
}

std::string LedgerOrigin(absl::string_view unit_id, absl::string_view service) {
  return absl::StrCat("lianfang/units/", unit_id, "/ledgers/", service);
}

absl::StatusOr<ledger::Frontier> LedgerReader::Head() {
  std::string stored;
  LF_RETURN_IF_ERROR(connection_->Query("SELECT frontier FROM ledger_heads WHERE unit_id = ?",
                                        {Param::Text(unit_id_)}, [&](const sql::Row& row) {
                                          stored = std::string(row.Data(0));
                                          return absl::OkStatus();
                                        }));
  if (stored.empty()) return ledger::Frontier();
  auto frontier = ledger::Frontier::Parse(stored);
  if (!frontier.ok()) {
    return absl::DataLossError(absl::StrCat("ledger head of unit ", unit_id_, " is damaged"));
  }
  return frontier;
}

absl::StatusOr<std::vector<ledger::v1::Entry>> LedgerReader::Entries(int64_t after, int limit,
                                                                     bool with_content,
                                                                     size_t max_bytes) {
  std::vector<ledger::v1::Entry> entries;
  size_t bytes = 0;
  bool full = false;
  LF_RETURN_IF_ERROR(connection_->Query(
      with_content ? "SELECT sequence, header, erasure, content FROM ledger_entries WHERE "
                     "unit_id = ? AND sequence > ? ORDER BY sequence LIMIT ?"
                   : "SELECT sequence, header, erasure FROM ledger_entries WHERE unit_id = ? AND "
                     "sequence > ? ORDER BY sequence LIMIT ?",
      {Param::Text(unit_id_), Param::Int(after), Param::Int(limit)}, [&](const sql::Row& row) {
        if (full) return absl::OkStatus();
        const size_t size = row.Data(1).size() + (with_content ? row.Data(3).size() : 0) + 32;
        if (!entries.empty() && bytes + size > max_bytes) {
          full = true;
          return absl::OkStatus();
        }
        bytes += size;
        auto& entry = entries.emplace_back();
        entry.set_sequence(row.Int(0));
        entry.set_header(std::string(row.Data(1)));
        entry.set_erasure(std::string(row.Data(2)));
        if (with_content) entry.set_content(std::string(row.Data(3)));
        return absl::OkStatus();
      }));
  return entries;
}

absl::StatusOr<std::vector<ledger::Hash>> LedgerReader::ReadNodes(
    const std::vector<ledger::NodeId>& nodes) {
  std::vector<ledger::Hash> hashes;
  hashes.reserve(nodes.size());
  for (const ledger::NodeId& node : nodes) {
    bool found = false;
    ledger::Hash hash{};
    LF_RETURN_IF_ERROR(connection_->Query(
        "SELECT hashes FROM ledger_entries WHERE unit_id = ? AND sequence = ?",
        {Param::Text(unit_id_), Param::Int(static_cast<int64_t>(ledger::CompletingLeaf(node)) + 1)},
        [&](const sql::Row& row) {
          const absl::string_view data = row.Data(0);
          const size_t at = static_cast<size_t>(node.level) * hash.size();
          if (data.size() < at + hash.size()) return absl::OkStatus();
          std::copy_n(data.begin() + static_cast<std::ptrdiff_t>(at), hash.size(), hash.begin());
          found = true;
          return absl::OkStatus();
        }));
    if (!found)
      return absl::DataLossError(absl::StrCat("ledger of unit ", unit_id_, " lacks a hash"));
    hashes.push_back(hash);
  }
  return hashes;
}

absl::StatusOr<std::vector<ledger::Hash>> LedgerReader::Inclusion(int64_t sequence, int64_t size) {
  return ledger::InclusionProof(
      static_cast<uint64_t>(sequence) - 1, static_cast<uint64_t>(size),
      [this](const std::vector<ledger::NodeId>& nodes) { return ReadNodes(nodes); });
}

absl::StatusOr<std::vector<ledger::Hash>> LedgerReader::Consistency(int64_t first, int64_t second) {
  if (first == 0 || first == second) return std::vector<ledger::Hash>();
  return ledger::ConsistencyProof(
      static_cast<uint64_t>(first), static_cast<uint64_t>(second),
      [this](const std::vector<ledger::NodeId>& nodes) { return ReadNodes(nodes); });
}

absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> ListHeads(sql::Connection& connection,
                                                                       absl::string_view after_unit,
                                                                       int limit) {
  std::vector<std::pair<std::string, int64_t>> heads;
  LF_RETURN_IF_ERROR(
      connection.Query("SELECT unit_id, size FROM ledger_heads WHERE unit_id > ? AND size > 0 "
                       "ORDER BY unit_id LIMIT ?",
                       {Param::Text(after_unit), Param::Int(limit)}, [&](const sql::Row& row) {
                         heads.emplace_back(std::string(row.Data(0)), row.Int(1));
                         return absl::OkStatus();
                       }));
  return heads;
}

}  // namespace lianfang::store
