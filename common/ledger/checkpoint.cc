#include "common/ledger/checkpoint.h"

#include <span>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace lianfang::ledger {
namespace {

// Takes the first line off `text`, without its newline. False where no newline is left.
bool TakeLine(absl::string_view& text, absl::string_view& line) {
  const size_t newline = text.find('\n');
  if (newline == absl::string_view::npos) return false;
  line = text.substr(0, newline);
  text.remove_prefix(newline + 1);
  return true;
}

}  // namespace

std::string Checkpoint::Format() const {
  return absl::StrCat(origin, "\n", size, "\n", absl::Base64Escape(crypto::ToBytes(root)), "\n");
}

absl::StatusOr<Checkpoint> Checkpoint::Parse(absl::string_view text) {
  if (text.size() > kMaxNoteBytes) return absl::InvalidArgumentError("a checkpoint is too long");
  absl::string_view origin;
  absl::string_view size;
  absl::string_view root;
  if (!TakeLine(text, origin) || !TakeLine(text, size) || !TakeLine(text, root)) {
    return absl::InvalidArgumentError("a checkpoint has fewer than three lines");
  }
  if (origin.empty()) return absl::InvalidArgumentError("a checkpoint names no origin");
  Checkpoint checkpoint{.origin = std::string(origin)};
  // Comparing with the number's own spelling refuses signs, white space and leading zeros.
  if (!absl::SimpleAtoi(size, &checkpoint.size) || absl::StrCat(checkpoint.size) != size ||
      checkpoint.size > kMaxTreeSize) {
    return absl::InvalidArgumentError("a checkpoint's size is no plain decimal number");
  }
  const absl::StatusOr<std::string> bytes = StrictBase64Decode(root);
  const absl::StatusOr<Hash> hash =
      bytes.ok() ? crypto::DigestFromBytes(*bytes) : absl::StatusOr<Hash>(bytes.status());
  if (!hash.ok())
    return absl::InvalidArgumentError("a checkpoint's root is not base64 of 32 bytes");
  checkpoint.root = *hash;
  while (!text.empty()) {
    absl::string_view extension;
    if (!TakeLine(text, extension) || extension.empty()) {
      return absl::InvalidArgumentError("a checkpoint has a malformed extension line");
    }
  }
  return checkpoint;
}

absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const NoteSigner& signer) {
  const std::string text = checkpoint.Format();
  const absl::StatusOr<Checkpoint> read_back = Checkpoint::Parse(text);
  if (!read_back.ok()) return read_back.status();
  if (*read_back != checkpoint) {
    return absl::InvalidArgumentError("a checkpoint's origin is not one line");
  }
  return signer.Sign(text);
}

absl::StatusOr<Checkpoint> OpenCheckpoint(absl::string_view note, const NoteVerifier& verifier,
                                          absl::string_view origin) {
  const absl::StatusOr<OpenedNote> opened = OpenNote(note, std::span(&verifier, 1));
  if (!opened.ok()) return opened.status();
  absl::StatusOr<Checkpoint> checkpoint = Checkpoint::Parse(opened->text);
  if (!checkpoint.ok()) return checkpoint;
  const absl::string_view expected = origin.empty() ? absl::string_view(verifier.name()) : origin;
  if (checkpoint->origin != expected) {
    return absl::FailedPreconditionError(
        absl::StrCat("a checkpoint is of the ledger ", checkpoint->origin, ", not of ", expected));
  }
  return checkpoint;
}

}  // namespace lianfang::ledger
