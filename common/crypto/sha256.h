#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lianfang::crypto {

// A SHA-256 value, as its 32 bytes. For hex use absl::BytesToHexString(ToBytes(digest)).
using Digest = std::array<uint8_t, 32>;

// The SHA-256 of `data`. Safe from any thread. Ends the process where the crypto library offers no
// SHA-256 at all: a program that cannot hash must not go on and write a ledger.
Digest Sha256(absl::string_view data);

// The SHA-256 of the parts joined with nothing between them. The parts carry no lengths: a caller
// whose parts vary in length must frame them, or two different lists hash alike.
Digest Sha256(std::initializer_list<absl::string_view> parts);

std::string ToBytes(const Digest& digest);

// INVALID_ARGUMENT unless `bytes` is exactly 32 bytes long.
absl::StatusOr<Digest> DigestFromBytes(absl::string_view bytes);

}  // namespace lianfang::crypto
