#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/crypto/sha256.h"

namespace lianfang::crypto {

// Where random bytes come from; passed in wherever they are needed. Implementations are
// thread-safe.
class RandomSource {
 public:
  virtual ~RandomSource() = default;

  // Fills the whole of `out`. After an error the content of `out` must not be used.
  virtual absl::Status Fill(std::span<uint8_t> out) = 0;
};

// The operating system's generator, seeded and run by the crypto library. UNAVAILABLE where it has
// no entropy: the caller must refuse its work rather than go on with guessable bytes.
RandomSource& SystemRandom();

// The same bytes for the same seed, so that a test repeats. Never for keys that protect anything.
class DeterministicRandom final : public RandomSource {
 public:
  explicit DeterministicRandom(uint64_t seed) : seed_(seed) {}
  absl::Status Fill(std::span<uint8_t> out) override;

 private:
  const uint64_t seed_;
  absl::Mutex mutex_;
  uint64_t next_block_ ABSL_GUARDED_BY(mutex_) = 0;
  Digest block_ ABSL_GUARDED_BY(mutex_) = {};
  size_t used_ ABSL_GUARDED_BY(mutex_) = sizeof(Digest);
};

}  // namespace lianfang::crypto
