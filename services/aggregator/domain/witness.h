// The aggregator as a witness: what a pull means for a member. Pure; the checking of proofs itself
// is reporting's VerifyUnitReport.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/ed25519.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::aggregator {

// A report that holds.
struct VerifiedPull {
  reporting::v1::UnitReport report;
  std::vector<aggregation::v1::VerifiedCheckpoint> checkpoints;  // by service
  // The member's keys, each followed to what it was handed over to.
  std::vector<std::string> verifier_keys;
};
// The member gave no answer.
struct UnreachablePull {
  std::string problem;  // in Chinese
};
// What a pull brought; Evidence when what the member presented does not hold.
using Pulled = std::variant<VerifiedPull, aggregation::v1::Evidence, UnreachablePull>;

// What to ask the member for: its report, unless that is the one known, and the continuity of every
// ledger since the checkpoint verified last.
reporting::v1::GetUnitReportRequest RequestFor(const aggregation::v1::Member& member);

// Judges an answer by the member's keys, the checkpoints verified before and the report known. An
// older report than the known one, another one of the same number, and figures that do not add up
// are evidence like a proof that does not hold. An error means that the stored member is damaged.
absl::StatusOr<Pulled> Judge(const aggregation::v1::Member& member,
                             const reporting::v1::GetUnitReportResponse& response);

// Signs the checkpoints of a pull as the witness that this aggregator is; those known before keep
// the signature that they have.
absl::Status CosignPull(const aggregation::v1::Member& member, const crypto::Ed25519PrivateKey& key,
                        absl::Time now, VerifiedPull* pull);

// Checkpoints of `after` that this aggregator has signed since `before`: news for the member.
std::vector<aggregation::v1::VerifiedCheckpoint> NewlyCosigned(
    const aggregation::v1::Member& before, const aggregation::v1::Member& after);

// What becomes of the member.
struct AfterPull {
  aggregation::v1::Member member;
  // The member is to be written. Not after a pull that brought nothing new: so `pull_time` is that
  // of the last pull that changed something, and a poll every minute does not fill the ledger.
  bool write = false;
  // The member answered with the report known before.
  bool unchanged = false;
};

// REGISTERED, VERIFIED and UNREACHABLE go to VERIFIED, UNTRUSTED or UNREACHABLE by what came.
// UNTRUSTED stays, with its evidence, whatever comes. UNREACHABLE and UNTRUSTED keep the last
// verified report and checkpoints.
AfterPull Apply(const aggregation::v1::Member& before, const Pulled& pulled, absl::Time now);

}  // namespace lianfang::aggregator
