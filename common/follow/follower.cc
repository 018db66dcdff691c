#include "common/follow/follower.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/resource_name.h"
#include "common/base/thread_name.h"
#include "common/obs/log.h"
#include "common/status/error.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"

namespace lianfang::follow {
namespace {

// A stream this old is opened again: its first messages are all heads, which finds what a push has
// missed.
constexpr absl::Duration kSweep = absl::Seconds(30);
constexpr absl::Duration kRetry = absl::Seconds(1);
constexpr absl::Duration kLongestRest = absl::Seconds(1);
// While somebody waits, or a failed unit is to be tried again, the clock is looked at this often.
constexpr absl::Duration kTick = absl::Milliseconds(20);
constexpr absl::Duration kIdle = absl::Seconds(1);
// A watch this long open has told of all heads that there were.
constexpr absl::Duration kAllHeads = absl::Milliseconds(500);
// Units of one round: their entries share commits of the host.
constexpr size_t kRoundUnits = 64;
// A round's entries are at most one in so many of what the host's writer lets wait: several
// followers feed it.
constexpr size_t kShareOfQueue = 4;

// Says nothing of the ledger: the upstream is away, or it or the writer here has too much to do.
bool WillPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status);
}

std::shared_ptr<const auth::Identity> ServiceIdentity(const std::string& service) {
  auto identity = std::make_shared<auth::Identity>();
  identity->subject = absl::StrCat("services/", service);
  identity->units = {"*"};
  identity->roles = {"service"};
  return identity;
}

}  // namespace

Follower::Follower(rpc::Service* host, std::string upstream, client::Client* client, Apply apply,
                   bool pins_key, std::vector<const store::RecordKind*> copies)
    : following_{
          host,     std::move(upstream), client, std::move(apply), ServiceIdentity(host->name),
          pins_key, std::move(copies)} {}

Follower::~Follower() { Stop(); }

void Follower::Start() {
  {
    const std::lock_guard lock(mutex_);
    level_ = absl::Now();
  }
  watch_thread_ = std::thread([this] { WatchLoop(); });
  work_thread_ = std::thread([this] { WorkLoop(); });
}

void Follower::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (watching_ != nullptr) watching_->TryCancel();
  }
  wake_.notify_all();
  if (watch_thread_.joinable()) watch_thread_.join();
  if (work_thread_.joinable()) work_thread_.join();
  std::map<std::string, std::vector<Waiter>> left;
  {
    const std::lock_guard lock(mutex_);
    left.swap(waiters_);
  }
  for (auto& [unit, waiters] : left) {
    for (Waiter& waiter : waiters) waiter.done(rpc::NotCaughtUp());
  }
}

bool Follower::Stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Follower::Enqueue(const std::string& unit_id) {
  if (queued_.insert(unit_id).second) queue_.push_back(unit_id);
}

int64_t Follower::Lag(const std::string& unit_id) const {
  const auto head = heads_.find(unit_id);
  if (head == heads_.end()) return 0;
  const auto it = reached_.find(unit_id);
  // A unit whose ledger is empty needs no round.
  return std::max<int64_t>(0, head->second - (it == reached_.end() ? 0 : it->second));
}

bool Follower::Watching(absl::Time now) const {
  return watching_ != nullptr && now - watching_since_ >= kAllHeads &&
         following_.client->channel()->GetState(false) == GRPC_CHANNEL_READY;
}

Follower::Standing Follower::GetStanding() {
  const absl::Time now = absl::Now();
  const std::lock_guard lock(mutex_);
  if (Watching(now)) {
    if (behind_.empty()) level_ = now;
    caught_up_ = caught_up_ ||
                 std::includes(refused_.begin(), refused_.end(), behind_.begin(), behind_.end());
  }
  Standing standing{.units = static_cast<int64_t>(heads_.size()),
                    .failures = failures_,
                    .level = level_,
                    .caught_up = caught_up_};
  for (const std::string& unit_id : behind_) {
    const int64_t lag = Lag(unit_id);
    standing.behind += lag;
    standing.furthest = std::max(standing.furthest, lag);
  }
  return standing;
}

