#include "services/aggregator/domain/witness.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/ledger/checkpoint.h"
#include "common/ledger/cosignature.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "services/aggregator/domain/member_rules.h"
#include "services/aggregator/domain/rollup.h"
#include "services/reporting/issue/verify.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::Evidence;
using aggregation::v1::Member;
using aggregation::v1::VerifiedCheckpoint;
using google::protobuf::util::MessageDifferencer;
using google::protobuf::util::TimeUtil;

const VerifiedCheckpoint* Known(const Member& member, absl::string_view service) {
  for (const VerifiedCheckpoint& checkpoint : member.checkpoints()) {
    if (checkpoint.service() == service) return &checkpoint;
  }
  return nullptr;
}

Evidence MakeEvidence(const Member& member, absl::string_view service, absl::string_view presented,
                      absl::string_view problem) {
  Evidence evidence;
  evidence.set_service(std::string(service));
  if (const auto* known = Known(member, service)) {
    evidence.set_known_checkpoint(known->checkpoint());
  }
  evidence.set_presented_checkpoint(std::string(presented));
  evidence.set_problem(std::string(problem));
  return evidence;
}

absl::StatusOr<std::map<std::string, ledger::Checkpoint>> KnownCheckpoints(
    const Member& member, const std::vector<ledger::NoteVerifier>& keys) {
  std::map<std::string, ledger::Checkpoint> known;
  for (const VerifiedCheckpoint& stored : member.checkpoints()) {
    const std::string origin = store::LedgerOrigin(UnitIdOf(member.unit()), stored.service());
    for (const ledger::NoteVerifier& key : keys) {
      if (key.name() != origin) continue;
      auto checkpoint = ledger::OpenCheckpoint(stored.checkpoint(), key, origin);
      if (!checkpoint.ok()) return absl::DataLossError("a checkpoint of a member cannot be read");
      // An empty ledger has nothing to continue.
      if (checkpoint->size > 0) known.emplace(stored.service(), *std::move(checkpoint));
    }
  }
  return known;
}

// What speaks against a report whose proofs hold; empty when nothing does.
std::string Objection(const Member& member, const reporting::v1::UnitReport& report) {
  if (member.has_report()) {
    const auto& known = member.report();
    if (report.number() < known.number()) {
      return absl::StrCat("给出的是旧报告：第 ", report.number(), " 号，此前已核验第 ",
                          known.number(), " 号。");
    }
    if (report.number() == known.number() && !MessageDifferencer::Equals(report, known)) {
      return absl::StrCat("第 ", report.number(), " 号报告与此前核验的同号报告内容不同。");
    }
  }
  if (const absl::Status sums = CheckReport(report); !sums.ok()) {
    return ChineseText(sums);
  }
  return "";
}

bool SameCheckpoints(const Member& member, const std::vector<VerifiedCheckpoint>& checkpoints) {
  if (member.checkpoints_size() != static_cast<int>(checkpoints.size())) return false;
  for (const VerifiedCheckpoint& checkpoint : checkpoints) {
    const auto* known = Known(member, checkpoint.service());
    // Equal sizes have equal roots, or the consistency check had failed.
    if (known == nullptr || known->size() != checkpoint.size()) return false;
  }
  return true;
}

bool SameKeys(const Member& member, const std::vector<std::string>& keys) {
  return std::equal(member.verifier_keys().begin(), member.verifier_keys().end(), keys.begin(),
                    keys.end());
}

}  // namespace

reporting::v1::GetUnitReportRequest RequestFor(const Member& member) {
  reporting::v1::GetUnitReportRequest request;
  request.set_unit(member.unit());
  for (const VerifiedCheckpoint& checkpoint : member.checkpoints()) {
    if (checkpoint.size() == 0) continue;
    auto* known = request.add_known_checkpoints();
    known->set_service(checkpoint.service());
    known->set_size(checkpoint.size());
  }
  // Known by its name, and proven to be on a ledger whose continuity is asked for.
  if (member.has_report() && !request.known_checkpoints().empty()) {
    request.set_known_report(member.report().name());
  }
  return request;
}

