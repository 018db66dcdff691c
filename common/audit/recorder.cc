#include "common/audit/recorder.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/base/thread_name.h"
#include "common/obs/log.h"
#include "common/store/write_tx.h"
#include "google/protobuf/util/time_util.h"

namespace lianfang::audit {
namespace {

using google::protobuf::util::TimeUtil;

constexpr absl::Duration kMinute = absl::Minutes(1);
// How often the clock is looked at for minutes that are over; by the machine's time, since the
// server's may be a test's.
constexpr std::chrono::seconds kTick{1};
// How long a server that stops waits for what it writes last.
constexpr std::chrono::seconds kPatience{10};

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(time));
}

std::shared_ptr<const auth::Identity> ActorOf(const std::string& service) {
  auto identity = std::make_shared<auth::Identity>();
  identity->subject = absl::StrCat("services/", service);
  identity->roles = {"service"};
  return identity;
}

}  // namespace

void Recorder::Start(std::map<std::string, rpc::Service*> services) {
  const std::lock_guard lock(mutex_);
  services_ = std::move(services);
  for (const auto& [name, service] : services_) hosted_.insert(name);
  if (!services_.empty()) thread_ = std::thread([this] { Loop(); });
}

void Recorder::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Recorder::Take(rpc::AuditEvent event) {
  const std::optional<Sighting> sighting = SightingOf(event, hosted_);
  if (!sighting) return;
  const absl::Time now = clock_->Now();
  const std::lock_guard lock(mutex_);
  if (stopping_ || services_.empty()) return;
  Tally& tally = TallyOf(*sighting, now);
  tally.record.set_count(tally.record.count() + 1);
  *tally.record.mutable_last_time() = ToTimestamp(now);
  if (tally.written == 0 && !tally.writing) {
    fresh_ = true;
    changed_.notify_one();
  }
}

Recorder::Tally& Recorder::TallyOf(const Sighting& sighting, absl::Time now) {
  const auto key_of = [](const Sighting& of) {
    return Key{of.service, of.unit_id, of.kind, of.subject, of.method, of.reason};
  };
  const auto bucket_of = [](const Sighting& of) {
    return Bucket{of.service, of.unit_is_sure ? of.unit_id : std::string()};
  };
  Sighting kept = sighting;
  auto found = open_.find(key_of(kept));
  const bool full = open_.size() >= kMaxOpen;
  if (found == open_.end() && (full || open_in_[bucket_of(kept)] >= kMaxOfUnit)) {
    kept.subject.clear();
    kept.roles.clear();
    kept.method.clear();
    kept.resource.clear();
    if (full || !kept.unit_is_sure) {
      kept.unit_id = kSystemUnit;
      kept.unit_is_sure = true;
    }
    found = open_.find(key_of(kept));
  }
  if (found != open_.end() && now < found->second->end) return *found->second;
  if (found != open_.end()) Retire(found);
  auto tally = std::make_shared<Tally>();
  tally->bucket = bucket_of(kept);
  tally->service = kept.service;
  tally->unit_id = kept.unit_id;
  tally->unit_is_sure = kept.unit_is_sure;
  tally->id = RecordId(now, ids_->NewId());
  tally->end = now + kMinute;
  ledger::v1::AuditRecord& record = tally->record;
  record.set_kind(kept.kind);
  record.set_subject(kept.subject);
  for (const std::string& role : kept.roles) record.add_roles(role);
  record.set_method(kept.method);
  record.set_reason(kept.reason);
  record.set_resource(kept.resource);
  *record.mutable_first_time() = ToTimestamp(now);
  ++open_in_[tally->bucket];
  return *(open_[key_of(kept)] = std::move(tally));
}

Recorder::Open::iterator Recorder::Retire(Open::iterator open) {
  const auto in = open_in_.find(open->second->bucket);
  if (--in->second == 0) open_in_.erase(in);
  // Where the database has been away for long, what is oldest goes.
  if (over_.size() >= kMaxOpen) {
    obs::Log(obs::Level::kError, "audit_lost", {{"service", over_.front()->service}});
    over_.pop_front();
  }
  over_.push_back(open->second);
  return open_.erase(open);
}

