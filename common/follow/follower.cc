#include "common/follow/follower.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/resource_name.h"
#include "common/follow/follow_kinds.h"
#include "common/ledger/checkpoint.h"
#include "common/obs/log.h"
#include "common/rpc/serve.h"
#include "common/status/error.h"

namespace lianfang::follow {
namespace {

constexpr int kPage = 200;
// A stream this old is opened again: its first messages are all heads, which finds what a push has
// missed.
constexpr absl::Duration kSweep = absl::Seconds(30);
constexpr absl::Duration kRetry = absl::Seconds(1);
constexpr absl::Duration kCallTimeout = absl::Seconds(10);

std::shared_ptr<const auth::Identity> ServiceIdentity(const std::string& service) {
  auto identity = std::make_shared<auth::Identity>();
  identity->subject = absl::StrCat("services/", service);
  identity->units = {"*"};
  identity->roles = {"service"};
  return identity;
}

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("followed ledger: ", what));
}

}  // namespace

const store::RecordKind& FollowPositionKind() {
  static const auto* kind = new store::RecordKind(
      "follow_positions", "", internal::v1::FollowPosition::default_instance(), {});
  return *kind;
}

Follower::Follower(rpc::Service* host, std::string upstream, client::Client* client, Apply apply)
    : host_(host),
      upstream_(std::move(upstream)),
      client_(client),
      apply_(std::move(apply)),
      identity_(ServiceIdentity(host->name)) {}

Follower::~Follower() { Stop(); }

