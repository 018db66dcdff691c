// One database transaction over many changes of one or more units.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/ledger/merkle.h"
#include "common/store/unit_cache.h"
#include "common/store/writer.h"

namespace lianfang::store {

class BatchTransaction final : public Batch {
 public:
  // `careful`: some of the changes may have been made before, by an attempt whose outcome is
  // unknown or by another process; each request_id is looked up before its change runs. Without it,
  // a request_id is looked up only when its change cannot be made, and one that was answered before
  // shows by its key when the entries are written.
  BatchTransaction(const Writer::Environment& environment, sql::Connection* connection,
                   const sql::Dialect* dialect, UnitCache* cache, bool careful)
      : environment_(environment),
        connection_(connection),
        dialect_(dialect),
        cache_(cache),
        careful_(careful) {}

  // First: locks and reads the heads of all units that the batch is about, in one order everywhere,
  // so that two batches never wait for each other.
  absl::Status LockHeads(const std::set<std::string>& unit_ids);
  // Reads what the changes say that they will read, together.
  absl::Status ReadAhead(const std::vector<Mutation>& batch);
  absl::StatusOr<Committed> Run(const Mutation& mutation);
  // Last, before the commit.
  absl::Status WriteAll();
  // After the commit.
  void OnCommitted();
  // What changes asked to be told of (WriteTx::OnCommit): after the commit, or when it may stand.
  void TellCommitted();
  // Whether what was overwritten must not stay in the engine's files.
  bool scrub() const { return scrub_; }
  // After a failure: nothing of this transaction stands.
  void OnFailed();

  // ---- Batch ----
  const RowBuffer& rows() const override { return rows_; }
  absl::Status Flush() override;
  sql::Connection& connection() override { return *connection_; }
  UnitCache& cache() override { return *cache_; }
  bool KnownMissing(const RecordKind& kind, absl::string_view unit_id,
                    absl::string_view id) const override;
  absl::StatusOr<int64_t> LedgerSize(absl::string_view unit_id) override;

 private:
  // An entry that waits to be written.
  struct PendingEntry {
    std::string unit_id;
    int64_t sequence;
    std::string request_id;
    std::string header;
    std::string hashes;
    std::string content;
  };
  struct Head {
    ledger::Frontier frontier;
    int64_t writes = 0;
    int64_t next_writes = 0;  // what this transaction leaves behind
    bool stored = false;      // there was a row to lock
    bool grown = false;       // has new entries
    bool written = false;     // something of the unit was written
  };

  // Unit and id.
  using Key = std::pair<std::string, std::string>;

  absl::Status ReadAhead(const RecordKind& kind, const std::set<Key>& wanted);
  absl::StatusOr<Head*> HeadOf(const std::string& unit_id);
  // The answer that this request_id got before, if it did.
  absl::StatusOr<std::optional<Committed>> Earlier(const Mutation& mutation, bool ask_database);
  void AppendEntry(const Mutation& mutation, WriteTx& tx, Head* head);
  absl::Status EmptyContents(const std::string& unit_id, const WriteTx::Emptied& emptied);
  absl::Status FlushRows();
  absl::Status FlushEntries();
  absl::Status FlushHeads();
  absl::Status WriteHeads(absl::string_view verb, bool stored);
  template <class Bind>
  absl::Status WriteMany(absl::string_view verb, absl::string_view table, absl::string_view columns,
                         int column_count, size_t rows, Bind bind);

  const Writer::Environment& environment_;
  sql::Connection* connection_;
  const sql::Dialect* dialect_;
  UnitCache* cache_;
  const bool careful_;
  bool scrub_ = false;
  RowBuffer rows_;
  std::map<const RecordKind*, std::set<Key>> missing_;  // asked for, and not there
  std::vector<std::function<void()>> on_commit_;
  std::map<std::string, Head> heads_;
  std::vector<std::shared_ptr<const PendingEntry>> entries_;
  absl::flat_hash_map<Key, std::shared_ptr<const PendingEntry>> by_request_;
  std::vector<sql::Param> params_;
};

}  // namespace lianfang::store
