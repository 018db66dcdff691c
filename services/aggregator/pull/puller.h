// Pulling members: ask, judge, store what became of the member. Runs in threads of its own, since
// it waits for others; in neither gRPC's threads nor the writer's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/auth/identity.h"
#include "common/base/clock.h"
#include "common/rpc/read_pool.h"
#include "common/rpc/service.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "services/aggregator/domain/witness.h"

namespace lianfang::aggregator {

class Puller {
 public:
  // Asks a member; may block. CANCELLED means that the pull shall leave no trace, every other error
  // that the member could not be reached.
  using Fetch = std::function<absl::StatusOr<reporting::v1::GetUnitReportResponse>(
      const aggregation::v1::Member&)>;
  // Brings a member the checkpoints that this aggregator has cosigned; may block, for a bounded
  // time. False when the member could not be reached, and it is worth trying again.
  using Deliver = std::function<bool(const aggregation::v1::Member&,
                                     const std::vector<aggregation::v1::VerifiedCheckpoint>&)>;
  // How members are spoken to, and what their checkpoints are signed with.
  struct Environment {
    Fetch fetch;
    Deliver deliver;
    crypto::Ed25519PrivateKey witness_key;
  };
  // Called once, in any thread, also in the caller's.
  using Done = std::function<void(absl::StatusOr<aggregation::v1::PullMemberResponse>)>;

  // Who pulls, for the ledger.
  struct Caller {
    std::shared_ptr<const auth::Identity> identity;
    std::string method;  // full name
  };

  // `host`, `clock` and `metrics` must outlive the puller. At most `threads` members are asked at a
  // time.
  Puller(rpc::Service* host, const Clock* clock, Environment environment, int threads,
         obs::Metrics* metrics);
  ~Puller();
  Puller(const Puller&) = delete;
  Puller& operator=(const Puller&) = delete;

  // Pulls the member with this name. A member that is not trusted is answered as it is and not
  // asked: nothing that it says would be used. Errors: RESOURCE_NOT_FOUND; OVERLOADED;
  // ETAG_MISMATCH when other pulls of the member got in between each time; CANCELLED when stopped.
  void Pull(std::string name, Caller caller, Done done);

  // Called after every pull that was verified, in a thread that may not wait long; `changed`: it
  // brought something new. Set before the first pull.
  using Verified = std::function<void(const aggregation::v1::Member&, const Caller&, bool changed)>;
  void OnVerified(Verified verified) { verified_ = std::move(verified); }

  // Runs a job that waits for others in one of the threads, with OK; or here, at once, with the
  // error that there is no room.
  void Run(std::function<void(absl::Status)> job);

  // Waits for the jobs that run or wait. The caller sees to it that fetches end.
  void Stop();

  // When a pull of the member was last verified by this process, whether it brought anything new or
  // not; 1970 when none was.
  absl::Time VerifiedAt(const std::string& name);

  // Adds to a stored member what holds at this moment: its lag, and how often it has failed.
  void Complete(aggregation::v1::Member* member);

  int threads() const { return threads_; }
  rpc::Service& host() { return *host_; }

 private:
  struct Job;
  void Submit(std::shared_ptr<Job> job);
  void Work(const std::shared_ptr<Job>& job);
  void Remember(const aggregation::v1::Member& before, const Pulled& pulled);
  // Answers with a member as it is stored.
  void Answer(const Job& job, aggregation::v1::Member member, bool unchanged);
  // Brings the member what is new since `before`, or all that it did not take the last time.
  void BringCosignatures(const aggregation::v1::Member& before,
                         const aggregation::v1::Member& member);
  absl::StatusOr<aggregation::v1::Member> Read(const std::string& name);

  void TellVerified(const Job& job, const aggregation::v1::Member& member, bool changed);

  rpc::Service* const host_;
  Verified verified_;
  const Clock* const clock_;
  const Environment environment_;
  const int threads_;
  std::mutex mutex_;
  // A pull that brings nothing new, or fails as the one before, is not on the ledger: this process
  // remembers it.
  struct Seen {
    absl::Time verified = absl::UnixEpoch();
    int failures = 0;  // since then
    // The member may not have got the newest cosignatures: it did not take them, or this process
    // does not know whether the one before it was still able to bring them.
    bool undelivered = true;
  };
  std::map<std::string, Seen> seen_;  // by member, under mutex_
  rpc::ReadPool pool_;
};

}  // namespace lianfang::aggregator
