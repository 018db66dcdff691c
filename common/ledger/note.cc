#include "common/ledger/note.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "common/crypto/sha256.h"
#include "common/ledger/note_form.h"

namespace lianfang::ledger {
namespace {

constexpr char kEd25519Algorithm = 0x01;
constexpr size_t kMaxNameBytes = 1024;

// Takes the first character off `text`, which must not be empty. False where the bytes are not the
// one shortest UTF-8 form of a character.
bool TakeRune(absl::string_view& text, char32_t& rune) {
  const auto first = static_cast<uint8_t>(text.front());
  size_t length = 1;
  char32_t least = 0;
  if (first < 0x80) {
    rune = first;
  } else if ((first & 0xE0) == 0xC0) {
    length = 2, least = 0x80, rune = first & 0x1F;
  } else if ((first & 0xF0) == 0xE0) {
    length = 3, least = 0x800, rune = first & 0x0F;
  } else if ((first & 0xF8) == 0xF0) {
    length = 4, least = 0x10000, rune = first & 0x07;
  } else {
    return false;
  }
  if (text.size() < length) return false;
  for (size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if ((byte & 0xC0) != 0x80) return false;
    rune = (rune << 6) | (byte & 0x3F);
  }
  text.remove_prefix(length);
  return rune >= least && rune <= 0x10FFFF && (rune < 0xD800 || rune > 0xDFFF);
}

bool IsSpace(char32_t rune) {
  return rune == ' ' || rune == 0xA0 || rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200A) ||
         rune == 0x2028 || rune == 0x2029 || rune == 0x202F || rune == 0x205F || rune == 0x3000;
}

bool IsControl(char32_t rune) { return rune < 0x20 || (rune >= 0x7F && rune <= 0x9F); }

bool IsNoteText(absl::string_view text) {
  while (!text.empty()) {
    char32_t rune = 0;
    if (!TakeRune(text, rune) || (IsControl(rune) && rune != '\n')) return false;
  }
  return true;
}

bool IsKeyName(absl::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes) return false;
  while (!name.empty()) {
    char32_t rune = 0;
    if (!TakeRune(name, rune) || IsControl(rune) || IsSpace(rune) || rune == '+') return false;
  }
  return true;
}

uint32_t BigEndian32(absl::string_view bytes) {
  uint32_t value = 0;
  for (const char byte : bytes.substr(0, kKeyIdBytes)) {
    value = (value << 8) | static_cast<uint8_t>(byte);
  }
  return value;
}

std::string KeyIdBytes(uint32_t key_id) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(key_id >> shift));
  return bytes;
}

struct SignatureLine {
  absl::string_view name;
  uint32_t key_id;
  std::string signature;
};

// `line` is without its newline.
absl::StatusOr<SignatureLine> ParseSignatureLine(absl::string_view line) {
  const absl::Status malformed =
      absl::InvalidArgumentError("a note has a malformed signature line");
  if (!absl::ConsumePrefix(&line, kSignaturePrefix)) return malformed;
  const size_t space = line.find(' ');
  if (space == absl::string_view::npos || !IsKeyName(line.substr(0, space))) return malformed;
  const absl::StatusOr<std::string> bytes = StrictBase64Decode(line.substr(space + 1));
  if (!bytes.ok() || bytes->size() <= kKeyIdBytes) return malformed;
  return SignatureLine{.name = line.substr(0, space),
                       .key_id = BigEndian32(*bytes),
                       .signature = bytes->substr(kKeyIdBytes)};
}

}  // namespace

absl::StatusOr<std::string> StrictBase64Decode(absl::string_view text) {
  std::string bytes;
  // The library forgives white space, missing padding and stray last bits; only its own spelling of
  // the result is accepted here.
  if (!absl::Base64Unescape(text, &bytes) || absl::Base64Escape(bytes) != text) {
    return absl::InvalidArgumentError("not standard base64");
  }
  return bytes;
}

absl::StatusOr<NoteVerifier> NoteVerifier::Create(std::string name, crypto::Ed25519PublicKey key) {
  if (!IsKeyName(name)) return absl::InvalidArgumentError("the text may not name a note key");
  const std::string digest =
      crypto::ToBytes(crypto::Sha256({name, "\n", TypedKey(kEd25519Algorithm, key)}));
  return NoteVerifier(std::move(name), BigEndian32(digest), std::move(key));
}

