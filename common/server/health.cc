#include "common/server/health.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/thread_name.h"
#include "common/obs/log.h"

namespace lianfang::server {
namespace {

constexpr absl::Duration kTick = absl::Milliseconds(250);
// The reason of what lasts is said again this often.
constexpr absl::Duration kRepeat = absl::Minutes(1);
// A start is given this long before it is said what it waits for.
constexpr absl::Duration kStart = absl::Seconds(10);
// Whoever reads the metrics waits this long for what the databases hold, and else gets what was
// found the last time: metrics must be there above all when a database is not.
constexpr absl::Duration kMeasurePatience = absl::Seconds(1);

constexpr char kAll[] = "lianfang";

}  // namespace

Health::Health(obs::Metrics* metrics, std::vector<Readiness::Environment> services, Tell tell)
    : tell_(std::move(tell)) {
  for (Readiness::Environment& service : services) {
    services_.push_back({.readiness = std::make_unique<Readiness>(std::move(service))});
  }
  for (const Known& known : services_) {
    tell_(absl::StrCat(kAll, ".", known.readiness->service()), false);
  }
  tell_(kAll, false);
  measuring_ = metrics->BeforeRead([this] {
    const absl::Time deadline = absl::Now() + kMeasurePatience;
    for (const Known& known : services_) known.readiness->Request();
    for (const Known& known : services_) known.readiness->AwaitRequested(deadline);
  });
}

Health::~Health() { Stop(); }

void Health::Start() {
  const absl::Time now = absl::Now();
  for (Known& known : services_) {
    known.logged = now + kStart - kRepeat;
    known.readiness->Start();
  }
  thread_ = std::thread([this] { Loop(); });
}

void Health::Stop() {
  StopTelling();
  for (Known& known : services_) known.readiness->Stop();
}

void Health::StopTelling() {
  stop_.Stop();
  if (thread_.joinable()) thread_.join();
}

void Health::Loop() {
  NameThread("health");
  do {
    JudgeAll(absl::Now());
  } while (stop_.Rest(kTick));
}

void Health::JudgeAll(absl::Time now) {
  for (Known& known : services_) {
    const absl::Status ready = known.readiness->Judge(now);
    const std::string& service = known.readiness->service();
    const bool changed = ready.ok() != known.serving;
    if (ready.ok() && changed) {
      obs::Log(obs::Level::kInfo, "service_ready", {{"service", service}});
    }
    if (!ready.ok() && (changed || now - known.logged >= kRepeat)) {
      known.logged = now;
      obs::Log(obs::Level::kWarning, "service_not_ready",
               {{"service", service}, {"error", ready.message()}});
    }
    if (!changed) continue;
    known.serving = ready.ok();
    tell_(absl::StrCat(kAll, ".", service), known.serving);
  }
  const bool all = std::all_of(services_.begin(), services_.end(),
                               [](const Known& known) { return known.serving; });
  if (all == all_serving_) return;
  all_serving_ = all;
  tell_(kAll, all);
}

}  // namespace lianfang::server