void Follower::Await(const std::string& unit_id, int64_t sequence, absl::Time deadline,
                     std::function<void(absl::Status)> done) {
  absl::Status at_once;
  {
    const std::lock_guard lock(mutex_);
    const auto it = reached_.find(unit_id);
    const bool there = sequence > 0 && it != reached_.end() && it->second >= sequence;
    if (!there && !stopping_) {
      waiters_[unit_id].push_back({sequence, deadline, std::move(done)});
      // Whoever waits goes before what only grew.
      if (queued_.insert(unit_id).second) {
        queue_.push_front(unit_id);
      }
      urgent_ = true;
      wake_.notify_all();
      return;
    }
    if (!there) at_once = rpc::NotCaughtUp();
  }
  done(at_once);
}

void Follower::WatchLoop() {
  NameThread("watch-" + following_.upstream);
  absl::Duration pause = absl::Milliseconds(50);
  while (!Stopping()) {
    grpc::ClientContext context;
    const absl::Status prepared = following_.client->Prepare(context, kSweep);
    if (prepared.ok()) {
      {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        watching_ = &context;
        watching_since_ = absl::Now();
      }
      ledger::v1::WatchHeadsRequest request;
      request.set_service(following_.upstream);
      const auto stub = ledger::v1::LedgerService::NewStub(following_.client->channel());
      const auto stream = stub->WatchHeads(&context, request);
      ledger::v1::WatchHeadsResponse head;
      while (stream->Read(&head)) {
        pause = absl::Milliseconds(50);
        const std::string unit_id(UnitIdOf(head.unit()));
        const std::lock_guard lock(mutex_);
        int64_t& known = heads_[unit_id];
        known = std::max(known, head.size());
        if (Lag(unit_id) == 0) continue;
        behind_.insert(unit_id);
        Enqueue(unit_id);
        wake_.notify_all();
      }
      stream->Finish();
      const std::lock_guard lock(mutex_);
      watching_ = nullptr;
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, absl::ToChronoNanoseconds(pause), [this] { return stopping_; });
    pause = std::min(pause * 2, absl::Seconds(5));
  }
}

std::vector<Follower::Turn> Follower::NextRound(absl::Time rest_until) {
  std::vector<Turn> round;
  std::unique_lock lock(mutex_);
  const auto ready = [&] {
    return stopping_ || (!queue_.empty() && (urgent_ || absl::Now() >= rest_until));
  };
  absl::Duration patience = waiters_.empty() && retry_.empty() ? kIdle : kTick;
  patience = std::min(patience, std::max(rest_until - absl::Now(), kTick));
  wake_.wait_for(lock, absl::ToChronoNanoseconds(patience), ready);
  if (stopping_) return round;
  const absl::Time now = absl::Now();
  for (auto it = retry_.begin(); it != retry_.end();) {
    if (it->second > now) {
      ++it;
      continue;
    }
    Enqueue(it->first);
    it = retry_.erase(it);
  }
  if (!ready()) return round;
  urgent_ = false;
  while (!queue_.empty() && round.size() < kRoundUnits) {
    Turn& turn = round.emplace_back();
    turn.unit_id = std::move(queue_.front());
    queue_.pop_front();
    queued_.erase(turn.unit_id);
    const auto it = waiters_.find(turn.unit_id);
    if (it == waiters_.end()) continue;
    auto& waiters = it->second;
    const auto split = std::stable_partition(waiters.begin(), waiters.end(),
                                             [](const Waiter& w) { return w.sequence > 0; });
    std::move(split, waiters.end(), std::back_inserter(turn.now_waiting));
    waiters.erase(split, waiters.end());
    if (waiters.empty()) waiters_.erase(it);
  }
  return round;
}

bool Follower::Run(std::vector<Turn>& round) {
  // What all units bring must fit into the writer's queue, beside what the host's callers write: a
  // unit of which a part was refused would have to begin again.
  const size_t room = std::max<size_t>(1, following_.host->writer->queue() / kShareOfQueue);
  size_t taken = 0;
  absl::Status unreachable;
  for (Turn& turn : round) {
    if (taken >= room) {
      turn.put_off = true;
      continue;
    }
    // An upstream that does not answer for one unit is not asked for the others now.
    if (!unreachable.ok() || Stopping()) {
      turn.run = unreachable.ok() ? rpc::NotCaughtUp() : unreachable;
      continue;
    }
    auto known = known_.find(turn.unit_id);
    if (known == known_.end()) {
      auto stored = StoredProgress(following_, turn.unit_id);
      if (!stored.ok()) {
        turn.run = stored.status();
        continue;
      }
      known = known_.emplace(turn.unit_id, *std::move(stored)).first;
    }
    turn.run = CatchUp::Start(following_, turn.unit_id, known->second, room - taken);
    if (turn.run.ok()) taken += (*turn.run)->entries();
    if (WillPass(turn.run.status())) {
      unreachable = turn.run.status();
    }
  }
  return taken >= room;
}

