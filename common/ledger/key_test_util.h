// Keys for the tests of notes.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/random.h"
#include "common/ledger/note.h"

namespace lianfang::ledger {

inline crypto::Ed25519PrivateKey Key(char seed) {
  return *crypto::Ed25519PrivateKey::FromSeed(std::string(32, seed));
}

inline NoteSigner Signer(absl::string_view name, uint64_t seed) {
  crypto::DeterministicRandom random(seed);
  return NoteSigner::Create(std::string(name), crypto::Ed25519PrivateKey::Generate(random).value())
      .value();
}

}  // namespace lianfang::ledger
