// Signed checkpoints: those that are kept elsewhere, and those that a database holds.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/ledger/checkpoint.h"
#include "common/verify/finding.h"
#include "common/verify/verify.h"

namespace lianfang::verify {

// What a signed note says, whoever signed it, and whether that was a key at hand.
struct ReadCheckpoint {
  ledger::Checkpoint checkpoint;
  enum class Signature { kGood, kNoKey, kBad } signature = Signature::kNoKey;
};

// INVALID_ARGUMENT for what is no checkpoint of a ledger with this origin.
absl::StatusOr<ReadCheckpoint> ReadSigned(absl::string_view note, absl::string_view origin,
                                          const Options& options);

// The first line of a note.
std::string OriginOf(absl::string_view note);

// `lianfang/units/{unit}/ledgers/{service}` as its parts; false for another text.
bool SplitOrigin(absl::string_view origin, std::string* unit_id, std::string* service);

// Names of the keys that have signed a checkpoint beside the ledger's own: its witnesses.
std::vector<std::string> WitnessesOf(absl::string_view note);

// The notes of a file that holds one after the other. INVALID_ARGUMENT for anything else.
absl::StatusOr<std::vector<std::string>> SplitNotes(absl::string_view text);

}  // namespace lianfang::verify
