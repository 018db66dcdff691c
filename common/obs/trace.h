// Which call something is done for: the W3C trace context of the call, taken from its caller or
// begun here. It stands beside the thread while the thread works for the call, so that log lines
// and calls of other services carry it without everybody passing it on.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace lianfang::obs {

// Name of the header and of gRPC's metadata.
inline constexpr char kTraceparent[] = "traceparent";

struct TraceContext {
  // Trace id; all zero: there is none.
  uint64_t high = 0;
  uint64_t low = 0;
  // What this server does of the trace.
  uint64_t span = 0;
  bool sampled = false;

  bool valid() const { return (high | low) != 0; }
  // 32 hexadecimal digits.
  std::string TraceId() const;
  // As it is sent on.
  std::string Header() const;
};

// Nothing when it is not a traceparent of version 00 or of a later one that starts like it.
std::optional<TraceContext> ParseTraceparent(absl::string_view header);

// Ids that are practically never the same twice when the seed is random. They hide nothing.
class TraceIds {
 public:
  explicit TraceIds(uint64_t seed) : next_(seed) {}
  // The caller's trace with a span of our own, or a new trace.
  TraceContext Begin(absl::string_view header);

 private:
  uint64_t Next();
  std::atomic<uint64_t> next_;
};

// Of the calling thread; not valid when it works for no call.
const TraceContext& CurrentTrace();

// Sets it, and puts back what was before.
class ScopedTrace {
 public:
  explicit ScopedTrace(const TraceContext& trace);
  ~ScopedTrace();
  ScopedTrace(const ScopedTrace&) = delete;
  ScopedTrace& operator=(const ScopedTrace&) = delete;

 private:
  const TraceContext before_;
};

}  // namespace lianfang::obs
