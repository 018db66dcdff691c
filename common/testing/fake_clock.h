// A clock that stands still until the test moves it.
#pragma once

#include <atomic>
#include <cstdint>

#include "common/base/clock.h"

namespace lianfang::testing {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time start) { Set(start); }
  absl::Time Now() const override { return absl::FromUnixNanos(nanos_.load()); }
  void Set(absl::Time time) { nanos_ = absl::ToUnixNanos(time); }
  void Advance(absl::Duration by) { nanos_ += absl::ToInt64Nanoseconds(by); }

 private:
  std::atomic<int64_t> nanos_{0};
};

}  // namespace lianfang::testing
