// Follows the ledgers of another service: every entry is applied exactly once, in order, whoever
// does it and wherever it is killed, because the position is written in the transaction of what the
// entry brought about. Recomputes the Merkle root as it goes and compares it with the upstream's
// checkpoints: the first verifier.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/client/client.h"
#include "common/ledger/merkle.h"
#include "common/rpc/service.h"
#include "common/store/write_tx.h"
#include "lianfang/internal/v1/state.pb.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"

namespace lianfang::follow {

using Apply = std::function<absl::Status(store::WriteTx&, const ledger::v1::EntryHeader&,
                                         const ledger::v1::EntryContent&)>;

class Follower final : public rpc::Freshness {
 public:
  Follower(rpc::Service* host, std::string upstream, client::Client* client, Apply apply);
  ~Follower() override;
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  void Start();
  void Stop();

  void Await(const std::string& unit_id, int64_t sequence, absl::Time deadline,
             std::function<void(absl::Status)> done) override;

 private:
  struct Waiter {
    int64_t sequence;
    absl::Time deadline;
    std::function<void(absl::Status)> done;
  };

  void WatchLoop();
  void WorkLoop();
  // Applies what the upstream has now; returns the position reached.
  absl::StatusOr<int64_t> CatchUp(const std::string& unit_id);
  absl::StatusOr<internal::v1::FollowPosition> ReadPosition(const std::string& unit_id);
  // Submits the entries of one page, waits for all, and moves `position` as far as they went.
  absl::Status ApplyPage(const std::string& unit_id, const std::vector<ledger::v1::Entry>& entries,
                         const std::string& checkpoint, int64_t checkpoint_size,
                         ledger::Frontier* frontier);
  absl::Status StoreCheckpoint(const std::string& unit_id, const std::string& checkpoint,
                               int64_t checkpoint_size);
  void ExpireWaiters(absl::Time now);
  bool Stopping();

  rpc::Service* const host_;
  const std::string upstream_;
  client::Client* const client_;
  const Apply apply_;
  const std::shared_ptr<const auth::Identity> identity_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::string> queue_;                       // units to look at, under mutex_
  std::set<std::string> queued_;                        // the same, under mutex_
  std::map<std::string, int64_t> reached_;              // under mutex_
  std::map<std::string, std::vector<Waiter>> waiters_;  // under mutex_
  std::map<std::string, absl::Time> retry_;             // failed units, under mutex_
  grpc::ClientContext* watching_ = nullptr;             // under mutex_
  bool stopping_ = false;                               // under mutex_
  std::thread watch_thread_;
  std::thread work_thread_;
};

}  // namespace lianfang::follow
