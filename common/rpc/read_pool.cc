#include "common/rpc/read_pool.h"

#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "common/base/thread_name.h"
#include "common/obs/metric_table.h"
#include "common/status/error.h"

namespace lianfang::rpc {

ReadPool::ReadPool(Options options) : options_(std::move(options)), queue_(options_.queue) {
  if (options_.metrics != nullptr) {
    depth_ = options_.metrics->GetGauge(obs::kReadQueueDepth, {options_.name});
    refused_ = options_.metrics->GetCounter(obs::kReadsRefused, {options_.name});
    options_.metrics->GetGauge(obs::kReadQueueCapacity, {options_.name})->Set(options_.queue);
  }
  threads_.reserve(options_.threads);
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Loop(); });
}

ReadPool::~ReadPool() { Stop(); }

void ReadPool::Submit(const std::string& caller, absl::Time deadline,
                      std::function<void(absl::Status)> job) {
  std::optional<Job> refused(Job{deadline, obs::CurrentTrace(), std::move(job)});
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      refused = queue_.Push(caller, *std::move(refused));
      if (depth_ != nullptr) depth_->Set(static_cast<int64_t>(queue_.size()));
      work_.notify_one();
    }
  }
  if (!refused) return;
  if (refused_ != nullptr) refused_->Add();
  const obs::ScopedTrace scope(refused->trace);
  refused->run(ErrorBuilder(common::v1::ERROR_REASON_OVERLOADED, "服务器正忙，请稍后重试。",
                            "The server is busy; try again later.")
                   .RetryAfter(absl::Milliseconds(200)));
}

void ReadPool::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void ReadPool::Loop() {
  NameThread("read");
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      job = queue_.Pop();
      if (depth_ != nullptr) depth_->Set(static_cast<int64_t>(queue_.size()));
    }
    const obs::ScopedTrace scope(job.trace);
    if (absl::Now() >= job.deadline) {
      job.run(MakeError(common::v1::ERROR_REASON_DEADLINE_EXCEEDED, "等待时间已过。",
                        "The deadline passed before the call could be served."));
    } else {
      job.run(absl::OkStatus());
    }
  }
}

}  // namespace lianfang::rpc
