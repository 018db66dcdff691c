// Tells the watchers of a service's ledgers which ones have grown: from a thread of its own, so
// that the writer does no network work, and not more often than some times a second, so that a
// burst of commits is one message a unit.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/rpc/serve.h"

namespace lianfang::server {

class HeadHub {
 public:
  // One watcher's view: the heads that it has not been told yet, the newest of each unit.
  class Subscription final : public rpc::StreamSource {
   public:
    // `covers` says whether the watcher may know of a unit.
    Subscription(rpc::Waker waker, std::function<bool(absl::string_view)> covers);
    void Push(const std::string& unit_id, int64_t size);
    // Ends the stream: the server stops.
    void Close();
    Step Next(google::protobuf::Message* message, absl::Status* result) override;

   private:
    const rpc::Waker waker_;
    const std::function<bool(absl::string_view)> covers_;
    std::mutex mutex_;
    std::map<std::string, int64_t> pending_;  // under mutex_
    bool closed_ = false;                     // under mutex_
  };

  HeadHub();
  ~HeadHub();
  HeadHub(const HeadHub&) = delete;
  HeadHub& operator=(const HeadHub&) = delete;

  std::shared_ptr<Subscription> Subscribe(rpc::Waker waker,
                                          std::function<bool(absl::string_view)> covers);
  void Grew(const std::string& unit_id, int64_t size);
  // Ends all streams, so that an orderly stop does not wait for them.
  void Close();

 private:
  void Loop();
  std::vector<std::shared_ptr<Subscription>> Live();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::string, int64_t> grown_;                    // not told yet, under mutex_
  std::vector<std::weak_ptr<Subscription>> subscriptions_;  // under mutex_
  bool closed_ = false;                                     // under mutex_
  std::thread thread_;
};

}  // namespace lianfang::server
