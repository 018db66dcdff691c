#include "services/aggregator/domain/split_view.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/ledger/checkpoint.h"
#include "common/ledger/merkle.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "services/aggregator/domain/member_rules.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::Evidence;
using aggregation::v1::Member;
using aggregation::v1::VerifiedCheckpoint;
using aggregation::v1::WitnessedCheckpoint;

absl::Status NothingToCompare() {
  return absl::FailedPreconditionError("there are no two checkpoints of one ledger");
}

bool Continues(const ledger::Checkpoint& first, const ledger::Checkpoint& second,
               const std::vector<std::string>& proof) {
  std::vector<ledger::Hash> hashes;
  for (const std::string& bytes : proof) {
    const auto hash = crypto::DigestFromBytes(bytes);
    if (!hash.ok()) return false;
    hashes.push_back(*hash);
  }
  return ledger::VerifyConsistency(first.size, second.size, hashes, first.root, second.root).ok();
}

}  // namespace

absl::StatusOr<std::optional<Evidence>> CompareViews(const Member& member,
                                                     const WitnessedCheckpoint& other,
                                                     Prove prove) {
  const std::string origin = store::LedgerOrigin(UnitIdOf(member.unit()), other.service());
  LF_ASSIGN_OR_RETURN(const auto keys, ParseKeys(member));
  const auto key =
      std::find_if(keys.begin(), keys.end(), [&](const auto& one) { return one.name() == origin; });
  const auto known =
      std::find_if(member.checkpoints().begin(), member.checkpoints().end(),
                   [&](const auto& one) { return one.service() == other.service(); });
  if (key == keys.end() || known == member.checkpoints().end() || other.unit() != member.unit()) {
    return NothingToCompare();
  }
  const auto ours = ledger::OpenCheckpoint(known->checkpoint(), *key, origin);
  const auto theirs = ledger::OpenCheckpoint(other.checkpoint(), *key, origin);
  if (!ours.ok() || !theirs.ok()) return NothingToCompare();

  const std::optional<Evidence> none;
  Evidence evidence;
  evidence.set_service(other.service());
  evidence.set_known_checkpoint(known->checkpoint());
  evidence.set_presented_checkpoint(other.checkpoint());
  if (ours->size == theirs->size) {
    if (ours->root == theirs->root) return none;
    evidence.set_problem(absl::StrCat("台账 ", other.service(),
                                      "：对两个上级给出了不同的历史，同为 ", ours->size,
                                      " 条而内容不同。"));
    return std::optional<Evidence>(std::move(evidence));
  }
  const bool ours_first = ours->size < theirs->size;
  const ledger::Checkpoint& first = ours_first ? *ours : *theirs;
  const ledger::Checkpoint& second = ours_first ? *theirs : *ours;
  // An empty ledger is the beginning of every other.
  if (first.size == 0) return none;
  const auto proof = prove(static_cast<int64_t>(first.size), static_cast<int64_t>(second.size));
  if (!proof.ok() && ReasonOf(proof.status()) != common::v1::ERROR_REASON_INVALID_FIELD) {
    return proof.status();
  }
  if (proof.ok() && Continues(first, second, *proof)) return none;
  evidence.set_problem(absl::StrCat("台账 ", other.service(), "：对两个上级给出了不同的历史，",
                                    second.size, " 条的一份不是 ", first.size,
                                    " 条的一份的延续。"));
  return std::optional<Evidence>(std::move(evidence));
}

}  // namespace lianfang::aggregator
