#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/ledger/merkle.h"
#include "common/ledger/note.h"

namespace lianfang::ledger {

// What a ledger commits to (C2SP tlog-checkpoint): its name, how many entries it has, and the root
// of its tree.
struct Checkpoint {
  std::string origin;  // The ledger; not empty, no newline. Here also the name of its key.
  uint64_t size = 0;   // Entries; at most kMaxTreeSize.
  Hash root = {};

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;

  // The lines origin, size in decimal, root in base64.
  std::string Format() const;

  // INVALID_ARGUMENT for any other form. Lines after the root are extensions and are passed over;
  // they may not be empty.
  static absl::StatusOr<Checkpoint> Parse(absl::string_view text);
};

// The checkpoint as a signed note. INVALID_ARGUMENT where it could not be read back.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const NoteSigner& signer);

// The checkpoint in a note that `verifier`'s key signed. Its origin must be `origin`, or the
// verifier's name where `origin` is empty; a checkpoint of another ledger is FAILED_PRECONDITION.
// Other errors as OpenNote and Checkpoint::Parse.
absl::StatusOr<Checkpoint> OpenCheckpoint(absl::string_view note, const NoteVerifier& verifier,
                                          absl::string_view origin = "");

}  // namespace lianfang::ledger
