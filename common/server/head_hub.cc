#include "common/server/head_hub.h"

#include <algorithm>
#include <chrono>

#include "common/base/resource_name.h"
#include "common/base/thread_name.h"
#include "common/status/error.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::server {
namespace {

// Longer than a batch of the writer takes: who follows many units that all grow is then told of
// each some times a second, not with each batch. Nobody waits for this: who needs what was just
// written asks for it (see follow::Follower::Await).
constexpr std::chrono::milliseconds kTellInterval{50};

}  // namespace

HeadHub::Subscription::Subscription(rpc::Waker waker, std::function<bool(absl::string_view)> covers)
    : waker_(std::move(waker)), covers_(std::move(covers)) {}

void HeadHub::Subscription::Push(const std::string& unit_id, int64_t size) {
  if (!covers_(unit_id)) return;
  {
    const std::lock_guard lock(mutex_);
    int64_t& known = pending_[unit_id];
    known = std::max(known, size);
  }
  waker_();
}

void HeadHub::Subscription::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  waker_();
}

rpc::StreamSource::Step HeadHub::Subscription::Next(google::protobuf::Message* message,
                                                    absl::Status* result) {
  const std::lock_guard lock(mutex_);
  if (closed_) {
    *result = MakeError(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE, "服务器正在停止。",
                        "The server is stopping.");
    return Step::kDone;
  }
  if (pending_.empty()) return Step::kWait;
  const auto first = pending_.begin();
  auto* head = static_cast<ledger::v1::WatchHeadsResponse*>(message);
  head->set_unit(UnitName(first->first));
  head->set_size(first->second);
  pending_.erase(first);
  return Step::kMessage;
}

std::shared_ptr<HeadHub::Subscription> HeadHub::Subscribe(
    rpc::Waker waker, std::function<bool(absl::string_view)> covers) {
  auto subscription = std::make_shared<Subscription>(std::move(waker), std::move(covers));
  const std::lock_guard lock(mutex_);
  if (closed_) subscription->Close();
  std::erase_if(subscriptions_, [](const auto& known) { return known.expired(); });
  subscriptions_.push_back(subscription);
  return subscription;
}

std::vector<std::shared_ptr<HeadHub::Subscription>> HeadHub::Live() {
  std::vector<std::shared_ptr<Subscription>> live;
  const std::lock_guard lock(mutex_);
  for (const auto& known : subscriptions_) {
    if (auto subscription = known.lock()) live.push_back(std::move(subscription));
  }
  return live;
}

void HeadHub::Grew(const std::string& unit_id, int64_t size) {
  const std::lock_guard lock(mutex_);
  // Of a batch the first is enough.
  if (grown_.empty()) wake_.notify_all();
  int64_t& known = grown_[unit_id];
  known = std::max(known, size);
}

HeadHub::HeadHub() : thread_([this] { Loop(); }) {}

HeadHub::~HeadHub() { Close(); }

void HeadHub::Loop() {
  NameThread("heads");
  std::unique_lock lock(mutex_);
  while (!closed_) {
    wake_.wait(lock, [this] { return closed_ || !grown_.empty(); });
    std::map<std::string, int64_t> grown;
    grown.swap(grown_);
    lock.unlock();
    for (const auto& subscription : Live()) {
      for (const auto& [unit_id, size] : grown) subscription->Push(unit_id, size);
    }
    lock.lock();
    wake_.wait_for(lock, kTellInterval, [this] { return closed_; });
  }
}

void HeadHub::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  for (const auto& subscription : Live()) subscription->Close();
}

}  // namespace lianfang::server
