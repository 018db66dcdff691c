// The writer of one service: many requests, one commit. Each change runs by itself (see WriteTx); a
// batch of changes is written in multi-row statements and committed once; only then are their
// callers answered.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "common/auth/identity.h"
#include "common/base/clock.h"
#include "common/base/id_source.h"
#include "common/crypto/sha256.h"
#include "common/obs/storage_metrics.h"
#include "common/store/write_tx.h"

namespace lianfang::store {

// What became of a change that succeeded.
struct Committed {
  // Number of its ledger entry; 0 when it changed nothing that goes on the ledger.
  int64_t sequence = 0;
  // The entry's content, as stored, and after it what the caller gets only this once.
  ledger::v1::EntryContent content;
  // The request was answered before: this is that answer.
  bool repeated = false;
};

// A record of a unit by its key.
struct RecordKey {
  const RecordKind* kind;
  std::string id;
};

// One change to make.
struct Mutation {
  std::string unit_id;
  std::shared_ptr<const auth::Identity> actor;
  std::string method;      // full name, or `follow:{service}`
  std::string request_id;  // empty: the writer gives it one of its own
  crypto::Digest request_digest{};
  absl::Time deadline = absl::InfiniteFuture();
  // Whether the caller has gone away; may be empty.
  std::function<bool()> cancelled;
  // Runs in the writer's thread, maybe more than once (when a batch is run again); must not block.
  std::function<absl::Status(WriteTx&)> apply;
  // Records of the unit that `apply` is likely to read, where that is known: those of a whole batch
  // are read together.
  std::vector<RecordKey> reads;
  // `apply` sees by what it reads whether it was done before, so the request_id need not be looked
  // up.
  bool knows_when_done = false;
  // Called once, after the commit or the failure, in a thread that only answers or, when refused,
  // in the caller's.
  std::function<void(absl::StatusOr<Committed>)> done;
};

class Writer {
 public:
  struct Options {
    int queue = 1024;
    int batch = 128;
    // How long a batch is tried again while the database cannot be reached.
    absl::Duration patience = absl::Seconds(20);
  };
  struct Environment {
    std::string service;  // name in the ledger's headers
    sql::Database* database = nullptr;
    const Clock* clock = nullptr;
    IdSource* ids = nullptr;
    // Called after a commit with the new size of a unit's ledger. Must not block.
    std::function<void(const std::string& unit_id, int64_t size)> on_growth;
    obs::StorageMetrics metrics = {};
  };

  Writer(Environment environment, Options options);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  absl::Status Start();
  // Answers what is queued, then stops. Later changes are refused.
  void Stop();

  // Queues a change. A full queue, or a deadline that has passed, is answered at once.
  void Submit(Mutation mutation);
  // How many changes may wait, of a unit or of all.
  size_t queue() const { return static_cast<size_t>(options_.queue); }

 private:
  class Lane;
  const Environment environment_;
  const Options options_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace lianfang::store
