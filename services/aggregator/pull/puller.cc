#include "services/aggregator/pull/puller.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/base/utf8.h"
#include "common/status/error.h"
#include "common/store/reader.h"
#include "common/store/writer.h"
#include "services/aggregator/aggregator_kinds.h"
#include "services/aggregator/domain/witness.h"
#include "services/aggregator/member_store.h"

namespace lianfang::aggregator {

using aggregation::v1::Member;
using aggregation::v1::PullMemberResponse;

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

absl::StatusOr<PullMemberResponse> Stored(const store::Committed& committed, bool unchanged) {
  PullMemberResponse response;
  response.set_unchanged(unchanged);
  for (const auto& any : committed.content.resources()) {
    if (any.Is<Member>() && any.UnpackTo(response.mutable_member())) return response;
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

Puller::Puller(rpc::Service* host, const Clock* clock, Fetch fetch, int threads,
               obs::Metrics* metrics)
    : host_(host),
      clock_(clock),
      fetch_(std::move(fetch)),
      threads_(threads),
      pool_({.threads = threads, .queue = kQueue, .metrics = metrics, .name = "pull"}) {}

Puller::~Puller() { Stop(); }

void Puller::Stop() { pool_.Stop(); }

void Puller::Run(std::function<void(absl::Status)> job) {
  pool_.Submit(absl::InfiniteFuture(), std::move(job));
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
  const auto it = verified_.find(name);
  return it == verified_.end() ? absl::UnixEpoch() : it->second;
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
    PullMemberResponse response;
    *response.mutable_member() = *std::move(before);
    job->done(std::move(response));
    return;
  }
  const auto answer = fetch_(*before);
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
  if (std::holds_alternative<VerifiedPull>(*pulled)) {
    const std::lock_guard lock(mutex_);
    verified_[job->name] = clock_->Now();
  }
  AfterPull after = Apply(*before, *pulled, clock_->Now());
  if (!after.write) {
    PullMemberResponse response;
    // As stored: what the pull said of the same things is not kept.
    *response.mutable_member() = *std::move(before);
    response.set_unchanged(after.unchanged);
    job->done(std::move(response));
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
  mutation.done = [this, job,
                   unchanged = after.unchanged](const absl::StatusOr<store::Committed>& outcome) {
    if (outcome.ok()) {
      job->done(Stored(*outcome, unchanged));
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
