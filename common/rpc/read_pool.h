// Threads that read: bounded in number and in what may wait.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/base/fair_queue.h"
#include "common/obs/metrics.h"
#include "common/obs/trace.h"

namespace lianfang::rpc {

class ReadPool {
 public:
  struct Options {
    int threads = 4;
    int queue = 1024;
    // Where the pool is counted, under this name; null: nowhere.
    obs::Metrics* metrics = nullptr;
    std::string name;
  };
  explicit ReadPool(Options options);
  ~ReadPool();
  ReadPool(const ReadPool&) = delete;
  ReadPool& operator=(const ReadPool&) = delete;

  // Runs `job(OK)` in one of the threads, for the call that the calling thread works for and in the
  // share of `caller` (see auth::ShareOf). A full queue or a stopped pool: `job`, or that of
  // whoever has most in the queue, gets OVERLOADED at once, here; a deadline that passes while it
  // waits: DEADLINE_EXCEEDED. `job` is called exactly once.
  void Submit(const std::string& caller, absl::Time deadline,
              std::function<void(absl::Status)> job);

  // Runs what waits, then stops.
  void Stop();

 private:
  struct Job {
    absl::Time deadline;
    obs::TraceContext trace;
    std::function<void(absl::Status)> run;
  };
  void Loop();

  const Options options_;
  obs::Gauge* depth_ = nullptr;
  obs::Counter* refused_ = nullptr;
  std::mutex mutex_;
  std::condition_variable work_;
  FairQueue<Job> queue_;   // under mutex_
  bool stopping_ = false;  // under mutex_
  std::vector<std::thread> threads_;
};

}  // namespace lianfang::rpc
