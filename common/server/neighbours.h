// What other processes over the same databases write: their changes reach this process by no
// message, so the heads of ledgers and what holds of accounts are looked at again and again. The
// watchers of this process hear of them, and a token or a program that is refused there is refused
// here soon after.
#pragma once

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/auth/access_state.h"
#include "common/base/clock.h"
#include "common/base/stop_signal.h"
#include "common/rpc/service.h"
#include "common/server/head_hub.h"

namespace lianfang::server {

class Neighbours {
 public:
  // A service whose database others may write too.
  struct Shared {
    rpc::Service* service = nullptr;
    HeadHub* hub = nullptr;
    bool accounts = false;  // its database keeps what holds of accounts
  };

  Neighbours(const Clock* clock, auth::AccessState* access) : clock_(clock), access_(access) {}
  ~Neighbours() { Stop(); }
  Neighbours(const Neighbours&) = delete;
  Neighbours& operator=(const Neighbours&) = delete;

  // Does nothing without shared services. What they point to must outlive this object.
  void Start(std::vector<Shared> shared);
  // Idempotent.
  void Stop();

 private:
  void Loop();
  // One look at everything; stops at the first service that cannot be read.
  absl::Status Look();
  absl::Status LookAtHeads(const Shared& shared, std::map<std::string, int64_t>* known);

  const Clock* const clock_;
  auth::AccessState* const access_;
  std::vector<Shared> shared_;
  std::vector<std::map<std::string, int64_t>> heads_;  // sizes by unit, of each shared service
  StopSignal stop_;
  std::thread thread_;
};

}  // namespace lianfang::server
