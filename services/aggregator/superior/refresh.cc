#include "services/aggregator/superior/refresh.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "services/aggregator/aggregator_kinds.h"
#include "services/aggregator/domain/superior_rules.h"
#include "services/aggregator/member_store.h"
#include "services/aggregator/superior/store.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::Member;
using aggregation::v1::SuperiorTask;

// Tasks of one answer of a member.
constexpr int kPage = 100;
constexpr absl::Duration kMemberTimeout = absl::Seconds(10);

}  // namespace

// One RefreshAll; shared by the threads that work on it.
struct SuperiorRefresh::Round {
  Puller::Caller caller;
  absl::Time deadline;
  std::function<void(absl::StatusOr<std::vector<std::string>>)> done;
  std::vector<std::string> names;
  std::mutex mutex;
  size_t next = 0;                       // under mutex
  size_t workers = 0;                    // under mutex
  std::vector<std::string> unreachable;  // under mutex
};

SuperiorRefresh::SuperiorRefresh(std::shared_ptr<Puller> puller, std::shared_ptr<Fetcher> fetcher)
    : puller_(std::move(puller)), fetcher_(std::move(fetcher)) {}

absl::Status SuperiorRefresh::Refresh(const Member& member, const Puller::Caller& caller,
                                      absl::Time deadline) {
  const std::string unit_id(UnitIdOf(member.name()));
  reporting::v1::ListSuperiorTasksRequest request;
  request.set_parent(member.unit());
  request.set_page_size(kPage);
  std::set<std::string> told;
  for (int pages = 0; pages < kMaxTasks; ++pages) {
    const absl::Duration left = std::min(deadline - absl::Now(), kMemberTimeout);
    LF_ASSIGN_OR_RETURN(const auto answer, fetcher_->SuperiorTasks(member, request, left));
    std::vector<SuperiorTask> tasks;
    for (const auto& one : answer.tasks()) {
      auto task = TaskOf(member, one);
      // What is no task is passed over: the others must not wait for it.
      if (task.ok() && told.insert(task->name()).second) tasks.push_back(*std::move(task));
    }
    if (!tasks.empty()) {
      LF_RETURN_IF_ERROR(Change(puller_->host(), unit_id, caller, [tasks](store::WriteTx& tx) {
                           return TakeTold(tx, tasks);
                         }).status());
    }
    request.set_page_token(answer.next_page_token());
    if (answer.next_page_token().empty()) {
      return Change(puller_->host(), unit_id, caller,
                    [name = member.name(), told](store::WriteTx& tx) {
                      return EndOthers(tx, name, told);
                    })
          .status();
    }
    if (told.size() >= kMaxTasks) break;
  }
  return absl::OkStatus();
}

void SuperiorRefresh::RefreshSoon(const Member& member, const Puller::Caller& caller) {
  if (member.kind() != aggregation::v1::MEMBER_KIND_SCHOOL) return;
  {
    const std::lock_guard lock(mutex_);
    if (!asked_.insert(member.name()).second) return;
  }
  puller_->Run([this, member, caller](const absl::Status& room) {
    if (room.ok()) {
      // Who cannot be reached is asked again at the next pull, and when somebody looks.
      Refresh(member, caller, absl::Now() + kMemberTimeout).IgnoreError();
    }
    const std::lock_guard lock(mutex_);
    asked_.erase(member.name());
  });
}

absl::StatusOr<std::vector<std::string>> SuperiorRefresh::Names(const std::string& unit_id) {
  LF_ASSIGN_OR_RETURN(auto connection, puller_->host().readers->Borrow());
  store::ConnectionReader reader(connection.get());
  std::vector<std::string> names;
  reporting::v1::Statistics total;
  LF_RETURN_IF_ERROR(ReadRows(reader, unit_id, &total, [&](const Member& member) {
                       // What one says who is not trusted would not be used; what waits for the
                       // superior of an aggregator is asked for there.
                       if (member.kind() == aggregation::v1::MEMBER_KIND_SCHOOL &&
                           member.state() != aggregation::v1::MEMBER_STATE_UNTRUSTED) {
                         names.push_back(member.name());
                       }
                     }).status());
  return names;
}

absl::StatusOr<Member> SuperiorRefresh::Read(const std::string& name) {
  LF_ASSIGN_OR_RETURN(auto connection, puller_->host().readers->Borrow());
  return store::ConnectionReader(connection.get()).Get<Member>(MemberKind(), name);
}

void SuperiorRefresh::RefreshAll(
    const std::string& unit_id, const Puller::Caller& caller, absl::Time deadline,
    std::function<void(absl::StatusOr<std::vector<std::string>>)> done) {
  auto round = std::make_shared<Round>();
  round->caller = caller;
  round->deadline = deadline;
  round->done = std::move(done);
  puller_->Run([this, round, unit_id](const absl::Status& room) {
    auto names = room.ok() ? Names(unit_id) : absl::StatusOr<std::vector<std::string>>(room);
    if (!names.ok()) {
      round->done(names.status());
      return;
    }
    round->names = *std::move(names);
    const size_t helpers = std::min(round->names.size(), static_cast<size_t>(puller_->threads()));
    round->workers = 1;
    for (size_t i = 1; i < helpers; ++i) {
      {
        const std::lock_guard lock(round->mutex);
        ++round->workers;
      }
      // Without room this thread does it alone.
      puller_->Run([this, round](const absl::Status&) { Work(round); });
    }
    Work(round);
  });
}

void SuperiorRefresh::Work(const std::shared_ptr<Round>& round) {
  while (true) {
    std::string name;
    {
      const std::lock_guard lock(round->mutex);
      if (round->next == round->names.size()) break;
      name = round->names[round->next++];
    }
    absl::Status asked = absl::DeadlineExceededError("no time left");
    if (absl::Now() < round->deadline) {
      const auto member = Read(name);
      asked = member.ok() ? Refresh(*member, round->caller, round->deadline) : member.status();
    }
    if (asked.ok()) continue;
    const std::lock_guard lock(round->mutex);
    round->unreachable.push_back(name);
  }
  {
    const std::lock_guard lock(round->mutex);
    if (--round->workers > 0) return;
  }
  std::sort(round->unreachable.begin(), round->unreachable.end());
  round->done(std::move(round->unreachable));
}

}  // namespace lianfang::aggregator
