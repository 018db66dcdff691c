// How one service's database is counted: by its writer and its driver. Small, to be copied. An
// object made by default counts nowhere, for tests and tools. Every method may be called from any
// thread and costs a few nanoseconds.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace lianfang::obs {

class Counter;
class Gauge;
class Histogram;
class Metrics;

// Why a transaction was run again.
enum class RetryCause {
  kDeadlock,       // the engine chose it as a victim, or a cluster refused its certification
  kLost,           // the connection broke before the commit
  kUnknownCommit,  // the connection broke during the commit: what became of it was looked up
  kDuplicate,      // another replica wrote the same key first
  kData,           // the engine refused data: the batch was run again change by change
};

class StorageMetrics {
 public:
  StorageMetrics() = default;
  // `engine` as in sql::Dialect::name. `metrics` must outlive the copies.
  StorageMetrics(Metrics* metrics, const std::string& service, const std::string& engine);

  // A transaction was committed with so many changes, `took` from its begin.
  void Committed(int64_t changes, absl::Duration took) const;
  // A transaction was given up: its changes were answered with an error.
  void Failed() const;
  void Retried(RetryCause cause) const;

  // Changes came into the writers' queues (negative: were taken out of them).
  void Queued(int64_t change) const;
  // A change was refused since the queue was full or the writer had stopped.
  void Refused() const;
  // How many changes the queues of all lanes take; said once.
  void QueueCapacity(int64_t changes) const;

  void ConnectionOpened() const;
  void ConnectionClosed() const;
  // One attempt at one host failed.
  void ConnectFailed() const;

 private:
  static constexpr int kCauses = 5;
  Counter* committed_ = nullptr;
  Counter* failed_ = nullptr;
  Histogram* took_ = nullptr;
  Histogram* batch_ = nullptr;
  Counter* retries_[kCauses] = {};
  Gauge* queued_ = nullptr;
  Gauge* capacity_ = nullptr;
  Counter* refused_ = nullptr;
  Counter* opened_ = nullptr;
  Gauge* open_ = nullptr;
  Counter* connect_failed_ = nullptr;
};

}  // namespace lianfang::obs
