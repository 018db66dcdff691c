#include "services/aggregator/pull/compare.h"

#include <future>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "common/store/writer.h"
#include "services/aggregator/aggregator_kinds.h"
#include "services/aggregator/domain/split_view.h"
#include "services/aggregator/domain/witness.h"
#include "services/aggregator/member_store.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::CompareCheckpointsRequest;
using aggregation::v1::CompareCheckpointsResponse;
using aggregation::v1::Evidence;
using aggregation::v1::ExchangeCheckpointsRequest;
using aggregation::v1::ExchangeCheckpointsResponse;
using aggregation::v1::Member;
using aggregation::v1::WitnessedCheckpoint;

// Members of one exchange: their ledgers, at most 16 each, fit into one request.
constexpr int kMembersAtATime = 60;

void AddCheckpoints(const Member& member, ExchangeCheckpointsRequest* request) {
  for (const auto& checkpoint : member.checkpoints()) {
    WitnessedCheckpoint* witnessed = request->add_checkpoints();
    witnessed->set_unit(member.unit());
    witnessed->set_service(checkpoint.service());
    witnessed->set_checkpoint(checkpoint.checkpoint());
  }
}

class Comparison {
 public:
  Comparison(std::shared_ptr<Puller> puller, std::shared_ptr<Fetcher> fetcher, std::string unit_id,
             Puller::Caller caller, absl::Time deadline)
      : puller_(std::move(puller)),
        fetcher_(std::move(fetcher)),
        unit_id_(std::move(unit_id)),
        caller_(std::move(caller)),
        deadline_(deadline) {}

  absl::StatusOr<CompareCheckpointsResponse> Run(const CompareCheckpointsRequest& request) {
    std::string after;
    while (true) {
      LF_ASSIGN_OR_RETURN(const auto members, ReadMembers(after));
      if (members.empty()) return std::move(response_);
      LF_RETURN_IF_ERROR(CompareSome(request, members));
      after = MemberKind().IdOf(members.back().name());
    }
  }

 private:
  absl::StatusOr<std::vector<Member>> ReadMembers(const std::string& after) {
    LF_ASSIGN_OR_RETURN(auto connection, puller_->host().readers->Borrow());
    store::ConnectionReader reader(connection.get());
    return reader.List<Member>(MemberKind(), unit_id_, {.after = after, .limit = kMembersAtATime});
  }

  absl::Status CompareSome(const CompareCheckpointsRequest& request,
                           const std::vector<Member>& members) {
    ExchangeCheckpointsRequest ours;
    ours.set_parent(request.unit());
    std::map<std::string, const Member*> by_unit;
    for (const Member& member : members) {
      // One that is not trusted already has its evidence.
      if (member.state() == aggregation::v1::MEMBER_STATE_UNTRUSTED) continue;
      AddCheckpoints(member, &ours);
      by_unit[member.unit()] = &member;
    }
    if (ours.checkpoints().empty()) return absl::OkStatus();
    const auto theirs = fetcher_->Exchange(request, ours);
    if (!theirs.ok()) {
      return MakeError(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE,
                       absl::StrCat("无法与 ", request.endpoint(), " 交换检查点：",
                                    ChineseText(theirs.status())),
                       absl::StrCat("Cannot exchange checkpoints with ", request.endpoint(), ": ",
                                    theirs.status().message()));
    }
    for (const WitnessedCheckpoint& other : theirs->checkpoints()) {
      const auto member = by_unit.find(other.unit());
      if (member == by_unit.end()) continue;
      LF_ASSIGN_OR_RETURN(const bool split, CompareOne(request.endpoint(), *member->second, other));
      if (split) by_unit.erase(member);
    }
    return absl::OkStatus();
  }

