#include "common/server/random_ids.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/escaping.h"

namespace lianfang::server {
namespace {

template <size_t N>
std::array<uint8_t, N> RandomBytes(crypto::RandomSource& random) {
  std::array<uint8_t, N> bytes{};
  if (!random.Fill(bytes).ok()) {
    // Guessable ids are worse than none.
    std::fprintf(stderr, "no random bytes\n");
    std::abort();
  }
  return bytes;
}

}  // namespace

std::string RandomIds::NewId() {
  static constexpr char kAlphabet[] = "abcdefghijkmnpqrstuvwxyz23456789";  // 32, none alike
  std::string id;
  for (const uint8_t byte : RandomBytes<20>(*random_)) id.push_back(kAlphabet[byte % 32]);
  return id;
}

std::string NewUuid(crypto::RandomSource& random) {
  auto bytes = RandomBytes<16>(random);
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);
  const std::string hex = absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

}  // namespace lianfang::server
