// The key that signs a server's checkpoints, in files only:
//   ledger.pem              the key
//   ledger.pem.handovers    how it was rotated, oldest first (see common/ledger/key_handover.h)
//   ledger.pem.next         while it is rotated: the key that it will be
//   ledger.pem.old-N        the keys before, kept for whoever must prove what they were
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/random.h"

namespace lianfang::server {

struct LedgerKey {
  crypto::Ed25519PrivateKey key;
  std::vector<std::string> handovers;  // the last one hands over to `key`
};

// Where the hand-overs of the key at `path` stand.
std::string HandoversPath(const std::string& path);

// Reads the key, makes it where there is none, and completes a rotation that was cut off.
// FAILED_PRECONDITION when the hand-overs do not lead to the key.
absl::StatusOr<LedgerKey> LoadLedgerKey(const std::string& path);

// Hands over to a new key: whole or not at all, whenever it is cut off. A server that runs goes on
// with the old key until it starts again. NOT_FOUND when there is no key.
absl::StatusOr<LedgerKey> RotateLedgerKey(const std::string& path, absl::Time now,
                                          crypto::RandomSource& random);

}  // namespace lianfang::server
