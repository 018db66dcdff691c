// How long to wait before trying again. Pure: the randomness comes in.
#pragma once

#include "absl/time/time.h"

namespace lianfang::aggregator {

// Pause after the attempt with this number (from 1): doubles from 100 ms to at most 2 s, and of
// that between half and all, as `random` (0 ≤ random < 1) says, so that many members behind one
// broken line are not all called again at the same moment.
absl::Duration BackoffDelay(int attempt, double random);

// Pause after a decision could not be brought to a member for the n-th time (from 1): doubles from
// a quarter of a second to at most five minutes. Nobody waits for it, so it goes on for ever.
absl::Duration SendAgainDelay(int failures);

}  // namespace lianfang::aggregator