void Follower::Start() {
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

void Follower::Await(const std::string& unit_id, int64_t sequence, absl::Time deadline,
                     std::function<void(absl::Status)> done) {
  {
    const std::lock_guard lock(mutex_);
    const auto it = reached_.find(unit_id);
    const bool there = sequence > 0 && it != reached_.end() && it->second >= sequence;
    if (!there && !stopping_) {
      waiters_[unit_id].push_back({sequence, deadline, std::move(done)});
      if (queued_.insert(unit_id).second) queue_.push_front(unit_id);
      wake_.notify_all();
      return;
    }
    if (!there) {
      // Stopped: answered below, outside of the lock.
      sequence = -1;
    }
  }
  done(sequence < 0 ? rpc::NotCaughtUp() : absl::OkStatus());
}

void Follower::WatchLoop() {
  absl::Duration pause = absl::Milliseconds(50);
  while (!Stopping()) {
    grpc::ClientContext context;
    const absl::Status prepared = client_->Prepare(context, kSweep);
    if (prepared.ok()) {
      {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        watching_ = &context;
      }
      ledger::v1::WatchHeadsRequest request;
      request.set_service(upstream_);
      const auto stub = ledger::v1::LedgerService::NewStub(client_->channel());
      const auto stream = stub->WatchHeads(&context, request);
      ledger::v1::WatchHeadsResponse head;
      while (stream->Read(&head)) {
        pause = absl::Milliseconds(50);
        const std::string unit_id(UnitIdOf(head.unit()));
        const std::lock_guard lock(mutex_);
        const auto it = reached_.find(unit_id);
        if (it != reached_.end() && it->second >= head.size()) continue;
        if (queued_.insert(unit_id).second) queue_.push_back(unit_id);
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

void Follower::WorkLoop() {
  while (true) {
    std::string unit_id;
    std::vector<Waiter> now_waiting;  // those who want "all that there is now"
    {
      std::unique_lock lock(mutex_);
      // Waiters have deadlines and failed units are tried again, so the wait is bounded.
      wake_.wait_for(lock,
                     std::chrono::milliseconds(waiters_.empty() && retry_.empty() ? 1000 : 20),
                     [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      const absl::Time now = absl::Now();
      for (auto it = retry_.begin(); it != retry_.end();) {
        if (it->second > now) {
          ++it;
          continue;
        }
        if (queued_.insert(it->first).second) queue_.push_back(it->first);
        it = retry_.erase(it);
      }
      if (!queue_.empty()) {
        unit_id = std::move(queue_.front());
        queue_.pop_front();
        queued_.erase(unit_id);
        auto& waiters = waiters_[unit_id];
        const auto split = std::stable_partition(waiters.begin(), waiters.end(),
                                                 [](const Waiter& w) { return w.sequence > 0; });
        std::move(split, waiters.end(), std::back_inserter(now_waiting));
        waiters.erase(split, waiters.end());
        if (waiters.empty()) waiters_.erase(unit_id);
      }
    }
    ExpireWaiters(absl::Now());
    if (unit_id.empty()) continue;

    const absl::StatusOr<int64_t> position = CatchUp(unit_id);
    if (!position.ok()) {
      obs::Log(obs::Level::kWarning, "follow_failed",
               {{"service", host_->name},
                {"upstream", upstream_},
                {"unit", unit_id},
                {"error", position.status().ToString()}});
    }
    std::vector<Waiter> reached;
    {
      const std::lock_guard lock(mutex_);
      if (position.ok()) {
        reached_[unit_id] = *position;
        if (const auto it = waiters_.find(unit_id); it != waiters_.end()) {
          const auto split = std::stable_partition(
              it->second.begin(), it->second.end(),
              [&](const Waiter& w) { return w.sequence == 0 || w.sequence > *position; });
          std::move(split, it->second.end(), std::back_inserter(reached));
          it->second.erase(split, it->second.end());
          if (it->second.empty()) waiters_.erase(it);
        }
      } else {
        retry_[unit_id] = absl::Now() + kRetry;
      }
    }
    for (Waiter& waiter : now_waiting) {
      waiter.done(position.ok() ? absl::OkStatus() : rpc::NotCaughtUp());
    }
    for (Waiter& waiter : reached) waiter.done(absl::OkStatus());
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

absl::StatusOr<internal::v1::FollowPosition> Follower::ReadPosition(const std::string& unit_id) {
  LF_ASSIGN_OR_RETURN(auto connection, host_->readers->Borrow());
  store::ConnectionReader reader(connection.get());
  LF_ASSIGN_OR_RETURN(auto position, reader.FindById<internal::v1::FollowPosition>(
                                         FollowPositionKind(), unit_id, upstream_));
  return position.value_or(internal::v1::FollowPosition());
}

absl::StatusOr<int64_t> Follower::CatchUp(const std::string& unit_id) {
  const auto stub = ledger::v1::LedgerService::NewStub(client_->channel());
  const std::string name = absl::StrCat(UnitName(unit_id), "/ledgers/", upstream_);
  LF_ASSIGN_OR_RETURN(internal::v1::FollowPosition position, ReadPosition(unit_id));

  ledger::v1::GetCheckpointRequest ask;
  ask.set_name(name);
  LF_ASSIGN_OR_RETURN(const auto head,
                      client_->Call(*stub, &ledger::v1::LedgerService::Stub::GetCheckpoint, ask,
                                    {.timeout = kCallTimeout}));
  LF_ASSIGN_OR_RETURN(const auto verifier, ledger::NoteVerifier::Parse(head.verifier_key()));
  LF_ASSIGN_OR_RETURN(const auto checkpoint, ledger::OpenCheckpoint(head.checkpoint(), verifier));
  const auto size = static_cast<int64_t>(checkpoint.size);
  if (size < position.sequence()) return Damaged("shrank");

  ledger::Frontier frontier;
  if (position.sequence() > 0) {
    LF_ASSIGN_OR_RETURN(frontier, ledger::Frontier::Parse(position.frontier()));
  }
  while (static_cast<int64_t>(frontier.size()) < size) {
    if (Stopping()) return rpc::NotCaughtUp();
    ledger::v1::ListEntriesRequest request;
    request.set_name(name);
    request.set_after_sequence(static_cast<int64_t>(frontier.size()));
    request.set_page_size(kPage);
    request.set_include_content(true);
    LF_ASSIGN_OR_RETURN(const auto page,
                        client_->Call(*stub, &ledger::v1::LedgerService::Stub::ListEntries, request,
                                      {.timeout = kCallTimeout}));
    std::vector<ledger::v1::Entry> entries;
    for (const auto& entry : page.entries()) {
      if (entry.sequence() <= size) entries.push_back(entry);
    }
    if (entries.empty()) return Damaged("lacks entries");
    // The whole page is checked before any of it is applied.
    ledger::Frontier checked = frontier;
    for (const auto& entry : entries) checked.Append(ledger::HashLeaf(entry.header()));
    if (static_cast<int64_t>(checked.size()) == size && checked.Root() != checkpoint.root) {
      return Damaged("root differs from the checkpoint's");
    }
    LF_RETURN_IF_ERROR(ApplyPage(unit_id, entries, head.checkpoint(), size, &frontier));
  }
  if (size > 0 && position.sequence() == size && position.checkpoint_size() < size) {
    LF_RETURN_IF_ERROR(StoreCheckpoint(unit_id, head.checkpoint(), size));
  }
  return size;
}

namespace {

// Waits for a number of answers and keeps the first error.
class Gather {
 public:
  explicit Gather(size_t count) : left_(count) {}
  void Done(const absl::Status& status) {
    const std::lock_guard lock(mutex_);
    if (!status.ok() && status_.ok()) status_ = status;
    if (--left_ == 0) all_.notify_all();
  }
  absl::Status Wait() {
    std::unique_lock lock(mutex_);
    all_.wait(lock, [this] { return left_ == 0; });
    return status_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_;
  size_t left_;
  absl::Status status_;
};

}  // namespace

absl::Status Follower::ApplyPage(const std::string& unit_id,
                                 const std::vector<ledger::v1::Entry>& entries,
                                 const std::string& checkpoint, int64_t checkpoint_size,
                                 ledger::Frontier* frontier) {
  auto gather = std::make_shared<Gather>(entries.size());
  absl::Status damaged;
  for (size_t i = 0; i < entries.size(); ++i) {
    const ledger::v1::Entry& entry = entries[i];
    auto header = std::make_shared<ledger::v1::EntryHeader>();
    auto content = std::make_shared<ledger::v1::EntryContent>();
    if (!header->ParseFromString(entry.header()) || header->sequence() != entry.sequence() ||
        entry.sequence() != static_cast<int64_t>(frontier->size()) + 1 ||
        header->unit() != UnitName(unit_id) || header->service() != upstream_ ||
        header->content_digest() != crypto::ToBytes(crypto::Sha256(entry.content())) ||
        !content->ParseFromString(entry.content())) {
      damaged = Damaged(absl::StrCat("entry ", entry.sequence(), " does not fit its header"));
      for (size_t rest = i; rest < entries.size(); ++rest) gather->Done(damaged);
      break;
    }
    frontier->Append(ledger::HashLeaf(entry.header()));
    internal::v1::FollowPosition next;
    next.set_service(upstream_);
    next.set_sequence(entry.sequence());
    next.set_frontier(frontier->Serialize());
    if (entry.sequence() == checkpoint_size) {
      next.set_checkpoint(checkpoint);
      next.set_checkpoint_size(checkpoint_size);
    }
    store::Mutation mutation;
    mutation.unit_id = unit_id;
    mutation.actor = identity_;
    mutation.method = absl::StrCat("follow:", upstream_);
    mutation.request_id = absl::StrCat("follow:", upstream_, ":", entry.sequence());
    mutation.request_digest = crypto::Sha256(entry.header());
    mutation.deadline = absl::Now() + absl::Seconds(60);
    mutation.apply = [this, header, content, next](store::WriteTx& tx) -> absl::Status {
      LF_ASSIGN_OR_RETURN(const auto stored, tx.FindById<internal::v1::FollowPosition>(
                                                 FollowPositionKind(), tx.unit_id(), upstream_));
      const int64_t at = stored ? stored->sequence() : 0;
      if (at >= next.sequence()) return absl::OkStatus();  // another replica was faster
      if (at + 1 != next.sequence()) return absl::AbortedError("an earlier entry is missing");
      LF_RETURN_IF_ERROR(apply_(tx, *header, *content));
      internal::v1::FollowPosition row = next;
      if (row.checkpoint().empty() && stored) {
        row.set_checkpoint(stored->checkpoint());
        row.set_checkpoint_size(stored->checkpoint_size());
      }
      return tx.Derive(FollowPositionKind(), upstream_, row);
    };
    mutation.done = [gather](const absl::StatusOr<store::Committed>& outcome) {
      gather->Done(outcome.status());
    };
    rpc::Transact(*host_, std::move(mutation));
  }
  LF_RETURN_IF_ERROR(gather->Wait());
  return damaged;
}

absl::Status Follower::StoreCheckpoint(const std::string& unit_id, const std::string& checkpoint,
                                       int64_t checkpoint_size) {
  auto gather = std::make_shared<Gather>(1);
  store::Mutation mutation;
  mutation.unit_id = unit_id;
  mutation.actor = identity_;
  mutation.method = absl::StrCat("follow:", upstream_);
  mutation.deadline = absl::Now() + absl::Seconds(60);
  mutation.apply = [this, checkpoint, checkpoint_size](store::WriteTx& tx) -> absl::Status {
    LF_ASSIGN_OR_RETURN(auto stored, tx.FindById<internal::v1::FollowPosition>(
                                         FollowPositionKind(), tx.unit_id(), upstream_));
    if (!stored || stored->sequence() != checkpoint_size) return absl::OkStatus();
    stored->set_checkpoint(checkpoint);
    stored->set_checkpoint_size(checkpoint_size);
    return tx.Derive(FollowPositionKind(), upstream_, *stored);
  };
  mutation.done = [gather](const absl::StatusOr<store::Committed>& outcome) {
    gather->Done(outcome.status());
  };
  host_->writer->Submit(std::move(mutation));
  return gather->Wait();
}

}  // namespace lianfang::follow
