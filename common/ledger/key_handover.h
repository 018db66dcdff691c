// Hand-overs of the key that signs a server's checkpoints. Pure.
//
// A hand-over is a signed note
//
//   lianfang/key-handover/v1
//   <base64 of the old key's 32 bytes>
//   <base64 of the new key's 32 bytes>
//   <when, seconds since 1970>
//
// signed by both keys under the name `lianfang/ledger-key`: the old key says whom it hands over to,
// the new one that it is held by whoever took over. It names no ledger: one key signs all ledgers
// of a server.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/crypto/ed25519.h"
#include "common/ledger/note.h"

namespace lianfang::ledger {

// One a year for a generation; more is no rotation but an attempt to keep verifiers busy.
inline constexpr size_t kMaxHandovers = 32;

struct KeyHandover {
  crypto::Ed25519PublicKey from;
  crypto::Ed25519PublicKey to;
  absl::Time time;
};

// INVALID_ARGUMENT when both are one key.
absl::StatusOr<std::string> SignKeyHandover(const crypto::Ed25519PrivateKey& from,
                                            const crypto::Ed25519PrivateKey& to, absl::Time time);

// INVALID_ARGUMENT: malformed. UNAUTHENTICATED: not signed by both keys.
absl::StatusOr<KeyHandover> OpenKeyHandover(absl::string_view note);

// The keys to which `trusted` was handed over one after the other, itself first. `handovers` is
// oldest first; those of several servers may stand in one list. UNAUTHENTICATED when one is not
// signed by both keys; INVALID_ARGUMENT when one is malformed, when there are more than
// kMaxHandovers, or when they are no history: out of order, a key handed over twice, or a key that
// comes back.
absl::StatusOr<std::vector<crypto::Ed25519PublicKey>> FollowHandovers(
    const crypto::Ed25519PublicKey& trusted, std::span<const std::string> handovers);

// What `trusted` has become: verifiers of the same name, itself first. Errors as above.
absl::StatusOr<std::vector<NoteVerifier>> FollowHandovers(const NoteVerifier& trusted,
                                                          std::span<const std::string> handovers);

// Hand-overs as one text, as a file holds them, and back. INVALID_ARGUMENT for a text that does not
// begin with one.
std::string JoinHandovers(std::span<const std::string> handovers);
absl::StatusOr<std::vector<std::string>> SplitHandovers(absl::string_view text);

}  // namespace lianfang::ledger