absl::StatusOr<NoteVerifier> NoteVerifier::Parse(absl::string_view text) {
  const absl::Status malformed =
      absl::InvalidArgumentError("a note key is written name+key id+base64 of an Ed25519 key");
  // Base64 may itself contain '+'; names and key ids do not.
  const size_t first = text.find('+');
  if (first == absl::string_view::npos) return malformed;
  const size_t second = text.find('+', first + 1);
  if (second == absl::string_view::npos) return malformed;
  const absl::StatusOr<std::string> typed = StrictBase64Decode(text.substr(second + 1));
  if (!typed.ok() || typed->empty() || typed->front() != kEd25519Algorithm) return malformed;
  absl::StatusOr<crypto::Ed25519PublicKey> key =
      crypto::Ed25519PublicKey::FromBytes(absl::string_view(*typed).substr(1));
  if (!key.ok()) return malformed;
  absl::StatusOr<NoteVerifier> verifier =
      Create(std::string(text.substr(0, first)), *std::move(key));
  if (!verifier.ok()) return malformed;
  if (verifier->ToString() != text) {
    return absl::InvalidArgumentError("the key id of a note key is not the key's");
  }
  return verifier;
}

std::string NoteVerifier::ToString() const {
  return absl::StrFormat("%s+%08x+%s", name_, key_id_,
                         absl::Base64Escape(TypedKey(kEd25519Algorithm, key_)));
}

absl::StatusOr<NoteSigner> NoteSigner::Create(std::string name, crypto::Ed25519PrivateKey key) {
  absl::StatusOr<NoteVerifier> verifier = NoteVerifier::Create(std::move(name), key.public_key());
  if (!verifier.ok()) return verifier.status();
  return NoteSigner(*std::move(verifier), std::move(key));
}

absl::StatusOr<std::string> NoteSigner::Sign(absl::string_view text) const {
  if (!absl::EndsWith(text, "\n") || !IsNoteText(text)) {
    return absl::InvalidArgumentError(
        "a note is UTF-8 text without control characters that ends with a newline");
  }
  const absl::StatusOr<std::string> signature = key_.Sign(text);
  if (!signature.ok()) return signature.status();
  std::string note =
      absl::StrCat(text, "\n", kSignaturePrefix, verifier_.name(), " ",
                   absl::Base64Escape(KeyIdBytes(verifier_.key_id()) + *signature), "\n");
  if (note.size() > kMaxNoteBytes) return absl::InvalidArgumentError("a note is too long");
  return note;
}

absl::StatusOr<OpenedNote> OpenNote(absl::string_view note, std::span<const NoteVerifier> known) {
  if (note.size() > kMaxNoteBytes) return absl::InvalidArgumentError("a note is too long");
  if (!IsNoteText(note)) {
    return absl::InvalidArgumentError("a note is not UTF-8 text without control characters");
  }
  // The text may have empty lines of its own; the signatures follow the last one.
  const size_t gap = note.rfind("\n\n");
  if (gap == absl::string_view::npos || !absl::EndsWith(note, "\n")) {
    return absl::InvalidArgumentError("a note has no signatures");
  }
  const absl::string_view text = note.substr(0, gap + 1);
  absl::string_view lines = note.substr(gap + 2);
  if (lines.empty()) return absl::InvalidArgumentError("a note has no signatures");
  if (static_cast<size_t>(std::count(lines.begin(), lines.end(), '\n')) > kMaxNoteSignatures) {
    return absl::InvalidArgumentError("a note has too many signatures");
  }

  OpenedNote opened;
  while (!lines.empty()) {
    const size_t newline = lines.find('\n');
    const absl::StatusOr<SignatureLine> line = ParseSignatureLine(lines.substr(0, newline));
    if (!line.ok()) return line.status();
    lines.remove_prefix(newline + 1);
    const auto verifier =
        std::find_if(known.begin(), known.end(), [&line](const NoteVerifier& candidate) {
          return candidate.key_id() == line->key_id && candidate.name() == line->name;
        });
    if (verifier == known.end()) continue;
    if (!verifier->key().Verify(text, line->signature)) {
      return absl::UnauthenticatedError(
          absl::StrCat("a note's signature is not by the key ", verifier->name()));
    }
    if (std::find(opened.verified_names.begin(), opened.verified_names.end(), verifier->name()) ==
        opened.verified_names.end()) {
      opened.verified_names.push_back(verifier->name());
    }
  }
  if (opened.verified_names.empty()) {
    return absl::UnauthenticatedError("a note is signed by no known key");
  }
  opened.text = std::string(text);
  return opened;
}

}  // namespace lianfang::ledger
