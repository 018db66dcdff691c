// Notes, checkpoints, cosignatures, hand-overs and verifiers' keys: what is taken was signed, and
// what is read is written the same way again. The first byte chooses the reader, or changes of a
// note that is right.
#include <string>

#include "common/ledger/checkpoint.h"
#include "common/ledger/cosignature.h"
#include "common/ledger/key_handover.h"
#include "common/ledger/note.h"
#include "tests/fuzz/must.h"

namespace lianfang {
namespace {

using fuzz::Must;
using fuzz::Take;

struct World {
  crypto::Ed25519PrivateKey key = *crypto::Ed25519PrivateKey::FromSeed(std::string(32, 'k'));
  crypto::Ed25519PrivateKey next = *crypto::Ed25519PrivateKey::FromSeed(std::string(32, 'n'));
  ledger::NoteSigner signer = *ledger::NoteSigner::Create("lianfang/units/u/ledgers/risk", key);
  ledger::WitnessKey witness =
      *ledger::WitnessKey::Create(ledger::WitnessName("d"), next.public_key());
  ledger::Checkpoint checkpoint{.origin = "lianfang/units/u/ledgers/risk", .size = 7, .root = {}};
  absl::Time time = absl::FromUnixSeconds(1'780'000'000);
  std::string note =
      *ledger::Cosign(*ledger::SignCheckpoint(checkpoint, signer), witness.name(), next, time);
  std::string handover = *ledger::SignKeyHandover(key, next, time);
};

void CheckNote(const World& world, absl::string_view text) {
  if (const auto opened = ledger::OpenCheckpoint(text, world.signer.verifier()); opened.ok()) {
    Must(*opened == world.checkpoint, "a checkpoint that was never signed was taken");
  }
  if (const auto time = ledger::OpenCosignature(text, world.witness); time.ok()) {
    Must(*time == world.time, "a cosignature that was never made was taken");
  }
}

void CheckHandover(const World& world, absl::string_view text) {
  if (const auto opened = ledger::OpenKeyHandover(text); opened.ok()) {
    Must(opened->from.bytes() == world.key.public_key().bytes() &&
             opened->to.bytes() == world.next.public_key().bytes(),
         "a hand-over that was never signed was taken");
  }
  const auto split = ledger::SplitHandovers(text);
  if (!split.ok()) return;
  const auto keys = ledger::FollowHandovers(world.key.public_key(), *split);
  if (keys.ok()) Must(!keys->empty() && keys->size() <= split->size() + 1, "keys from nowhere");
}

void CheckKeys(absl::string_view text) {
  if (const auto verifier = ledger::NoteVerifier::Parse(text); verifier.ok()) {
    Must(verifier->ToString() == text, "a verifier's key has two forms");
  }
  if (const auto witness = ledger::WitnessKey::Parse(text); witness.ok()) {
    Must(witness->ToString() == text, "a witness's key has two forms");
  }
  static_cast<void>(ledger::StrictBase64Decode(text));
  if (const auto checkpoint = ledger::Checkpoint::Parse(text); checkpoint.ok()) {
    const auto again = ledger::Checkpoint::Parse(checkpoint->Format());
    Must(again.ok() && *again == *checkpoint, "a checkpoint changes by being written");
  }
}

std::string Changed(std::string text, absl::string_view changes) {
  while (changes.size() >= 3 && !text.empty()) {
    const size_t at = (Take(&changes) << 8 | Take(&changes)) % text.size();
    text[at] = static_cast<char>(Take(&changes));
  }
  return text;
}

}  // namespace
}  // namespace lianfang

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lianfang;  // NOLINT(google-build-using-namespace)
  static const World* const world = new World();
  absl::string_view bytes = fuzz::Bytes(data, size);
  switch (Take(&bytes) % 5) {
    case 0:
      CheckNote(*world, bytes);
      break;
    case 1:
      CheckHandover(*world, bytes);
      break;
    case 2:
      CheckKeys(bytes);
      break;
    case 3:
      CheckNote(*world, Changed(world->note, bytes));
      break;
    default:
      CheckHandover(*world, Changed(world->handover, bytes));
  }
  return 0;
}
