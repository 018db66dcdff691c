// Waiting in tests for what happens in another thread or process and tells nobody.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace lianfang::testing {

// Asks until it is so, as somebody outside does who has nothing to wait on. The pause only spares
// the processor; the verdict is the answer, within a bound that only a failure reaches.
inline bool Until(const std::function<bool()>& so,
                  std::chrono::seconds patience = std::chrono::seconds(60)) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!so()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

}  // namespace lianfang::testing
