#include "common/ledger/cosignature.h"

#include <optional>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/crypto/sha256.h"
#include "common/ledger/note.h"
#include "common/ledger/note_form.h"

namespace lianfang::ledger {
namespace {

constexpr char kAlgorithm = 0x04;
constexpr size_t kTimeBytes = 8;

std::string TimeToBytes(uint64_t seconds) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(seconds >> shift));
  return bytes;
}

uint64_t TimeFromBytes(absl::string_view bytes) {
  uint64_t seconds = 0;
  for (const char byte : bytes) seconds = (seconds << 8) | static_cast<uint8_t>(byte);
  return seconds;
}

// What the signature covers; `text` is the note's, with its last newline.
std::string Signed(uint64_t seconds, absl::string_view text) {
  return absl::StrCat("cosignature/v1\ntime ", seconds, "\n", text);
}

struct Parts {
  absl::string_view text;   // with its last newline
  absl::string_view lines;  // of signatures
};

absl::StatusOr<Parts> SplitNote(absl::string_view note) {
  const size_t gap = note.rfind("\n\n");
  if (note.size() > kMaxNoteBytes || gap == absl::string_view::npos || note.size() <= gap + 2 ||
      !absl::EndsWith(note, "\n")) {
    return absl::InvalidArgumentError("a cosigned checkpoint is no note");
  }
  return Parts{note.substr(0, gap + 1), note.substr(gap + 2)};
}

}  // namespace

std::string WitnessName(absl::string_view unit_id) {
  return absl::StrCat("lianfang/units/", unit_id, "/witness");
}

absl::StatusOr<WitnessKey> WitnessKey::Create(std::string name, crypto::Ed25519PublicKey key) {
  // The rules for names are those of every note key.
  const auto named = NoteVerifier::Create(name, key);
  if (!named.ok()) return named.status();
  std::string id = crypto::ToBytes(crypto::Sha256({name, "\n", TypedKey(kAlgorithm, key)}))
                       .substr(0, kKeyIdBytes);
  return WitnessKey(std::move(name), std::move(id), std::move(key));
}

absl::StatusOr<WitnessKey> WitnessKey::Parse(absl::string_view text) {
  const absl::Status malformed =
      absl::InvalidArgumentError("a witness's key is written name+key id+base64 of an Ed25519 key");
  // Base64 may itself contain '+'; names and key ids do not.
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('+', 2));
  if (parts.size() != 3) return malformed;
  const auto typed = StrictBase64Decode(parts[2]);
  if (!typed.ok() || typed->empty() || typed->front() != kAlgorithm) return malformed;
  auto key = crypto::Ed25519PublicKey::FromBytes(absl::string_view(*typed).substr(1));
  if (!key.ok()) return malformed;
  auto witness = Create(std::string(parts[0]), *std::move(key));
  if (!witness.ok() || witness->ToString() != text) return malformed;
  return witness;
}

std::string WitnessKey::ToString() const {
  return absl::StrCat(name_, "+", absl::BytesToHexString(key_id_), "+",
                      absl::Base64Escape(TypedKey(kAlgorithm, key_)));
}

absl::StatusOr<std::string> Cosign(absl::string_view note, absl::string_view witness,
                                   const crypto::Ed25519PrivateKey& key, absl::Time time) {
  const auto parts = SplitNote(note);
  if (!parts.ok()) return parts.status();
  const int64_t seconds = absl::ToUnixSeconds(time);
  if (seconds < 0) return absl::InvalidArgumentError("a cosignature is not older than 1970");
  const auto verifier = WitnessKey::Create(std::string(witness), key.public_key());
  if (!verifier.ok()) return verifier.status();
  const auto at = static_cast<uint64_t>(seconds);
  const auto signature = key.Sign(Signed(at, parts->text));
  if (!signature.ok()) return signature.status();
  std::string cosigned = absl::StrCat(
      note, kSignaturePrefix, witness, " ",
      absl::Base64Escape(absl::StrCat(verifier->key_id(), TimeToBytes(at), *signature)), "\n");
  if (cosigned.size() > kMaxNoteBytes) {
    return absl::InvalidArgumentError("a cosigned checkpoint is too long");
  }
  return cosigned;
}

absl::StatusOr<absl::Time> OpenCosignature(absl::string_view note, const WitnessKey& witness) {
  const auto parts = SplitNote(note);
  if (!parts.ok()) return parts.status();
  std::optional<absl::Time> time;
  const std::string start = absl::StrCat(kSignaturePrefix, witness.name(), " ");
  for (absl::string_view line : absl::StrSplit(absl::StripSuffix(parts->lines, "\n"), '\n')) {
    if (!absl::ConsumePrefix(&line, start)) continue;
    const auto bytes = StrictBase64Decode(line);
    if (!bytes.ok()) return absl::InvalidArgumentError("a cosignature is malformed");
    const absl::string_view all = *bytes;
    if (all.substr(0, kKeyIdBytes) != witness.key_id()) continue;
    if (all.size() != kKeyIdBytes + kTimeBytes + crypto::Ed25519PrivateKey::kSignatureBytes) {
      return absl::InvalidArgumentError("a cosignature is malformed");
    }
    const uint64_t seconds = TimeFromBytes(all.substr(kKeyIdBytes, kTimeBytes));
    if (seconds > static_cast<uint64_t>(INT64_MAX) ||
        !witness.key().Verify(Signed(seconds, parts->text), all.substr(kKeyIdBytes + kTimeBytes))) {
      return absl::UnauthenticatedError("a cosignature is not the witness's");
    }
    time = absl::FromUnixSeconds(static_cast<int64_t>(seconds));
  }
  if (!time) return absl::UnauthenticatedError("the witness has not cosigned");
  return *time;
}

}  // namespace lianfang::ledger
