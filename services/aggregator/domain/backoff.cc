#include "services/aggregator/domain/backoff.h"

#include <algorithm>

namespace lianfang::aggregator {
namespace {

constexpr int kFirstMillis = 100;
constexpr int kMostMillis = 2000;
constexpr int kMostDoublings = 5;
constexpr int kFirstSendMillis = 250;
constexpr int kMostSendDoublings = 12;

}  // namespace

absl::Duration BackoffDelay(int attempt, double random) {
  const int doublings = std::clamp(attempt - 1, 0, kMostDoublings);
  const int millis = std::min(kFirstMillis << doublings, kMostMillis);
  const double part = 0.5 + std::clamp(random, 0.0, 1.0) / 2;
  return absl::Milliseconds(millis) * part;
}

absl::Duration SendAgainDelay(int failures) {
  const int doublings = std::clamp(failures - 1, 0, kMostSendDoublings);
  return std::min(absl::Milliseconds(kFirstSendMillis << doublings), absl::Minutes(5));
}

}  // namespace lianfang::aggregator
