// One page of one unit's ledger on its way from the upstream into the host's database: fetched,
// checked as a whole, handed to the writer entry by entry.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/client/client.h"
#include "common/ledger/merkle.h"
#include "common/rpc/service.h"
#include "common/store/write_tx.h"
#include "lianfang/internal/v1/state.pb.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::follow {

using Apply = std::function<absl::Status(store::WriteTx&, const ledger::v1::EntryHeader&,
                                         const ledger::v1::EntryContent&)>;

// Who follows whom.
struct Following {
  rpc::Service* host = nullptr;
  std::string upstream;
  client::Client* client = nullptr;
  Apply apply;
  std::shared_ptr<const auth::Identity> identity;  // the host's own
  // Whether the key that signs its checkpoints must be the one known, or what that was handed over
  // to. Not of a service of the same process: whoever has lost the key must be able to go on.
  bool pins_key = true;
  // What the host keeps of followed ledgers: an entry about a record is likely to be compared with
  // what is kept of it.
  std::vector<const store::RecordKind*> copies;
};

// How far the host is with one unit's ledger.
struct Progress {
  int64_t sequence = 0;         // entries applied
  ledger::Frontier frontier;    // right edge of the tree at `sequence`
  int64_t checkpoint_size = 0;  // size of the stored checkpoint
  std::string checkpoint;       // as stored
  std::string verifier_key;     // that has signed it; empty when none is known yet
};

// Reads the progress that the host's database holds.
absl::StatusOr<Progress> StoredProgress(const Following& following, const std::string& unit_id);

class CatchUp {
 public:
  // Fetches the newest checkpoint and the entries after `from`, at most one page and at most
  // `most`, checks them against each other, and hands them to the writer without waiting for it.
  static absl::StatusOr<std::unique_ptr<CatchUp>> Start(const Following& following,
                                                        const std::string& unit_id, Progress from,
                                                        size_t most);

  // Size of the upstream's ledger at the start.
  int64_t size() const { return size_; }
  // How many entries it handed to the writer.
  size_t entries() const { return entries_.size(); }

  // Waits for the writer. Where it stands now; after an error, ask the database again.
  absl::StatusOr<Progress> Finish();

 private:
  CatchUp(const Following& following, std::string unit_id, Progress from);

  absl::Status Fetch(size_t most);
  // Keeps what signs the upstream's checkpoints, if it is to be trusted.
  absl::Status TakeKey(const ledger::v1::GetCheckpointResponse& head);
  // Puts the newest checkpoint into the stored position.
  void SetCheckpoint(internal::v1::FollowPosition* position) const;
  // Lets the host's view of the directory become at least as new as the entries: what they bring
  // about (who reviews, whose record it is) must not be decided by who was who before.
  void AwaitDirectory() const;
  // Answers of the writer that are still to come are counted in `open_`.
  void SubmitEntries();
  void SubmitCheckpoint();
  void Submit(store::Mutation mutation);
  store::Mutation NewMutation() const;

  // Shared with the writer's answers.
  struct Answers {
    std::mutex mutex;
    std::condition_variable all;
    size_t open = 0;      // under mutex
    absl::Status status;  // under mutex; the first error
  };

  const Following& following_;
  const std::string unit_id_;
  Progress progress_;
  int64_t size_ = 0;
  std::string checkpoint_;
  std::vector<std::string> key_handovers_;
  // With their entries' headers and contents parsed.
  struct Checked {
    ledger::v1::EntryHeader header;
    ledger::v1::EntryContent content;
    std::string header_bytes;
  };
  std::vector<std::shared_ptr<Checked>> entries_;
  std::shared_ptr<Answers> answers_ = std::make_shared<Answers>();
};

}  // namespace lianfang::follow