  // Whether the member was found to tell two histories.
  absl::StatusOr<bool> CompareOne(const std::string& endpoint, const Member& member,
                                  const WitnessedCheckpoint& other) {
    if (absl::Now() >= deadline_) {
      return MakeError(common::v1::ERROR_REASON_DEADLINE_EXCEEDED, "等待时间已过。",
                       "The deadline has passed.");
    }
    auto compared = CompareViews(member, other, [&](int64_t first, int64_t second) {
      return fetcher_->Consistency(member, other.service(), first, second);
    });
    if (absl::IsFailedPrecondition(compared.status())) return false;
    if (absl::IsCancelled(compared.status())) return compared.status();
    if (!compared.ok()) {
      response_.add_unreachable(absl::StrCat(member.unit(), "/ledgers/", other.service()));
      return false;
    }
    response_.set_compared_count(response_.compared_count() + 1);
    if (!*compared) return false;
    Evidence& evidence = **compared;
    evidence.set_witness(endpoint);
    LF_RETURN_IF_ERROR(Distrust(member.name(), evidence));
    auto* split = response_.add_split_views();
    split->set_member(member.name());
    *split->mutable_evidence() = std::move(evidence);
    return true;
  }

  // On record before it is told. Whatever has become of the member meanwhile: both checkpoints are
  // signed with its key.
  absl::Status Distrust(const std::string& name, const Evidence& evidence) {
    std::promise<absl::Status> written;
    auto outcome = written.get_future();
    store::Mutation mutation;
    mutation.unit_id = unit_id_;
    mutation.actor = caller_.identity;
    mutation.method = caller_.method;
    mutation.apply = [&](store::WriteTx& tx) -> absl::Status {
      LF_ASSIGN_OR_RETURN(const Member current, tx.Get<Member>(MemberKind(), name));
      AfterPull after = Apply(current, evidence, tx.now());
      if (!after.write) return absl::OkStatus();
      LF_RETURN_IF_ERROR(DeriveRows(tx, after.member));
      return tx.Put(MemberKind(), after.member);
    };
    mutation.done = [&](const absl::StatusOr<store::Committed>& committed) {
      written.set_value(committed.status());
    };
    puller_->host().writer->Submit(std::move(mutation));
    return outcome.get();
  }

  const std::shared_ptr<Puller> puller_;
  const std::shared_ptr<Fetcher> fetcher_;
  const std::string unit_id_;
  const Puller::Caller caller_;
  const absl::Time deadline_;
  CompareCheckpointsResponse response_;
};

}  // namespace

absl::Status AnswerExchange(store::Reader& reader, absl::string_view unit_id,
                            const ExchangeCheckpointsRequest& request,
                            ExchangeCheckpointsResponse* response) {
  // A unit's ledgers stand beside each other, so most lookups are those of the one before.
  std::optional<Member> member;
  std::string unit;
  for (const WitnessedCheckpoint& asked : request.checkpoints()) {
    if (asked.unit() != unit) {
      unit = asked.unit();
      LF_ASSIGN_OR_RETURN(auto found, reader.List<Member>(MemberKind(), unit_id,
                                                          {.equal = {{"unit", unit}}, .limit = 1}));
      member.reset();
      if (!found.empty()) member = std::move(found.front());
    }
    if (!member) continue;
    for (const auto& checkpoint : member->checkpoints()) {
      if (checkpoint.service() != asked.service()) continue;
      WitnessedCheckpoint* known = response->add_checkpoints();
      known->set_unit(unit);
      known->set_service(checkpoint.service());
      known->set_checkpoint(checkpoint.checkpoint());
    }
  }
  return absl::OkStatus();
}

void CompareCheckpoints(const std::shared_ptr<Puller>& puller,
                        const std::shared_ptr<Fetcher>& fetcher, std::string unit_id,
                        Puller::Caller caller, absl::Time deadline,
                        std::shared_ptr<const CompareCheckpointsRequest> request,
                        std::function<void(absl::StatusOr<CompareCheckpointsResponse>)> done) {
  puller->Run([puller, fetcher, unit_id = std::move(unit_id), caller = std::move(caller), deadline,
               request = std::move(request), done = std::move(done)](const absl::Status& room) {
    if (!room.ok()) {
      done(room);
      return;
    }
    done(Comparison(puller, fetcher, unit_id, caller, deadline).Run(*request));
  });
}

}  // namespace lianfang::aggregator
