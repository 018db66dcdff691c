#include "common/server/readiness.h"

#include <sys/statvfs.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/thread_name.h"
#include "common/obs/metric_table.h"

namespace lianfang::server {
namespace {

constexpr absl::Duration kProbeInterval = absl::Seconds(2);
// A database that takes longer than this to answer serves nobody.
constexpr absl::Duration kPatience = absl::Seconds(5);
// Below it SQLite's log has no room to grow into.
constexpr int64_t kLeastFreeBytes = 4 << 20;

}  // namespace

Readiness::Readiness(Environment environment)
    : environment_(std::move(environment)),
      ready_(environment_.metrics->GetGauge(obs::kServiceReady, {environment_.service})),
      database_up_(environment_.metrics->GetGauge(obs::kDatabaseUp, {environment_.service})),
      free_bytes_(environment_.metrics->GetGauge(obs::kDataFreeBytes)),
      entries_(environment_.metrics->GetGauge(obs::kLedgerEntries, {environment_.service})),
      units_(environment_.metrics->GetGauge(obs::kLedgerUnits, {environment_.service})),
      outcome_(absl::UnavailableError("the database was not tried yet")) {
  obs::Metrics& metrics = *environment_.metrics;
  for (const auto& [upstream, follower] : environment_.followers) {
    const std::vector<std::string> labels = {environment_.service, upstream};
    followed_.push_back({follower, upstream, metrics.GetGauge(obs::kFollowLagEntries, labels),
                         metrics.GetGauge(obs::kFollowLagEntriesMax, labels),
                         metrics.GetGauge(obs::kFollowUnits, labels),
                         metrics.GetGauge(obs::kFollowLevelTime, labels),
                         metrics.GetCounter(obs::kFollowFailures, labels)});
  }
}

Readiness::~Readiness() { Stop(); }

void Readiness::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void Readiness::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  done_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Readiness::Request() {
  const std::lock_guard lock(mutex_);
  ++requested_;
  wake_.notify_all();
}

void Readiness::AwaitRequested(absl::Time deadline) {
  std::unique_lock lock(mutex_);
  const int64_t wanted = requested_;
  done_.wait_for(lock, absl::ToChronoNanoseconds(deadline - absl::Now()),
                 [&] { return stopping_ || answered_ >= wanted; });
}

void Readiness::Loop() {
  NameThread("ready-" + environment_.service);
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const int64_t requested = requested_;
    const bool measure = requested > answered_;
    trying_ = true;
    since_ = absl::Now();
    lock.unlock();
    absl::Status outcome = Try(measure);
    lock.lock();
    trying_ = false;
    outcome_ = std::move(outcome);
    answered_ = requested;
    done_.notify_all();
    wake_.wait_for(lock, absl::ToChronoNanoseconds(kProbeInterval),
                   [this] { return stopping_ || requested_ > answered_; });
  }
}

absl::Status Readiness::Try(bool measure) {
  const absl::Status outcome = [&]() -> absl::Status {
    if (absl::Status disk = TryDisk(); !disk.ok()) return disk;
    if (connection_ == nullptr) {
      auto connected = environment_.database->Connect();
      if (!connected.ok()) return connected.status();
      connection_ = *std::move(connected);
    }
    absl::Status status = connection_->Check();
    // A write that changes nothing: refused where the database is read-only or has no quorum.
    if (status.ok()) status = connection_->Begin();
    if (!status.ok()) return status;
    status =
        connection_->Execute("UPDATE ledger_heads SET size = size WHERE unit_id = ''", {}).status();
    const absl::Status ended = connection_->Rollback();
    return status.ok() ? ended : status;
  }();
  // A transaction that was given up for another one's sake was worked on.
  if (!outcome.ok() && sql::FailureOf(outcome) != sql::Failure::kRetry) {
    connection_.reset();
    return outcome;
  }
  if (measure) {
    // Gauges that could not be read say nothing of whether the service works.
    absl::Status measured = CountLedgers();
    for (const Measure& each : environment_.measures) {
      if (measured.ok()) measured = each(*connection_);
    }
    if (!measured.ok()) connection_.reset();
  }
  return absl::OkStatus();
}

absl::Status Readiness::TryDisk() const {
  struct statvfs disk {};
  if (statvfs(environment_.data_dir.c_str(), &disk) != 0) {
    return absl::UnavailableError("the data folder is not there");
  }
  const auto free = static_cast<int64_t>(disk.f_bavail) * static_cast<int64_t>(disk.f_frsize);
  free_bytes_->Set(free);
  // What follows is about the engine whose files are there.
  if (environment_.database->dialect().name != "sqlite") return absl::OkStatus();
  if ((disk.f_flag & ST_RDONLY) != 0) {
    return absl::UnavailableError("the data folder is on a read-only file system");
  }
  if (free < kLeastFreeBytes) return absl::UnavailableError("the data folder's disk is full");
  return absl::OkStatus();
}

absl::Status Readiness::CountLedgers() const {
  int64_t units = 0;
  int64_t entries = 0;
  const absl::Status status =
      connection_->Query("SELECT size FROM ledger_heads", {}, [&](const sql::Row& row) {
        ++units;
        entries += row.Int(0);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  units_->Set(units);
  entries_->Set(entries);
  return absl::OkStatus();
}

absl::Status Readiness::Judge(absl::Time now) {
  absl::Status ready;
  {
    const std::lock_guard lock(mutex_);
    ready = outcome_;
    if (ready.ok() && trying_ && now - since_ > kPatience) {
      ready = absl::UnavailableError("the database does not answer");
    }
  }
  database_up_->Set(ready.ok() ? 1 : 0);
  for (const Followed& followed : followed_) {
    const follow::Follower::Standing standing = followed.follower->GetStanding();
    followed.behind->Set(standing.behind);
    followed.furthest->Set(standing.furthest);
    followed.units->Set(standing.units);
    followed.level->Set(absl::ToUnixMillis(standing.level));
    followed.failures->Add(standing.failures - followed.failures->value());
    if (ready.ok() && !standing.caught_up) {
      ready = absl::UnavailableError(
          absl::StrCat("never level with ", followed.upstream, " since the start"));
    }
  }
  ready_->Set(ready.ok() ? 1 : 0);
  return ready;
}

}  // namespace lianfang::server
