// Brings decisions to the members, again and again until they answer. What is to be sent stands in
// the database: a sender that starts anew finds it there.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/aggregator/pull/fetcher.h"
#include "services/aggregator/pull/puller.h"

namespace lianfang::aggregator {

class SuperiorSender {
 public:
  // Called once, with the task as it is stored after an attempt.
  using Done = std::function<void(absl::StatusOr<aggregation::v1::SuperiorTask>)>;

  SuperiorSender(std::shared_ptr<Puller> puller, std::shared_ptr<Fetcher> fetcher);
  ~SuperiorSender();
  SuperiorSender(const SuperiorSender&) = delete;
  SuperiorSender& operator=(const SuperiorSender&) = delete;

  // Looks for what is to be sent, now and from time to time.
  void Start();
  // Ends the looking; what is being sent ends with the fetcher and the puller.
  void Stop();

  // Sends a decided task now, in one of the puller's threads; later attempts follow by themselves.
  void Send(const aggregation::v1::SuperiorTask& task, absl::Duration timeout, Done done);

  // The member answers again: what waits for it is sent now.
  void Wake(const std::string& member);

 private:
  // When a member is tried again.
  struct Pause {
    absl::Time until = absl::InfinitePast();
    int failures = 0;
  };

  void Loop();
  // Sends what is due; when to look again.
  absl::StatusOr<absl::Time> Round();
  absl::StatusOr<aggregation::v1::SuperiorTask> Attempt(const std::string& name,
                                                        absl::Duration timeout);
  void Note(const std::string& task, const std::string& member, bool reached);

  const std::shared_ptr<Puller> puller_;
  const std::shared_ptr<Fetcher> fetcher_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;                // under mutex_
  bool look_ = false;                    // under mutex_
  std::set<std::string> under_way_;      // names of tasks, under mutex_
  std::map<std::string, Pause> pauses_;  // by member, under mutex_
  std::thread thread_;
};

}  // namespace lianfang::aggregator
