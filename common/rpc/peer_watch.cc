#include "common/rpc/peer_watch.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/base/thread_name.h"

namespace lianfang::rpc {
namespace {

// What a connection's windows hold anyway is not worth watching.
constexpr size_t kLargeAnswer = size_t{64} << 10;
constexpr absl::Duration kShortestRound = absl::Milliseconds(20);
constexpr absl::Duration kLongestRound = absl::Seconds(5);

}  // namespace

int64_t PeerWait::Now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void PeerWait::Over() {
  const std::lock_guard lock(mutex_);
  context_ = nullptr;
}

bool PeerWait::CutAfter(int64_t nanoseconds) {
  const int64_t since = since_.load(std::memory_order_relaxed);
  if (since == 0 || Now() - since < nanoseconds) return false;
  const std::lock_guard lock(mutex_);
  if (context_ == nullptr) return false;
  context_->TryCancel();
  Goes();
  return true;
}

PeerWatch::PeerWatch(absl::Duration patience, std::function<void()> on_cut)
    : patience_(patience), on_cut_(std::move(on_cut)), thread_([this] { Loop(); }) {}

PeerWatch::~PeerWatch() {
  stop_.Stop();
  thread_.join();
}

std::shared_ptr<PeerWait> PeerWatch::Watch(grpc::CallbackServerContext* context) {
  auto wait = std::make_shared<PeerWait>(context);
  const std::lock_guard lock(mutex_);
  waits_.push_back(wait);
  return wait;
}

std::vector<std::shared_ptr<PeerWait>> PeerWatch::Living() {
  std::vector<std::shared_ptr<PeerWait>> living;
  const std::lock_guard lock(mutex_);
  living.reserve(waits_.size());
  std::erase_if(waits_, [&living](const std::weak_ptr<PeerWait>& weak) {
    auto wait = weak.lock();
    if (wait == nullptr) return true;
    living.push_back(std::move(wait));
    return false;
  });
  return living;
}

void PeerWatch::Loop() {
  NameThread("peer-watch");
  const absl::Duration round = std::clamp(patience_ / 4, kShortestRound, kLongestRound);
  while (stop_.Rest(round)) {
    for (const auto& wait : Living()) {
      if (wait->CutAfter(absl::ToInt64Nanoseconds(patience_)) && on_cut_) on_cut_();
    }
  }
}

void UnaryAnswer::Send(const grpc::Status& status, size_t bytes) {
  if (watch_ != nullptr && bytes >= kLargeAnswer) {
    wait_ = watch_->Watch(context_);
    wait_->Begin();
  }
  end_.Finish(this, status);
}

void UnaryAnswer::OnDone() {
  if (wait_ != nullptr) wait_->Over();
  delete this;
}

}  // namespace lianfang::rpc
