// Doing many independent calls a few at a time.
#pragma once

#include <cstddef>
#include <functional>

#include "absl/status/status.h"

namespace lianfang::cli {

// Calls `work` for 0 … count-1, at most `threads` at a time, in no order. After the first error no
// further piece is begun; that error is returned once the running ones have ended.
absl::Status InParallel(size_t count, int threads, const std::function<absl::Status(size_t)>& work);

}  // namespace lianfang::cli
