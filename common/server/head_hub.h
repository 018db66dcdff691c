// Tells the watchers of a service's ledgers which ones have grown.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
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

  std::shared_ptr<Subscription> Subscribe(rpc::Waker waker,
                                          std::function<bool(absl::string_view)> covers);
  void Grew(const std::string& unit_id, int64_t size);
  // Ends all streams, so that an orderly stop does not wait for them.
  void Close();

 private:
  std::vector<std::shared_ptr<Subscription>> Live();

  std::mutex mutex_;
  std::vector<std::weak_ptr<Subscription>> subscriptions_;  // under mutex_
  bool closed_ = false;                                     // under mutex_
};

}  // namespace lianfang::server
