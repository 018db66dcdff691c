#include "common/verify/checkpoints.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/ledger/note.h"

namespace lianfang::verify {
namespace {

constexpr char kSignatureStart[] = "\xE2\x80\x94 ";  // an em dash and a space
constexpr char kTextEnd[] = "\n\n";

}  // namespace

std::string OriginOf(absl::string_view note) {
  return std::string(note.substr(0, note.find('\n')));
}

std::vector<std::string> WitnessesOf(absl::string_view note) {
  std::vector<std::string> witnesses;
  const std::string origin = OriginOf(note);
  for (absl::string_view line : absl::StrSplit(note, '\n')) {
    if (!absl::ConsumePrefix(&line, kSignatureStart)) continue;
    const std::string name(line.substr(0, line.find(' ')));
    if (name != origin) witnesses.push_back(name);
  }
  return witnesses;
}

bool SplitOrigin(absl::string_view origin, std::string* unit_id, std::string* service) {
  const std::vector<std::string> parts = absl::StrSplit(origin, '/');
  if (parts.size() != 5 || parts[0] != "lianfang" || parts[1] != "units" || parts[3] != "ledgers") {
    return false;
  }
  *unit_id = parts[2];
  *service = parts[4];
  return !unit_id->empty() && !service->empty();
}

absl::StatusOr<ReadCheckpoint> ReadSigned(absl::string_view note, absl::string_view origin,
                                          const Options& options) {
  const size_t end = note.find(kTextEnd);
  if (end == absl::string_view::npos) return absl::InvalidArgumentError("not a signed note");
  ReadCheckpoint read;
  auto checkpoint = ledger::Checkpoint::Parse(note.substr(0, end + 1));
  if (!checkpoint.ok()) return checkpoint.status();
  if (checkpoint->origin != origin) {
    return absl::InvalidArgumentError(absl::StrCat("a checkpoint of ", checkpoint->origin));
  }
  read.checkpoint = *std::move(checkpoint);
  std::vector<ledger::NoteVerifier> verifiers;
  for (const auto& verifier : options.verifiers) {
    if (verifier.name() == origin) verifiers.push_back(verifier);
  }
  for (const auto& key : options.ledger_keys) {
    auto verifier = ledger::NoteVerifier::Create(std::string(origin), key);
    if (verifier.ok()) verifiers.push_back(*std::move(verifier));
  }
  if (verifiers.empty()) return read;
  read.signature = ReadCheckpoint::Signature::kBad;
  for (const auto& verifier : verifiers) {
    if (ledger::OpenCheckpoint(note, verifier, origin).ok()) {
      read.signature = ReadCheckpoint::Signature::kGood;
    }
  }
  return read;
}

absl::StatusOr<std::vector<std::string>> SplitNotes(absl::string_view text) {
  std::vector<std::string> notes;
  std::string note;
  bool signatures = false;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const bool signature = absl::StartsWith(line, kSignatureStart);
    if (signatures && !signature) {
      notes.push_back(std::move(note));
      note.clear();
      signatures = false;
    }
    // Between notes, and at the end.
    if (note.empty() && line.empty()) continue;
    absl::StrAppend(&note, line, "\n");
    signatures = signature;
  }
  if (signatures) {
    notes.push_back(std::move(note));
  } else if (!note.empty()) {
    return absl::InvalidArgumentError("a note without a signature");
  }
  for (const std::string& one : notes) {
    std::string unit_id;
    std::string service;
    if (!SplitOrigin(OriginOf(one), &unit_id, &service)) {
      return absl::InvalidArgumentError("a note that is no checkpoint of a ledger");
    }
  }
  return notes;
}

}  // namespace lianfang::verify