absl::StatusOr<Pulled> Judge(const Member& member,
                             const reporting::v1::GetUnitReportResponse& response) {
  LF_ASSIGN_OR_RETURN(const auto keys, ParseKeys(member));
  LF_ASSIGN_OR_RETURN(const auto known, KnownCheckpoints(member, keys));
  auto verified = reporting::VerifyUnitReport(response, keys, known, member.unit(),
                                              member.has_report() ? &member.report() : nullptr);
  if (!verified.ok()) {
    const reporting::VerifyFailure failure = reporting::FailureOf(verified.status());
    return MakeEvidence(member, failure.service, failure.checkpoint, failure.problem);
  }
  VerifiedPull pull;
  for (const auto& [service, seen] : verified->checkpoints) {
    VerifiedCheckpoint& checkpoint = pull.checkpoints.emplace_back();
    checkpoint.set_service(service);
    checkpoint.set_size(static_cast<int64_t>(seen.checkpoint.size));
    checkpoint.set_checkpoint(seen.note);
  }
  for (const ledger::NoteVerifier& key : verified->keys) {
    pull.verifier_keys.push_back(key.ToString());
  }
  if (const std::string objection = Objection(member, verified->report); !objection.empty()) {
    const std::string issuer(IssuingService(member.kind()));
    const auto seen = verified->checkpoints.find(issuer);
    return MakeEvidence(member, issuer,
                        seen == verified->checkpoints.end() ? "" : seen->second.note, objection);
  }
  pull.report = std::move(verified->report);
  return pull;
}

absl::Status CosignPull(const Member& member, const crypto::Ed25519PrivateKey& key, absl::Time now,
                        VerifiedPull* pull) {
  const std::string witness = ledger::WitnessName(UnitIdOf(member.name()));
  for (VerifiedCheckpoint& checkpoint : pull->checkpoints) {
    const auto* known = Known(member, checkpoint.service());
    if (known != nullptr && known->checkpoint() == checkpoint.checkpoint() &&
        !known->cosigned_checkpoint().empty()) {
      checkpoint.set_cosigned_checkpoint(known->cosigned_checkpoint());
      continue;
    }
    LF_ASSIGN_OR_RETURN(*checkpoint.mutable_cosigned_checkpoint(),
                        ledger::Cosign(checkpoint.checkpoint(), witness, key, now));
  }
  return absl::OkStatus();
}

std::vector<VerifiedCheckpoint> NewlyCosigned(const Member& before, const Member& after) {
  std::vector<VerifiedCheckpoint> fresh;
  for (const VerifiedCheckpoint& checkpoint : after.checkpoints()) {
    const auto* known = Known(before, checkpoint.service());
    if (checkpoint.size() > 0 && !checkpoint.cosigned_checkpoint().empty() &&
        (known == nullptr || known->cosigned_checkpoint() != checkpoint.cosigned_checkpoint())) {
      fresh.push_back(checkpoint);
    }
  }
  return fresh;
}

AfterPull Apply(const Member& before, const Pulled& pulled, absl::Time now) {
  AfterPull after{before};
  if (before.state() == aggregation::v1::MEMBER_STATE_UNTRUSTED) return after;
  const auto time = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  Member& member = after.member;
  if (const auto* evidence = std::get_if<Evidence>(&pulled)) {
    member.set_state(aggregation::v1::MEMBER_STATE_UNTRUSTED);
    *member.mutable_evidence() = *evidence;
    *member.mutable_evidence()->mutable_time() = time;
    member.set_problem(evidence->problem());
    after.write = true;
  } else if (const auto* unreachable = std::get_if<UnreachablePull>(&pulled)) {
    after.write = before.state() != aggregation::v1::MEMBER_STATE_UNREACHABLE ||
                  before.problem() != unreachable->problem;
    member.set_state(aggregation::v1::MEMBER_STATE_UNREACHABLE);
    member.set_problem(unreachable->problem);
    member.set_failure_count(before.failure_count() + 1);
  } else {
    const auto& verified = std::get<VerifiedPull>(pulled);
    after.unchanged =
        before.has_report() && MessageDifferencer::Equals(before.report(), verified.report);
    after.write = !after.unchanged || !SameCheckpoints(before, verified.checkpoints) ||
                  !SameKeys(before, verified.verifier_keys) ||
                  before.state() != aggregation::v1::MEMBER_STATE_VERIFIED;
    member.set_state(aggregation::v1::MEMBER_STATE_VERIFIED);
    member.clear_problem();
    member.clear_failure_count();
    *member.mutable_report() = verified.report;
    member.set_display_name(verified.report.display_name());
    *member.mutable_checkpoints() = {verified.checkpoints.begin(), verified.checkpoints.end()};
    *member.mutable_verifier_keys() = {verified.verifier_keys.begin(),
                                       verified.verifier_keys.end()};
    if (after.write) *member.mutable_verify_time() = time;
  }
  if (after.write) *member.mutable_pull_time() = time;
  return after;
}

}  // namespace lianfang::aggregator
