// A change in the making. It reads, decides and buffers; nothing reaches the database before the
// whole change has succeeded, so a refused request leaves no trace.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "common/auth/identity.h"
#include "common/base/id.h"
#include "common/base/id_source.h"
#include "common/store/reader.h"
#include "common/store/unit_cache.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::store {

// A row that waits to be written.
struct PendingRow {
  const RecordKind* kind = nullptr;
  std::string unit_id;
  std::string id;
  int64_t sequence = 0;
  std::string body;
  std::vector<IndexValue> index;
};

// Rows by (table, unit, id); the newest wins.
class RowBuffer {
 public:
  using Key = std::pair<const RecordKind*, std::pair<std::string, std::string>>;
  const PendingRow* Find(const RecordKind& kind, absl::string_view unit_id,
                         absl::string_view id) const;
  void Put(PendingRow row);
  // Takes all rows of `other`, which ends empty.
  void Merge(RowBuffer& other);
  bool empty() const { return rows_.empty(); }
  bool HasTable(const RecordKind& kind) const { return tables_.contains(&kind); }
  std::map<Key, PendingRow>& rows() { return rows_; }
  void Clear();

 private:
  std::map<Key, PendingRow> rows_;
  absl::flat_hash_map<const RecordKind*, int> tables_;
};

// What a batch knows beyond the database; the writer implements it.
class Batch {
 public:
  virtual ~Batch() = default;
  virtual const RowBuffer& rows() const = 0;
  // Writes the buffered rows of earlier changes, so that a query sees them.
  virtual absl::Status Flush() = 0;
  virtual sql::Connection& connection() = 0;
  // What the writer knows of the database without asking it.
  virtual UnitCache& cache() = 0;
  // Whether the database was asked for this record, in this transaction, and has none.
  virtual bool KnownMissing(const RecordKind& /*kind*/, absl::string_view /*unit_id*/,
                            absl::string_view /*id*/) const {
    return false;
  }
  virtual absl::StatusOr<int64_t> LedgerSize(absl::string_view unit_id) = 0;
};

class WriteTx final : public Reader {
 public:
  WriteTx(Batch* batch, const auth::Identity* actor, std::string unit_id, int64_t sequence,
          absl::Time now, IdSource* ids);

  // Who asks, when, and which number the change will have in the unit's ledger.
  const auth::Identity& actor() const { return *actor_; }
  absl::Time now() const { return now_; }
  int64_t sequence() const { return sequence_; }
  const std::string& unit_id() const { return unit_id_; }
  // An id for a new record of this unit: the change's number, then random characters. Ids so grow
  // with the ledger: lists are in the order of making, and an index takes new rows at its end.
  std::string NewId() { return OrderedId(sequence_, ids_->NewId()); }

  // Writes a record by its `name` and puts it on the ledger. Sets `etag`, `update_time` and, when
  // it is empty, `create_time`. The name must be of this transaction's unit.
  absl::Status Put(const RecordKind& kind, google::protobuf::Message& record);
  // Puts a record on the ledger again as it is, its etag and times included: for what an entry held
  // whose content is emptied.
  absl::Status Restate(const RecordKind& kind, const google::protobuf::Message& record);
  // Contents of earlier entries of the unit that this change takes out of the ledger, and the
  // erasure that says so (see erasure.h).
  struct Emptied {
    std::string erasure;
    std::vector<int64_t> sequences;
  };
  void EmptyContents(Emptied emptied) { emptied_ = std::move(emptied); }
  // What this change overwrites must not stay in the engine's files either.
  void Scrub() { scrub_ = true; }
  // The database with all in it that earlier changes of the batch have written: for reading the
  // ledger in a change.
  absl::StatusOr<sql::Connection*> Ledger();
  // Writes a record with a key of its own, without a ledger entry: for what is derived from other
  // ledgers.
  absl::Status Derive(const RecordKind& kind, absl::string_view id,
                      const google::protobuf::Message& record);
  // Part of the answer that is not a record; kept with the entry so that a repeated request gets it
  // again.
  void SetResult(const google::protobuf::Message& result);
  // The same for what nobody may be able to read again, the ledger's keepers included: it goes to
  // this one caller and is kept nowhere; a repeated request does not get it.
  void SetResultOnce(const google::protobuf::Message& result);
  // Called once, when the change is durable or may be, before its caller is answered: for what the
  // process keeps in memory. Must not block.
  void OnCommit(std::function<void()> told) { on_commit_.push_back(std::move(told)); }
  // Forgets who asks, for feedback that must not lead back to its sender: the entry has the actor
  // `anonymous` and no roles, and it and the records have `time` as their time, which the caller
  // makes coarse. The request id stays: random, and needed to recognise a repeated request. Before
  // the first Put.
  void Anonymise(absl::Time time);

  absl::StatusOr<std::optional<std::string>> FindBody(const RecordKind& kind,
                                                      absl::string_view unit_id,
                                                      absl::string_view id) override;
  // Must not follow a write to the same table in the same change: a change queries first.
  absl::Status Scan(
      const RecordKind& kind, absl::string_view unit_id, const Query& query,
      absl::FunctionRef<absl::Status(absl::string_view, absl::string_view)> record) override;
  absl::StatusOr<int64_t> LedgerSize(absl::string_view unit_id) override;

  RowBuffer& rows() { return rows_; }
  bool anonymous() const { return anonymous_; }
  // What SetResultOnce was given.
  ledger::v1::EntryContent& once() { return once_; }
  // What the ledger entry will hold; empty resources: no entry.
  ledger::v1::EntryContent& content() { return content_; }
  bool has_entry() const { return !first_resource_.empty(); }
  const Emptied& emptied() const { return emptied_; }
  bool scrub() const { return scrub_; }
  std::vector<std::function<void()>>& on_commit() { return on_commit_; }
  // Name of the record that was written first.
  const std::string& first_resource() const { return first_resource_; }

 private:
  // Into the entry, and into its table.
  absl::Status PutWhole(const RecordKind& kind, const std::string& name, absl::string_view id,
                        const google::protobuf::Message& record);
  absl::Status PutRow(const RecordKind& kind, absl::string_view id,
                      const google::protobuf::Message& record, int64_t sequence);

  Batch* batch_;
  const auth::Identity* actor_;
  std::string unit_id_;
  int64_t sequence_;
  absl::Time now_;
  IdSource* ids_;
  RowBuffer rows_;
  bool anonymous_ = false;
  ledger::v1::EntryContent once_;
  ledger::v1::EntryContent content_;
  absl::flat_hash_map<std::string, int> position_in_content_;  // by resource name
  std::string first_resource_;
  Emptied emptied_;
  bool scrub_ = false;
  std::vector<std::function<void()>> on_commit_;
};

// The etag of a record that ledger entry `sequence` wrote.
std::string EtagOf(int64_t sequence);
// ETAG_MISMATCH when `given` is not empty and not `current`.
absl::Status CheckEtag(absl::string_view current, absl::string_view given);

}  // namespace lianfang::store
