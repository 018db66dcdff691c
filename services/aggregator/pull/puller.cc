#include "services/aggregator/pull/puller.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/base/utf8.h"
#include "common/status/error.h"
#include "common/store/reader.h"
#include "common/store/writer.h"
#include "google/protobuf/util/time_util.h"
#include "services/aggregator/aggregator_kinds.h"
#include "services/aggregator/member_store.h"

namespace lianfang::aggregator {

using aggregation::v1::Member;
using aggregation::v1::PullMemberResponse;
using google::protobuf::util::TimeUtil;

namespace {

// Pulls that may wait for a thread.
constexpr int kQueue = 1024;
// How often a pull starts again because another one of the same member was stored first.
constexpr int kRounds = 3;
// What another server says of its errors is shown, but not at any length.
constexpr int kProblemColumns = 200;

Pulled Unreachable(const absl::Status& status) {
  return UnreachablePull{TruncateToWidth(Printable(ChineseText(status)), kProblemColumns)};
}

absl::StatusOr<Member> Stored(const store::Committed& committed) {
  Member member;
  for (const auto& any : committed.content.resources()) {
    if (any.Is<Member>() && any.UnpackTo(&member)) return member;
  }
  return absl::InternalError("a pull stored no member");
}

}  // namespace

struct Puller::Job {
  std::string name;
  Caller caller;
  Done done;
  int rounds = 0;
};

Puller::Puller(rpc::Service* host, const Clock* clock, Environment environment, int threads,
               obs::Metrics* metrics)
    : host_(host),
      clock_(clock),
      environment_(std::move(environment)),
      threads_(threads),
      pool_({.threads = threads, .queue = kQueue, .metrics = metrics, .name = "pull"}) {}

Puller::~Puller() { Stop(); }

void Puller::Stop() { pool_.Stop(); }

void Puller::Run(std::function<void(absl::Status)> job) {
  pool_.Submit("", absl::InfiniteFuture(), std::move(job));
}

void Puller::Pull(std::string name, Caller caller, Done done) {
  Submit(std::make_shared<Job>(Job{std::move(name), std::move(caller), std::move(done)}));
}

void Puller::Submit(std::shared_ptr<Job> job) {
  Run([this, job = std::move(job)](const absl::Status& status) {
    if (status.ok()) {
      Work(job);
    } else {
      job->done(status);
    }
  });
}

absl::Time Puller::VerifiedAt(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto it = seen_.find(name);
  return it == seen_.end() ? absl::UnixEpoch() : it->second.verified;
}

void Puller::Complete(Member* member) {
  Seen seen;
  {
    const std::lock_guard lock(mutex_);
    if (const auto it = seen_.find(member->name()); it != seen_.end()) seen = it->second;
  }
  if (member->state() == aggregation::v1::MEMBER_STATE_UNREACHABLE) {
    member->set_failure_count(std::max(member->failure_count(), seen.failures));
  }
  if (!member->has_report()) return;
  const absl::Time stored =
      absl::FromUnixNanos(TimeUtil::TimestampToNanoseconds(member->verify_time()));
  const absl::Duration lag = clock_->Now() - std::max(stored, seen.verified);
  *member->mutable_lag() =
      TimeUtil::NanosecondsToDuration(std::max<int64_t>(0, absl::ToInt64Nanoseconds(lag)));
}

void Puller::Remember(const Member& before, const Pulled& pulled) {
  const std::lock_guard lock(mutex_);
  if (std::holds_alternative<VerifiedPull>(pulled)) {
    Seen& seen = seen_[before.name()];
    seen.verified = clock_->Now();
    seen.failures = 0;
  } else if (std::holds_alternative<UnreachablePull>(pulled)) {
    Seen& seen = seen_[before.name()];
    seen.failures = std::max(seen.failures, before.failure_count()) + 1;
  }
}

void Puller::BringCosignatures(const Member& before, const Member& member) {
  bool all = false;
  {
    const std::lock_guard lock(mutex_);
    all = seen_[member.name()].undelivered;
  }
  const auto checkpoints = NewlyCosigned(all ? Member() : before, member);
  if (checkpoints.empty()) return;
  const bool delivered = environment_.deliver(member, checkpoints);
  const std::lock_guard lock(mutex_);
  seen_[member.name()].undelivered = !delivered;
}

void Puller::Answer(const Job& job, Member member, bool unchanged) {
  PullMemberResponse response;
  *response.mutable_member() = std::move(member);
  Complete(response.mutable_member());
  response.set_unchanged(unchanged);
  job.done(std::move(response));
}

void Puller::TellVerified(const Job& job, const Member& member, bool changed) {
  if (verified_) verified_(member, job.caller, changed);
}

absl::StatusOr<Member> Puller::Read(const std::string& name) {
  LF_ASSIGN_OR_RETURN(auto connection, host_->readers->Borrow());
  return store::ConnectionReader(connection.get()).Get<Member>(MemberKind(), name);
}

void Puller::Work(const std::shared_ptr<Job>& job) {
  auto before = Read(job->name);
  if (!before.ok()) {
    job->done(before.status());
    return;
  }
  if (before->state() == aggregation::v1::MEMBER_STATE_UNTRUSTED) {
    Answer(*job, *std::move(before), false);
    return;
  }
  const auto answer = environment_.fetch(*before);
  if (absl::IsCancelled(answer.status())) {
    job->done(answer.status());
    return;
  }
  absl::StatusOr<Pulled> pulled =
      answer.ok() ? Judge(*before, *answer) : Unreachable(answer.status());
  if (!pulled.ok()) {
    job->done(pulled.status());
    return;
  }
  if (auto* verified = std::get_if<VerifiedPull>(&*pulled)) {
    const absl::Status cosigned =
        CosignPull(*before, environment_.witness_key, clock_->Now(), verified);
    if (!cosigned.ok()) {
      job->done(cosigned);
      return;
    }
  }
  Remember(*before, *pulled);
  AfterPull after = Apply(*before, *pulled, clock_->Now());
  if (!after.write) {
    if (std::holds_alternative<VerifiedPull>(*pulled)) {
      BringCosignatures(*before, *before);
      TellVerified(*job, *before, false);
    }
    // As stored: what the pull said of the same things is not kept.
    Answer(*job, *std::move(before), after.unchanged);
    return;
  }
  store::Mutation mutation;
  mutation.unit_id = std::string(UnitIdOf(job->name));
  mutation.actor = job->caller.identity;
  mutation.method = job->caller.method;
  mutation.apply = [name = job->name, basis = before->etag(),
                    pulled = *std::move(pulled)](store::WriteTx& tx) -> absl::Status {
    LF_ASSIGN_OR_RETURN(const Member current, tx.Get<Member>(MemberKind(), name));
    // The answer was judged against another state: a newer checkpoint may contradict it.
    LF_RETURN_IF_ERROR(store::CheckEtag(current.etag(), basis));
    Member next = Apply(current, pulled, tx.now()).member;
    LF_RETURN_IF_ERROR(DeriveRows(tx, next));
    return tx.Put(MemberKind(), next);
  };
  mutation.done = [this, job, before = std::make_shared<const Member>(*before),
                   unchanged = after.unchanged](const absl::StatusOr<store::Committed>& outcome) {
    if (outcome.ok()) {
      auto stored = Stored(*outcome);
      if (!stored.ok()) {
        job->done(stored.status());
        return;
      }
      // In a thread that may wait.
      Run([this, job, before, stored = *std::move(stored), unchanged](const absl::Status& room) {
        if (room.ok() && stored.state() == aggregation::v1::MEMBER_STATE_VERIFIED) {
          BringCosignatures(*before, stored);
          TellVerified(*job, stored, !unchanged);
        }
        Answer(*job, stored, unchanged);
      });
    } else if (ReasonOf(outcome.status()) == common::v1::ERROR_REASON_ETAG_MISMATCH &&
               ++job->rounds < kRounds) {
      Submit(job);
    } else {
      job->done(outcome.status());
    }
  };
  host_->writer->Submit(std::move(mutation));
}

}  // namespace lianfang::aggregator
