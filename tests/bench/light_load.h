// Calls that cost their caller little. gRPC's own client takes as much of the processors for a call
// as the server does; where both share them, half of what is measured would be the callers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/time/time.h"
#include "tests/bench/load.h"

namespace lianfang::bench {

struct LightLoad {
  std::string address;  // host:port of a server without TLS
  std::string method;   // /package.Service/Method
  std::string token;
  int callers = 0;  // each with one call under way
  absl::Duration duration;
  std::function<std::string(int64_t)> make;  // bytes of the n-th request
};

// Over a few connections, by one thread. Answers are not parsed.
Result RunLight(const LightLoad& load);

}  // namespace lianfang::bench
