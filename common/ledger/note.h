#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/ed25519.h"

namespace lianfang::ledger {

// Signed notes as C2SP signed-note describes them, with Ed25519 signatures:
//
//   text, one or more lines
//   <empty line>
//   — <key name> <base64 of key id (4 bytes) and signature (64 bytes)>
//
// with one signature line or more. The signature covers the text with its last newline.

inline constexpr size_t kMaxNoteBytes = size_t{64} * 1024;
inline constexpr size_t kMaxNoteSignatures = 100;

// Knows a signer: the name of the key and its public half.
class NoteVerifier {
 public:
  // INVALID_ARGUMENT unless `name` may name a key: UTF-8, not empty, no white space, no control
  // character, no '+', at most 1024 bytes.
  static absl::StatusOr<NoteVerifier> Create(std::string name, crypto::Ed25519PublicKey key);

  // The form in which keys are handed around: name+key id (8 hex digits)+base64(0x01 || public
  // key). INVALID_ARGUMENT for anything else, and for a key id that is not this key's.
  static absl::StatusOr<NoteVerifier> Parse(absl::string_view text);
  std::string ToString() const;

  const std::string& name() const { return name_; }
  // The first 4 bytes, big-endian, of SHA-256(name || 0x0A || 0x01 || public key).
  uint32_t key_id() const { return key_id_; }
  const crypto::Ed25519PublicKey& key() const { return key_; }

 private:
  NoteVerifier(std::string name, uint32_t key_id, crypto::Ed25519PublicKey key)
      : name_(std::move(name)), key_id_(key_id), key_(std::move(key)) {}

  std::string name_;
  uint32_t key_id_;
  crypto::Ed25519PublicKey key_;
};

class NoteSigner {
 public:
  // Errors as NoteVerifier::Create.
  static absl::StatusOr<NoteSigner> Create(std::string name, crypto::Ed25519PrivateKey key);

  // The note with `text` and this signer's signature. INVALID_ARGUMENT unless `text` is UTF-8 that
  // ends with a newline, has no control character but newlines, and fits into kMaxNoteBytes.
  absl::StatusOr<std::string> Sign(absl::string_view text) const;

  // What others need to verify: its ToString is public.
  const NoteVerifier& verifier() const { return verifier_; }

 private:
  NoteSigner(NoteVerifier verifier, crypto::Ed25519PrivateKey key)
      : verifier_(std::move(verifier)), key_(std::move(key)) {}

  NoteVerifier verifier_;
  crypto::Ed25519PrivateKey key_;
};

struct OpenedNote {
  std::string text;                         // With its last newline.
  std::vector<std::string> verified_names;  // Never empty; each once, in the order of the lines.
};

// The note's text, where at least one of `known` has signed it. Signatures of other keys are
// ignored. INVALID_ARGUMENT: the note is malformed or too large. UNAUTHENTICATED: a signature that
// claims a known key is not that key's (whatever the others say), or no known key has signed.
absl::StatusOr<OpenedNote> OpenNote(absl::string_view note, std::span<const NoteVerifier> known);

// The bytes of standard base64 with padding. INVALID_ARGUMENT for any other spelling of them, so
// that a text has one form only.
absl::StatusOr<std::string> StrictBase64Decode(absl::string_view text);

}  // namespace lianfang::ledger
