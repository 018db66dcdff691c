#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>

#include "absl/status/status.h"
#include "common/crypto/sha256.h"

namespace lianfang::crypto {

// Where random bytes come from; passed in wherever they are needed. Implementations are
// thread-safe, by the standard library's mutex: the thread sanitizer knows it, and not that of a
// library which is built without the sanitizer.
class RandomSource {
 public:
  virtual ~RandomSource() = default;

  // Fills the whole of `out`. After an error the content of `out` must not be used.
  virtual absl::Status Fill(std::span<uint8_t> out) = 0;
};

// The operating system's generator, seeded and run by the crypto library. UNAVAILABLE where it has
// no entropy: the caller must refuse its work rather than go on with guessable bytes.
RandomSource& SystemRandom();

// Draws from another source in larger parts, which costs a tenth where bytes are asked for a few at
// a time. They wait in memory until they are asked for: for ids and never for keys.
class DrawnAhead final : public RandomSource {
 public:
  explicit DrawnAhead(RandomSource* from) : from_(from) {}
  absl::Status Fill(std::span<uint8_t> out) override;

 private:
  RandomSource* const from_;
  std::mutex mutex_;
  std::array<uint8_t, 1024> drawn_ = {};  // under mutex_
  size_t used_ = sizeof(drawn_);          // under mutex_
};

// The same bytes for the same seed, so that a test repeats. Never for keys that protect anything.
class DeterministicRandom final : public RandomSource {
 public:
  explicit DeterministicRandom(uint64_t seed) : seed_(seed) {}
  absl::Status Fill(std::span<uint8_t> out) override;

 private:
  const uint64_t seed_;
  std::mutex mutex_;
  uint64_t next_block_ = 0;       // under mutex_
  Digest block_ = {};             // under mutex_
  size_t used_ = sizeof(Digest);  // under mutex_
};

}  // namespace lianfang::crypto
