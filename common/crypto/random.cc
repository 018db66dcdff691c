#include "common/crypto/random.h"

#include <openssl/err.h>
#include <openssl/rand.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace lianfang::crypto {
namespace {

// RAND_bytes takes an int length.
constexpr size_t kMaxRequest = size_t{1} << 20;

class OsRandom final : public RandomSource {
 public:
  absl::Status Fill(std::span<uint8_t> out) override {
    while (!out.empty()) {
      const std::span<uint8_t> part = out.first(std::min(out.size(), kMaxRequest));
      if (RAND_bytes(part.data(), static_cast<int>(part.size())) != 1) {
        ERR_clear_error();
        return absl::UnavailableError("the system gives no random bytes");
      }
      out = out.subspan(part.size());
    }
    return absl::OkStatus();
  }
};

}  // namespace

RandomSource& SystemRandom() {
  // Never destroyed: threads may still draw from it while the process ends.
  static OsRandom* const source = new OsRandom;
  return *source;
}

absl::Status DrawnAhead::Fill(std::span<uint8_t> out) {
  const std::lock_guard lock(mutex_);
  if (out.size() > drawn_.size()) return from_->Fill(out);
  if (out.size() > drawn_.size() - used_) {
    used_ = drawn_.size();  // what an error leaves is not used
    if (absl::Status status = from_->Fill(drawn_); !status.ok()) return status;
    used_ = 0;
  }
  std::copy_n(drawn_.begin() + static_cast<ptrdiff_t>(used_), out.size(), out.begin());
  used_ += out.size();
  return absl::OkStatus();
}

absl::Status DeterministicRandom::Fill(std::span<uint8_t> out) {
  const std::lock_guard lock(mutex_);
  for (uint8_t& byte : out) {
    if (used_ == block_.size()) {
      block_ = Sha256(absl::StrCat("deterministic ", seed_, " ", next_block_++));
      used_ = 0;
    }
    byte = block_[used_++];
  }
  return absl::OkStatus();
}

}  // namespace lianfang::crypto
