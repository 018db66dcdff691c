// Whether one hosted service can do its work: its database answers a read and takes a write, and
// what it follows was caught up with since the start. Found out by doing it, every few seconds; so
// it comes back by itself.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/follow/follower.h"
#include "common/obs/metrics.h"
#include "common/sql/database.h"

namespace lianfang::server {

class Readiness {
 public:
  using Measure = std::function<absl::Status(sql::Connection&)>;
  struct Environment {
    std::string service;
    sql::Database* database = nullptr;
    // Where keys and the engine's files are.
    std::string data_dir;
    // By the name of the service that is followed.
    std::vector<std::pair<std::string, follow::Follower*>> followers;
    std::vector<Measure> measures;
    obs::Metrics* metrics = nullptr;
  };

  explicit Readiness(Environment environment);
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  void Start();
  // Waits for a trial that runs; drivers bound it.
  void Stop();

  const std::string& service() const { return environment_.service; }

  // Brings the gauges up to date; for one thread. OK: ready; otherwise why not, for the log.
  absl::Status Judge(absl::Time now);

  // Asks for a trial with measures at once.
  void Request();
  // Waits until what was requested is done, no longer than until `deadline`.
  void AwaitRequested(absl::Time deadline);

 private:
  struct Followed {
    follow::Follower* follower;
    std::string upstream;
    obs::Gauge* behind;
    obs::Gauge* furthest;
    obs::Gauge* units;
    obs::Gauge* level;
    obs::Counter* failures;
  };

  void Loop();
  // Of the trying thread only.
  absl::Status Try(bool measure);
  absl::Status TryDisk() const;
  absl::Status CountLedgers() const;

  const Environment environment_;
  obs::Gauge* const ready_;
  obs::Gauge* const database_up_;
  obs::Gauge* const free_bytes_;
  obs::Gauge* const entries_;
  obs::Gauge* const units_;
  std::vector<Followed> followed_;
  std::unique_ptr<sql::Connection> connection_;  // of the trying thread

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  bool stopping_ = false;  // under mutex_
  int64_t requested_ = 0;  // trials asked for, under mutex_
  int64_t answered_ = 0;   // of these, under mutex_
  bool trying_ = false;    // under mutex_
  absl::Time since_;       // when the running trial began, under mutex_
  absl::Status outcome_;   // of the last trial, under mutex_
  std::thread thread_;
};

}  // namespace lianfang::server
