#include "common/server/neighbours.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/base/thread_name.h"
#include "common/directory/account_access.h"
#include "common/obs/log.h"
#include "common/store/ledger_store.h"

namespace lianfang::server {
namespace {

constexpr absl::Duration kRest = absl::Seconds(1);
// Where there is much to look at, it takes at most one part in so many of the time.
constexpr int kRestInLooks = 20;
// Heads that one query reads.
constexpr int kHeads = 1000;

}  // namespace

void Neighbours::Start(std::vector<Shared> shared) {
  if (shared.empty()) return;
  shared_ = std::move(shared);
  heads_.resize(shared_.size());
  thread_ = std::thread([this] { Loop(); });
}

void Neighbours::Stop() {
  stop_.Stop();
  if (thread_.joinable()) thread_.join();
}

void Neighbours::Loop() {
  NameThread("neighbours");
  bool failed = false;
  absl::Duration rest = kRest;
  while (stop_.Rest(rest)) {
    const absl::Time begin = absl::Now();
    const absl::Status status = Look();
    rest = std::max(kRest, kRestInLooks * (absl::Now() - begin));
    // Once for each time that the database is away.
    if (!status.ok() && !failed) {
      obs::Log(obs::Level::kWarning, "neighbours_unseen", {{"error", status.message()}});
    }
    failed = !status.ok();
  }
}

absl::Status Neighbours::Look() {
  for (size_t i = 0; i < shared_.size() && !stop_.stopped(); ++i) {
    LF_RETURN_IF_ERROR(LookAtHeads(shared_[i], &heads_[i]));
    if (!shared_[i].accounts) continue;
    LF_RETURN_IF_ERROR(shared_[i].service->readers->Read([this](sql::Connection& connection) {
      return directory::LoadAccess(connection, clock_->Now(), access_);
    }));
  }
  return absl::OkStatus();
}

absl::Status Neighbours::LookAtHeads(const Shared& shared, std::map<std::string, int64_t>* known) {
  std::string after;
  while (!stop_.stopped()) {
    std::vector<std::pair<std::string, int64_t>> heads;
    LF_RETURN_IF_ERROR(
        shared.service->readers->Read([&](sql::Connection& connection) -> absl::Status {
          LF_ASSIGN_OR_RETURN(heads, store::ListHeads(connection, after, kHeads));
          return absl::OkStatus();
        }));
    for (const auto& [unit_id, size] : heads) {
      int64_t& seen = (*known)[unit_id];
      if (size > seen) shared.hub->Grew(unit_id, size);
      seen = size;
    }
    if (static_cast<int>(heads.size()) < kHeads) break;
    after = heads.back().first;
  }
  return absl::OkStatus();
}

}  // namespace lianfang::server
