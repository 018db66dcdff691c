// Pulling members: ask, judge, store what became of the member. Runs in threads of its own, since
// it waits for others; in neither gRPC's threads nor the writer's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "common/auth/identity.h"
#include "common/base/clock.h"
#include "common/rpc/read_pool.h"
#include "common/rpc/service.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::aggregator {

class Puller {
 public:
  // Asks a member; may block. CANCELLED means that the pull shall leave no trace, every other error
  // that the member could not be reached.
  using Fetch = std::function<absl::StatusOr<reporting::v1::GetUnitReportResponse>(
      const aggregation::v1::Member&)>;
  // Called once, in any thread, also in the caller's.
  using Done = std::function<void(absl::StatusOr<aggregation::v1::PullMemberResponse>)>;

  // Who pulls, for the ledger.
  struct Caller {
    std::shared_ptr<const auth::Identity> identity;
    std::string method;  // full name
  };

  // `host`, `clock` and `metrics` must outlive the puller. At most `threads` members are asked at a
  // time.
  Puller(rpc::Service* host, const Clock* clock, Fetch fetch, int threads, obs::Metrics* metrics);
  ~Puller();
  Puller(const Puller&) = delete;
  Puller& operator=(const Puller&) = delete;

  // Pulls the member with this name. A member that is not trusted is answered as it is and not
  // asked: nothing that it says would be used. Errors: RESOURCE_NOT_FOUND; OVERLOADED;
  // ETAG_MISMATCH when other pulls of the member got in between each time; CANCELLED when stopped.
  void Pull(std::string name, Caller caller, Done done);

  // Runs a job that waits for others in one of the threads, with OK; or here, at once, with the
  // error that there is no room.
  void Run(std::function<void(absl::Status)> job);

  // Waits for the jobs that run or wait. The caller sees to it that fetches end.
  void Stop();

  // When a pull of the member was last verified by this process, whether it brought anything new or
  // not; 1970 when none was.
  absl::Time VerifiedAt(const std::string& name);

  int threads() const { return threads_; }
  rpc::Service& host() { return *host_; }

 private:
  struct Job;
  void Submit(std::shared_ptr<Job> job);
  void Work(const std::shared_ptr<Job>& job);
  absl::StatusOr<aggregation::v1::Member> Read(const std::string& name);

  rpc::Service* const host_;
  const Clock* const clock_;
  const Fetch fetch_;
  const int threads_;
  std::mutex mutex_;
  std::map<std::string, absl::Time> verified_;  // by member, under mutex_
  rpc::ReadPool pool_;
};

}  // namespace lianfang::aggregator
