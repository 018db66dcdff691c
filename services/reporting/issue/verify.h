// Verifying a unit's report, as a witness does who trusts nothing but the keys of its ledgers and
// what he has verified before. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/ledger/checkpoint.h"
#include "common/ledger/note.h"
#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::reporting {

// A ledger's checkpoint that holds: what to pass as `known` the next time.
struct SeenCheckpoint {
  ledger::Checkpoint checkpoint;
  std::string note;  // as signed
};

struct VerifiedReport {
  // From the entry on the ledger. Whether it is newer than the last one is for the caller to say:
  // compare `number`.
  v1::UnitReport report;
  std::map<std::string, SeenCheckpoint> checkpoints;  // by service
  // The keys to verify with the next time: as they were given, each replaced by that to which it
  // was handed over and which has signed.
  std::vector<ledger::NoteVerifier> keys;
};

// What does not hold.
struct VerifyFailure {
  std::string service;  // ledger at fault
  // One of `key`, `handover`, `signature`, `growth`, `consistency`, `missing`, `duplicate`,
  // `inclusion`, `header`, `content`, `report`, `ledgers`.
  std::string check;
  std::string problem;     // in Chinese
  std::string checkpoint;  // the note presented, where one ledger's checkpoint is at fault
};

// Checks the answer of a unit (`units/{unit}`). `keys` has one key a ledger, named as the ledger's
// origin; a checkpoint may be signed by what that key was handed over to since, as `key_handovers`
// prove; `known` what was verified before, by service, without empty ledgers. `known_report` is
// the one that was asked with, of a ledger in `known`, or null: only then may the answer be that it
// is unchanged. The issuing ledger must be `reporting` or `aggregator`. MEMBER_UNTRUSTED when
// anything at all does not hold; then nothing of the answer may be used, and FailureOf says what it
// was.
absl::StatusOr<VerifiedReport> VerifyUnitReport(
    const v1::GetUnitReportResponse& response, const std::vector<ledger::NoteVerifier>& keys,
    const std::map<std::string, ledger::Checkpoint>& known, absl::string_view unit,
    const v1::UnitReport* known_report = nullptr);

VerifyFailure FailureOf(const absl::Status& status);

}  // namespace lianfang::reporting
