// Follows the ledgers of another service: every entry is applied exactly once, in order, whoever
// does it and wherever it is killed, because the position is written in the transaction of what the
// entry brought about. Recomputes the Merkle root as it goes and compares it with the upstream's
// checkpoints: the first verifier.
//
// It works in rounds over the units that have grown. When nobody waits for it, it rests three times
// as long as a round took (at most kLongestRest): a burst of changes then arrives in few, large
// pages, and the service that takes them keeps the processor. After a round that could not take all
// that there was, a longer rest would gather nothing more: it is as long as the round. Whoever
// waits ends the rest.
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

#include "common/follow/catch_up.h"

namespace lianfang::follow {

class Follower final : public rpc::Freshness {
 public:
  // `pins_key`, `copies`: see Following.
  Follower(rpc::Service* host, std::string upstream, client::Client* client, Apply apply,
           bool pins_key, std::vector<const store::RecordKind*> copies);
  ~Follower() override;
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  void Start();
  void Stop();

  // How the follower stands to its upstream.
  struct Standing {
    int64_t units = 0;     // whose ledgers are followed
    int64_t behind = 0;    // entries not applied yet, of all units
    int64_t furthest = 0;  // the same of the unit that is behind most
    int64_t failures = 0;  // rounds over a unit that failed, since the start
    // When it was last known to have all that the upstream has; before that, when it started.
    absl::Time level;
    // Whether every unit was caught up with once since the start, those apart whose ledgers were
    // refused: what is wrong with one unit must not stop the others.
    bool caught_up = false;
  };
  Standing GetStanding();
  const std::string& upstream() const { return following_.upstream; }

  void Await(const std::string& unit_id, int64_t sequence, absl::Time deadline,
             std::function<void(absl::Status)> done) override;

 private:
  // `sequence` 0: all that the upstream has when the next round looks.
  struct Waiter {
    int64_t sequence;
    absl::Time deadline;
    std::function<void(absl::Status)> done;
  };
  // A unit in a round.
  struct Turn {
    std::string unit_id;
    std::vector<Waiter> now_waiting;  // those who want all that there is now
    absl::StatusOr<std::unique_ptr<CatchUp>> run = absl::UnavailableError("not started");
    bool put_off = false;  // for the next round, because this one has enough
  };

  void WatchLoop();
  void WorkLoop();
  // Waits for something to do, no longer than a waiter's deadline can wait; may return nothing.
  std::vector<Turn> NextRound(absl::Time rest_until);
  // Whether there was more than the round may take.
  bool Run(std::vector<Turn>& round);
  // Gives the turns that were put off back to the queue, before all others and in their order.
  void PutBack(std::vector<Turn>& round);
  // What a turn came to: tells its waiters, plans what is left.
  void Settle(Turn& turn);
  void ExpireWaiters(absl::Time now);
  void Enqueue(const std::string& unit_id);       // under mutex_
  int64_t Lag(const std::string& unit_id) const;  // under mutex_
  // Whether the watch has been open for long enough to have told of all heads. Under mutex_.
  bool Watching(absl::Time now) const;
  bool Stopping();

  Following following_;
  std::map<std::string, Progress> known_;  // of the work thread only; what the database holds

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::string> queue_;           // units to look at, under mutex_
  std::set<std::string> queued_;            // the same, under mutex_
  bool urgent_ = false;                     // somebody waits, under mutex_
  std::map<std::string, int64_t> reached_;  // under mutex_
  std::map<std::string, int64_t> heads_;    // sizes heard of, under mutex_
  std::set<std::string> behind_;            // units with a lag, under mutex_
  std::set<std::string> refused_;           // of these, whose ledger was refused, under mutex_
  int64_t failures_ = 0;                    // under mutex_
  absl::Time level_;                        // under mutex_
  bool caught_up_ = false;                  // under mutex_
  absl::Time watching_since_;               // under mutex_
  std::map<std::string, std::vector<Waiter>> waiters_;  // under mutex_
  std::map<std::string, absl::Time> retry_;             // failed units, under mutex_
  grpc::ClientContext* watching_ = nullptr;             // under mutex_
  bool stopping_ = false;                               // under mutex_
  std::thread watch_thread_;
  std::thread work_thread_;
};

}  // namespace lianfang::follow
