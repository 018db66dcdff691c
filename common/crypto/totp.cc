#include "common/crypto/totp.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "absl/strings/str_format.h"

namespace lianfang::crypto {
namespace {

constexpr int64_t kStepSeconds = 30;

}  // namespace

int64_t TotpStep(absl::Time time) { return absl::ToUnixSeconds(time) / kStepSeconds; }

std::string TotpCode(absl::string_view secret, int64_t step) {
  std::array<uint8_t, 8> counter{};
  for (size_t i = 0; i < counter.size(); ++i) {
    counter[counter.size() - 1 - i] =
        static_cast<uint8_t>(static_cast<uint64_t>(step) >> (8 * i) & 0xff);
  }
  std::array<uint8_t, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  if (HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(),
           counter.size(), mac.data(), &size) == nullptr ||
      size != 20) {
    return "";
  }
  const size_t offset = mac[19] & 0x0f;
  const uint32_t number = static_cast<uint32_t>(mac[offset] & 0x7f) << 24 |
                          static_cast<uint32_t>(mac[offset + 1]) << 16 |
                          static_cast<uint32_t>(mac[offset + 2]) << 8 | mac[offset + 3];
  return absl::StrFormat("%06d", number % 1'000'000);
}

std::optional<int64_t> TotpStepOf(absl::string_view secret, absl::string_view code,
                                  absl::Time now) {
  std::optional<int64_t> found;
  const int64_t current = TotpStep(now);
  for (int64_t step = current - 1; step <= current + 1; ++step) {
    const std::string right = TotpCode(secret, step);
    if (right.empty() || right.size() != code.size()) continue;
    if (CRYPTO_memcmp(right.data(), code.data(), right.size()) == 0) found = step;
  }
  return found;
}

std::string Base32(absl::string_view bytes) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = held << 8 | static_cast<uint8_t>(c);
    for (bits += 8; bits >= 5; bits -= 5) text.push_back(kAlphabet[held >> (bits - 5) & 31]);
  }
  if (bits > 0) text.push_back(kAlphabet[held << (5 - bits) & 31]);
  return text;
}

}  // namespace lianfang::crypto
