// The bytes of a note's signature lines and keys; for the sources beside it.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/crypto/ed25519.h"

namespace lianfang::ledger {

inline constexpr absl::string_view kSignaturePrefix = "\xE2\x80\x94 ";  // An em dash and a space.
inline constexpr size_t kKeyIdBytes = 4;

// The public key as notes write it: the algorithm, then the key.
inline std::string TypedKey(char algorithm, const crypto::Ed25519PublicKey& key) {
  return absl::StrCat(absl::string_view(&algorithm, 1), key.bytes());
}

}  // namespace lianfang::ledger
