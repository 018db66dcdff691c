#include "services/aggregator/superior/sender.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/aggregator/aggregator_kinds.h"
#include "services/aggregator/domain/backoff.h"
#include "services/aggregator/domain/superior_rules.h"
#include "services/aggregator/superior/store.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::Member;
using aggregation::v1::SuperiorTask;
using google::protobuf::util::MessageDifferencer;

constexpr absl::Duration kTimeout = absl::Seconds(10);
// Another process of the same aggregator may have decided: looked at without being told.
constexpr absl::Duration kRest = absl::Seconds(60);
constexpr int kSenderHeadsPage = 500;
constexpr int kTasksPage = 200;

// Who writes down what the members answered.
Puller::Caller Self() {
  static const auto& identity = *new std::shared_ptr<const auth::Identity>(
      std::make_shared<const auth::Identity>(auth::Identity{.subject = "services/aggregator"}));
  return {identity, "deliver:superior_tasks"};
}

}  // namespace

SuperiorSender::SuperiorSender(std::shared_ptr<Puller> puller, std::shared_ptr<Fetcher> fetcher)
    : puller_(std::move(puller)), fetcher_(std::move(fetcher)) {}

SuperiorSender::~SuperiorSender() { Stop(); }

void SuperiorSender::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void SuperiorSender::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void SuperiorSender::Loop() {
  while (true) {
    const auto next = Round();
    const absl::Time until = next.ok() ? *next : absl::Now() + kRest;
    std::unique_lock lock(mutex_);
    while (!stopping_ && !look_ && absl::Now() < until) {
      wake_.wait_for(lock, absl::ToChronoNanoseconds(until - absl::Now()));
    }
    if (stopping_) return;
    look_ = false;
  }
}

absl::StatusOr<absl::Time> SuperiorSender::Round() {
  absl::Time next = absl::Now() + kRest;
  // Found first, sent afterwards: a connection is not held while members are called.
  std::vector<SuperiorTask> found;
  {
    LF_ASSIGN_OR_RETURN(auto connection, puller_->host().readers->Borrow());
    store::ConnectionReader reader(connection.get());
    std::string after;
    while (true) {
      LF_ASSIGN_OR_RETURN(const auto heads, store::ListHeads(*connection, after, kSenderHeadsPage));
      if (heads.empty()) break;
      for (const auto& [unit_id, size] : heads) {
        LF_ASSIGN_OR_RETURN(
            const auto tasks,
            TasksIn(reader, unit_id, aggregation::v1::SUPERIOR_TASK_STATE_DECIDED, "", kTasksPage));
        found.insert(found.end(), tasks.begin(), tasks.end());
        // The rest when these are done.
        if (tasks.size() == static_cast<size_t>(kTasksPage)) next = absl::Now() + absl::Seconds(1);
      }
      after = heads.back().first;
    }
  }
  for (const SuperiorTask& task : found) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return next;
      const auto pause = pauses_.find(task.member());
      if (pause != pauses_.end() && pause->second.until > absl::Now()) {
        next = std::min(next, pause->second.until);
        continue;
      }
      if (under_way_.contains(task.name())) continue;
    }
    Send(task, kTimeout, [](const absl::StatusOr<SuperiorTask>&) {});
    next = std::min(next, absl::Now() + kTimeout);
  }
  return next;
}

void SuperiorSender::Send(const SuperiorTask& task, absl::Duration timeout, Done done) {
  {
    const std::lock_guard lock(mutex_);
    under_way_.insert(task.name());
  }
  puller_->Run([this, name = task.name(), member = task.member(), timeout,
                done = std::move(done)](const absl::Status& room) {
    auto sent = room.ok() ? Attempt(name, timeout) : absl::StatusOr<SuperiorTask>(room);
    Note(name, member, sent.ok() && sent->state() != aggregation::v1::SUPERIOR_TASK_STATE_DECIDED);
    done(std::move(sent));
  });
}

absl::StatusOr<SuperiorTask> SuperiorSender::Attempt(const std::string& name,
                                                     absl::Duration timeout) {
  SuperiorTask task;
  Member member;
  {
    LF_ASSIGN_OR_RETURN(auto connection, puller_->host().readers->Borrow());
    store::ConnectionReader reader(connection.get());
    LF_ASSIGN_OR_RETURN(task, reader.Get<SuperiorTask>(SuperiorTaskKind(), name));
    LF_ASSIGN_OR_RETURN(member, reader.Get<Member>(MemberKind(), task.member()));
  }
  if (task.state() != aggregation::v1::SUPERIOR_TASK_STATE_DECIDED) return task;
  const auto answer = fetcher_->Relay(member, RelayOf(task), timeout);
  if (absl::IsCancelled(answer.status())) return task;
  SuperiorTask settled = task;
  Settle(answer, &settled);
  // A line that stays broken does not fill the ledger.
  if (MessageDifferencer::Equals(settled, task)) return task;
  LF_ASSIGN_OR_RETURN(
      const auto committed,
      Change(puller_->host(), std::string(UnitIdOf(name)), Self(),
             [&](store::WriteTx& tx) -> absl::Status {
               LF_ASSIGN_OR_RETURN(auto current, tx.Get<SuperiorTask>(SuperiorTaskKind(), name));
               // Another attempt was answered first.
               if (current.state() != aggregation::v1::SUPERIOR_TASK_STATE_DECIDED ||
                   current.relay_request_id() != task.relay_request_id()) {
                 return absl::OkStatus();
               }
               Settle(answer, &current);
               return tx.Put(SuperiorTaskKind(), current);
             }));
  if (auto written = WrittenTask(committed)) return *std::move(written);
  LF_ASSIGN_OR_RETURN(auto connection, puller_->host().readers->Borrow());
  return store::ConnectionReader(connection.get()).Get<SuperiorTask>(SuperiorTaskKind(), name);
}

void SuperiorSender::Note(const std::string& task, const std::string& member, bool reached) {
  const std::lock_guard lock(mutex_);
  under_way_.erase(task);
  if (reached) {
    pauses_.erase(member);
    return;
  }
  Pause& pause = pauses_[member];
  pause.until = absl::Now() + SendAgainDelay(++pause.failures);
  // When it is to be sent again, the next look finds out.
  look_ = true;
  wake_.notify_all();
}

void SuperiorSender::Wake(const std::string& member) {
  const std::lock_guard lock(mutex_);
  pauses_.erase(member);
  look_ = true;
  wake_.notify_all();
}

}  // namespace lianfang::aggregator
