// Cosigned checkpoints as C2SP tlog-cosignature describes them (cosignature/v1, Ed25519). Pure.
//
// A witness that has seen that a checkpoint continues what it has seen before adds a signature line
// of its own to the note:
//
//   — <witness name> <base64 of key id (4 bytes), time (8 bytes, big-endian) and signature>
//
// The signature covers `cosignature/v1`, `time <seconds>` and the checkpoint's text. Verifiers of
// the ledger's own signature pass the line over.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/crypto/ed25519.h"

namespace lianfang::ledger {

// Name of the witness that a unit's aggregator is: `lianfang/units/{unit}/witness`.
std::string WitnessName(absl::string_view unit_id);

// Knows a witness: name and public key. Handed around as name+key id (8 hex digits)+base64(0x04 ||
// public key).
class WitnessKey {
 public:
  // INVALID_ARGUMENT unless `name` may name a key of a note.
  static absl::StatusOr<WitnessKey> Create(std::string name, crypto::Ed25519PublicKey key);
  // INVALID_ARGUMENT for anything but ToString's form.
  static absl::StatusOr<WitnessKey> Parse(absl::string_view text);
  std::string ToString() const;

  const std::string& name() const { return name_; }
  // The first 4 bytes of SHA-256(name || 0x0A || 0x04 || public key).
  const std::string& key_id() const { return key_id_; }
  const crypto::Ed25519PublicKey& key() const { return key_; }

 private:
  WitnessKey(std::string name, std::string key_id, crypto::Ed25519PublicKey key)
      : name_(std::move(name)), key_id_(std::move(key_id)), key_(std::move(key)) {}

  std::string name_;
  std::string key_id_;  // 4 bytes
  crypto::Ed25519PublicKey key_;
};

// `note` with the witness's line below the others. INVALID_ARGUMENT when it is no note, is too long
// with it, or for a time before 1970. Whether the checkpoint is to be trusted is for the caller to
// have checked.
absl::StatusOr<std::string> Cosign(absl::string_view note, absl::string_view witness,
                                   const crypto::Ed25519PrivateKey& key, absl::Time time);

// When the witness cosigned. UNAUTHENTICATED when it did not, or a line that claims its key is not
// its; INVALID_ARGUMENT when `note` is malformed.
absl::StatusOr<absl::Time> OpenCosignature(absl::string_view note, const WitnessKey& witness);

}  // namespace lianfang::ledger
