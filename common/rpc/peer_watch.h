// Ends calls whose peer keeps them waiting: one who takes nothing of what he asked for, or sends
// nothing of what he began, holds memory and a place that others need.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "common/base/stop_signal.h"
#include "grpcpp/alarm.h"
#include "grpcpp/grpcpp.h"

namespace lianfang::rpc {

// What one call waits for. Begin and Goes are cheap; any thread may call.
class PeerWait {
 public:
  explicit PeerWait(grpc::CallbackServerContext* context) : context_(context) {}

  // It is the peer's turn from now on.
  void Begin() { since_.store(Now(), std::memory_order_relaxed); }
  // It is not.
  void Goes() { since_.store(0, std::memory_order_relaxed); }
  // The call is over, and its context about to go.
  void Over();

 private:
  friend class PeerWatch;
  static int64_t Now();
  // Ends the call when the peer has had more than this time.
  bool CutAfter(int64_t nanoseconds);

  std::atomic<int64_t> since_{0};  // nanoseconds of the steady clock; 0: not the peer's turn
  // The library may come back to Over from within a cancellation.
  std::recursive_mutex mutex_;
  grpc::CallbackServerContext* context_;  // under mutex_; null when over
};

class PeerWatch {
 public:
  // `on_cut` is told of each call that was ended; may be empty.
  explicit PeerWatch(absl::Duration patience, std::function<void()> on_cut = nullptr);
  ~PeerWatch();
  PeerWatch(const PeerWatch&) = delete;
  PeerWatch& operator=(const PeerWatch&) = delete;

  // A wait of a call, watched as long as somebody holds it.
  std::shared_ptr<PeerWait> Watch(grpc::CallbackServerContext* context);

 private:
  void Loop();
  // The waits that are there still.
  std::vector<std::shared_ptr<PeerWait>> Living();

  const absl::Duration patience_;
  const std::function<void()> on_cut_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<PeerWait>> waits_;  // under mutex_
  StopSignal stop_;
  std::thread thread_;
};

// The end of a call. One that refuses a caller for sending too much is held back a little, so that
// whoever asks again at once does not keep the server busy with refusing. Part of the reactor that
// it ends.
class CallEnd {
 public:
  template <class Reactor>
  void Finish(Reactor* reactor, const grpc::Status& status) {
    if (status.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED) {
      reactor->Finish(status);
      return;
    }
    refusal_.emplace();
    refusal_->Set(std::chrono::system_clock::now() + kRefusalRest,
                  [reactor, status](bool) { reactor->Finish(status); });
  }

 private:
  // Shorter than what the refusals ask callers to wait.
  static constexpr std::chrono::milliseconds kRefusalRest{100};
  // Made when there is one: each takes a lock of the whole library, twice.
  std::optional<grpc::Alarm> refusal_;
};

// The answer to a unary call: a large one is watched until it is taken.
class UnaryAnswer final : public grpc::ServerUnaryReactor {
 public:
  // `watch` may be null.
  UnaryAnswer(grpc::CallbackServerContext* context, PeerWatch* watch)
      : context_(context), watch_(watch) {}

  // Finish, for an answer of so many bytes.
  void Send(const grpc::Status& status, size_t bytes);
  void OnDone() override;
  // The library keeps this to itself and its own reactors, whose ends are trivial, as this one's
  // is: it ends where the call does, and not on another thread, which is one switch less a call.
  // Should it go away there, this can go, too.
  bool InternalInlineable() override { return true; }

 private:
  grpc::CallbackServerContext* context_;
  PeerWatch* watch_;
  std::shared_ptr<PeerWait> wait_;
  CallEnd end_;
};

}  // namespace lianfang::rpc
