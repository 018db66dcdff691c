#include "services/cli/play/parallel.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

namespace lianfang::cli {

absl::Status InParallel(size_t count, int threads,
                        const std::function<absl::Status(size_t)>& work) {
  std::mutex mutex;
  size_t next = 0;     // under mutex
  absl::Status first;  // under mutex
  const auto run = [&] {
    while (true) {
      size_t mine = 0;
      {
        const std::lock_guard lock(mutex);
        if (!first.ok() || next >= count) return;
        mine = next++;
      }
      const absl::Status status = work(mine);
      if (status.ok()) continue;
      const std::lock_guard lock(mutex);
      if (first.ok()) first = status;
    }
  };
  std::vector<std::thread> pool;
  const size_t wanted = std::min(count, static_cast<size_t>(std::max(threads, 1)));
  for (size_t i = 0; i < wanted; ++i) pool.emplace_back(run);
  for (std::thread& thread : pool) thread.join();
  return first;
}

}  // namespace lianfang::cli