void Follower::PutBack(std::vector<Turn>& round) {
  const std::lock_guard lock(mutex_);
  for (auto turn = round.rbegin(); turn != round.rend(); ++turn) {
    if (!turn->put_off) continue;
    if (!turn->now_waiting.empty()) {
      auto& waiters = waiters_[turn->unit_id];
      std::move(turn->now_waiting.begin(), turn->now_waiting.end(), std::back_inserter(waiters));
      urgent_ = true;
    }
    if (queued_.insert(turn->unit_id).second) queue_.push_front(turn->unit_id);
  }
  std::erase_if(round, [](const Turn& turn) { return turn.put_off; });
}

void Follower::Settle(Turn& turn) {
  absl::StatusOr<Progress> progress =
      turn.run.ok() ? (*turn.run)->Finish() : absl::StatusOr<Progress>(turn.run.status());
  std::vector<Waiter> reached;
  {
    const std::lock_guard lock(mutex_);
    if (progress.ok()) {
      const int64_t size = (*turn.run)->size();
      reached_[turn.unit_id] = progress->sequence;
      int64_t& head = heads_[turn.unit_id];
      head = std::max(head, size);
      refused_.erase(turn.unit_id);
      if (Lag(turn.unit_id) == 0) behind_.erase(turn.unit_id);
      auto& waiters = waiters_[turn.unit_id];
      for (Waiter& waiter : turn.now_waiting) {
        if (progress->sequence >= size) {
          reached.push_back(std::move(waiter));
        } else {
          waiter.sequence = size;
          waiters.push_back(std::move(waiter));
        }
      }
      const auto split = std::stable_partition(
          waiters.begin(), waiters.end(),
          [&](const Waiter& w) { return w.sequence == 0 || w.sequence > progress->sequence; });
      std::move(split, waiters.end(), std::back_inserter(reached));
      waiters.erase(split, waiters.end());
      if (!waiters.empty()) urgent_ = true;
      if (!waiters.empty() || progress->sequence < size) Enqueue(turn.unit_id);
      if (waiters.empty()) waiters_.erase(turn.unit_id);
    } else {
      retry_[turn.unit_id] = absl::Now() + kRetry;
      ++failures_;
      if (!WillPass(progress.status())) refused_.insert(turn.unit_id);
    }
  }
  if (progress.ok()) {
    known_[turn.unit_id] = *std::move(progress);
  } else {
    known_.erase(turn.unit_id);
    obs::Log(obs::Level::kWarning, "follow_failed",
             {{"service", following_.host->name},
              {"upstream", following_.upstream},
              {"unit", turn.unit_id},
              {"error", progress.status().message()}});
    for (Waiter& waiter : turn.now_waiting) waiter.done(rpc::NotCaughtUp());
  }
  for (Waiter& waiter : reached) waiter.done(absl::OkStatus());
}

void Follower::WorkLoop() {
  NameThread("follow-" + following_.upstream);
  absl::Time rest_until = absl::InfinitePast();
  while (!Stopping()) {
    std::vector<Turn> round = NextRound(rest_until);
    ExpireWaiters(absl::Now());
    if (round.empty()) continue;
    const absl::Time begin = absl::Now();
    const bool full = Run(round);
    PutBack(round);
    for (Turn& turn : round) Settle(turn);
    const absl::Time end = absl::Now();
    rest_until = end + std::min((full ? 1 : 3) * (end - begin), kLongestRest);
  }
}

void Follower::ExpireWaiters(absl::Time now) {
  std::vector<Waiter> expired;
  {
    const std::lock_guard lock(mutex_);
    for (auto it = waiters_.begin(); it != waiters_.end();) {
      const auto split = std::stable_partition(it->second.begin(), it->second.end(),
                                               [&](const Waiter& w) { return w.deadline > now; });
      std::move(split, it->second.end(), std::back_inserter(expired));
      it->second.erase(split, it->second.end());
      it = it->second.empty() ? waiters_.erase(it) : std::next(it);
    }
  }
  for (Waiter& waiter : expired) waiter.done(rpc::NotCaughtUp());
}

}  // namespace lianfang::follow