Recorder::Tallies Recorder::Collect() {
  const absl::Time now = clock_->Now();
  fresh_ = false;
  Tallies wanted;
  for (auto it = open_.begin(); it != open_.end();) {
    const std::shared_ptr<Tally>& tally = it->second;
    if (stopping_ || now >= tally->end) {
      it = Retire(it);
      continue;
    }
    if (tally->written == 0 && !tally->writing) wanted.push_back(tally);
    ++it;
  }
  for (auto it = over_.begin(); it != over_.end();) {
    const bool written = (*it)->written == (*it)->record.count();
    if (!written && !(*it)->writing) wanted.push_back(*it);
    it = written ? over_.erase(it) : it + 1;
  }
  for (const auto& tally : wanted) tally->writing = true;
  return wanted;
}

void Recorder::Loop() {
  NameThread("audit");
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait_for(lock, kTick, [this] { return stopping_ || fresh_; });
    // The last time twice: what is being written now may have grown since.
    const int rounds = stopping_ ? 2 : 1;
    for (int round = 0; round < rounds; ++round) {
      const Tallies tallies = Collect();
      lock.unlock();
      SettleUnits(tallies);
      Write(tallies);
      lock.lock();
      if (stopping_) changed_.wait_for(lock, kPatience, [this] { return running_ == 0; });
    }
    if (rounds == 2) return;
  }
}

void Recorder::SettleUnits(const Tallies& tallies) {
  for (const auto& tally : tallies) {
    if (tally->unit_is_sure) continue;
    rpc::Service* service = services_.at(tally->service);
    int64_t size = 0;
    const absl::Status read =
        service->readers->Read([&](sql::Connection& connection) -> absl::Status {
          LF_ASSIGN_OR_RETURN(size,
                              store::ConnectionReader(&connection).LedgerSize(tally->unit_id));
          return absl::OkStatus();
        });
    // Only this thread touches the two.
    if (!read.ok() || size == 0) tally->unit_id = kSystemUnit;
    tally->unit_is_sure = true;
  }
}

void Recorder::Write(const Tallies& tallies) {
  std::map<Bucket, std::vector<std::pair<std::shared_ptr<Tally>, ledger::v1::AuditRecord>>> ledgers;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& tally : tallies) {
      ledger::v1::AuditRecord record = tally->record;
      record.set_name(RecordName(tally->unit_id, AuditRecordKind().collection(), tally->id));
      if (UnitIdOf(record.resource()) != tally->unit_id) record.clear_resource();
      ledgers[{tally->service, tally->unit_id}].emplace_back(tally, std::move(record));
    }
    running_ += ledgers.size();
  }
  for (auto& [ledger, records] : ledgers) Submit(ledger.first, ledger.second, std::move(records));
}

void Recorder::Submit(
    const std::string& service, const std::string& unit_id,
    std::vector<std::pair<std::shared_ptr<Tally>, ledger::v1::AuditRecord>> records) {
  using Records = std::vector<std::pair<std::shared_ptr<Tally>, ledger::v1::AuditRecord>>;
  const auto kept = std::make_shared<const Records>(std::move(records));
  store::Mutation mutation;
  mutation.unit_id = unit_id;
  mutation.actor = ActorOf(service);
  mutation.method = store::kAuditMethod;
  mutation.apply = [kept](store::WriteTx& tx) -> absl::Status {
    for (const auto& [tally, record] : *kept) {
      ledger::v1::AuditRecord copy = record;
      LF_RETURN_IF_ERROR(tx.Put(AuditRecordKind(), copy));
    }
    return absl::OkStatus();
  };
  mutation.done = [this, kept](const absl::StatusOr<store::Committed>& outcome) {
    if (!outcome.ok()) {
      // Tried again at the next look at the clock.
      obs::Log(obs::Level::kError, "audit_failed", {{"error", outcome.status().message()}});
    }
    const std::lock_guard lock(mutex_);
    for (const auto& [tally, record] : *kept) {
      tally->writing = false;
      if (outcome.ok()) tally->written = record.count();
    }
    --running_;
    changed_.notify_all();
  };
  services_.at(service)->writer->Submit(std::move(mutation));
}

}  // namespace lianfang::audit
