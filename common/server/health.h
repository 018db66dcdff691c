// The health that a server tells: `lianfang.{service}` of each service that it hosts, `lianfang` of
// all of them together. That the process lives is said by the empty name, which is not of here.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/base/stop_signal.h"
#include "common/server/readiness.h"

namespace lianfang::server {

class Health {
 public:
  // Called with a name and whether it is serving, first with false, then at every change.
  using Tell = std::function<void(const std::string& name, bool serving)>;

  Health(obs::Metrics* metrics, std::vector<Readiness::Environment> services, Tell tell);
  ~Health();
  Health(const Health&) = delete;
  Health& operator=(const Health&) = delete;

  void Start();
  // Tells nothing any more. Does not wait for any database.
  void StopTelling();
  // Ends everything; waits for what is being tried.
  void Stop();

 private:
  struct Known {
    std::unique_ptr<Readiness> readiness;
    bool serving = false;
    absl::Time logged;  // when it was last said why it is not
  };

  void Loop();
  void JudgeAll(absl::Time now);

  const Tell tell_;
  std::vector<Known> services_;
  bool all_serving_ = false;
  std::shared_ptr<void> measuring_;
  StopSignal stop_;
  std::thread thread_;
};

}  // namespace lianfang::server
