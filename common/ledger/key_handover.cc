#include "common/ledger/key_handover.h"

#include <cstdint>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace lianfang::ledger {
namespace {

constexpr absl::string_view kHeader = "lianfang/key-handover/v1\n";
constexpr char kSignerName[] = "lianfang/ledger-key";

absl::Status Malformed() { return absl::InvalidArgumentError("a hand-over of a key is malformed"); }

absl::StatusOr<crypto::Ed25519PublicKey> KeyOf(absl::string_view base64) {
  const auto bytes = StrictBase64Decode(base64);
  if (!bytes.ok()) return Malformed();
  return crypto::Ed25519PublicKey::FromBytes(*bytes);
}

bool SignedBy(absl::string_view note, const crypto::Ed25519PublicKey& key) {
  const auto verifier = NoteVerifier::Create(kSignerName, key);
  return verifier.ok() && OpenNote(note, std::span(&*verifier, 1)).ok();
}

}  // namespace

absl::StatusOr<std::string> SignKeyHandover(const crypto::Ed25519PrivateKey& from,
                                            const crypto::Ed25519PrivateKey& to, absl::Time time) {
  if (from.public_key().bytes() == to.public_key().bytes()) {
    return absl::InvalidArgumentError("a key is not handed over to itself");
  }
  const std::string text = absl::StrCat(kHeader, absl::Base64Escape(from.public_key().bytes()),
                                        "\n", absl::Base64Escape(to.public_key().bytes()), "\n",
                                        absl::ToUnixSeconds(time), "\n");
  std::string note;
  for (const crypto::Ed25519PrivateKey* key : {&from, &to}) {
    const auto signer = NoteSigner::Create(kSignerName, *key);
    if (!signer.ok()) return signer.status();
    const auto signed_note = signer->Sign(text);
    if (!signed_note.ok()) return signed_note.status();
    // The second signature comes below the first.
    absl::StrAppend(&note, note.empty() ? *signed_note : signed_note->substr(text.size() + 1));
  }
  return note;
}

absl::StatusOr<KeyHandover> OpenKeyHandover(absl::string_view note) {
  const size_t gap = note.find("\n\n");
  if (!absl::StartsWith(note, kHeader) || gap == absl::string_view::npos) return Malformed();
  const std::vector<absl::string_view> lines =
      absl::StrSplit(note.substr(kHeader.size(), gap - kHeader.size()), '\n');
  if (lines.size() != 3) return Malformed();
  auto from = KeyOf(lines[0]);
  auto to = KeyOf(lines[1]);
  int64_t seconds = 0;
  if (!from.ok() || !to.ok() || !absl::SimpleAtoi(lines[2], &seconds) ||
      absl::StrCat(seconds) != lines[2] || from->bytes() == to->bytes()) {
    return Malformed();
  }
  if (!SignedBy(note, *from) || !SignedBy(note, *to)) {
    return absl::UnauthenticatedError("a hand-over of a key is not signed by both keys");
  }
  return KeyHandover{*std::move(from), *std::move(to), absl::FromUnixSeconds(seconds)};
}

absl::StatusOr<std::vector<crypto::Ed25519PublicKey>> FollowHandovers(
    const crypto::Ed25519PublicKey& trusted, std::span<const std::string> handovers) {
  if (handovers.size() > kMaxHandovers) {
    return absl::InvalidArgumentError("there are too many hand-overs of a key");
  }
  std::vector<crypto::Ed25519PublicKey> keys = {trusted};
  std::set<std::string> given;  // keys that were handed over
  std::set<std::string> taken;  // keys that were handed over to
  for (const std::string& note : handovers) {
    auto handover = OpenKeyHandover(note);
    if (!handover.ok()) return handover.status();
    if (!given.insert(handover->from.bytes()).second) {
      return absl::InvalidArgumentError("a key was handed over twice");
    }
    // Whoever hands over to a key that has already done so brings an old key back, or tells the
    // history in another order.
    if (given.contains(handover->to.bytes()) || !taken.insert(handover->to.bytes()).second) {
      return absl::InvalidArgumentError("hand-overs of a key are out of order");
    }
    if (handover->from.bytes() == keys.back().bytes()) keys.push_back(handover->to);
  }
  return keys;
}

absl::StatusOr<std::vector<NoteVerifier>> FollowHandovers(const NoteVerifier& trusted,
                                                          std::span<const std::string> handovers) {
  const auto keys = FollowHandovers(trusted.key(), handovers);
  if (!keys.ok()) return keys.status();
  std::vector<NoteVerifier> verifiers;
  for (const crypto::Ed25519PublicKey& key : *keys) {
    auto verifier = NoteVerifier::Create(trusted.name(), key);
    if (!verifier.ok()) return verifier.status();
    verifiers.push_back(*std::move(verifier));
  }
  return verifiers;
}

std::string JoinHandovers(std::span<const std::string> handovers) {
  return absl::StrJoin(handovers, "");
}

absl::StatusOr<std::vector<std::string>> SplitHandovers(absl::string_view text) {
  std::vector<std::string> handovers;
  if (text.empty()) return handovers;
  if (!absl::StartsWith(text, kHeader)) return Malformed();
  // No other line of a hand-over reads like its first.
  for (absl::string_view part : absl::StrSplit(text.substr(kHeader.size()), kHeader)) {
    handovers.push_back(absl::StrCat(kHeader, part));
  }
  return handovers;
}

}  // namespace lianfang::ledger
