#include "common/obs/trace.h"

#include "absl/strings/str_cat.h"

namespace lianfang::obs {
namespace {

thread_local TraceContext current;

constexpr size_t kHeaderBytes = 55;  // 2 + 1 + 32 + 1 + 16 + 1 + 2

// Lower-case digits only, as the standard has it.
bool ParseHex(absl::string_view digits, uint64_t* value) {
  *value = 0;
  for (const char c : digits) {
    int digit = 0;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else {
      return false;
    }
    *value = *value << 4 | static_cast<uint64_t>(digit);
  }
  return true;
}

}  // namespace

std::string TraceContext::TraceId() const {
  return absl::StrCat(absl::Hex(high, absl::kZeroPad16), absl::Hex(low, absl::kZeroPad16));
}

std::string TraceContext::Header() const {
  return absl::StrCat("00-", TraceId(), "-", absl::Hex(span, absl::kZeroPad16),
                      sampled ? "-01" : "-00");
}

std::optional<TraceContext> ParseTraceparent(absl::string_view header) {
  if (header.size() < kHeaderBytes || header[2] != '-' || header[35] != '-' || header[52] != '-') {
    return std::nullopt;
  }
  TraceContext trace;
  uint64_t version = 0;
  uint64_t flags = 0;
  if (!ParseHex(header.substr(0, 2), &version) || !ParseHex(header.substr(3, 16), &trace.high) ||
      !ParseHex(header.substr(19, 16), &trace.low) ||
      !ParseHex(header.substr(36, 16), &trace.span) || !ParseHex(header.substr(53, 2), &flags)) {
    return std::nullopt;
  }
  if (version == 0xff || !trace.valid() || trace.span == 0) return std::nullopt;
  // A later version may say more, after another dash.
  if (header.size() > kHeaderBytes && (version == 0 || header[kHeaderBytes] != '-')) {
    return std::nullopt;
  }
  trace.sampled = (flags & 1) != 0;
  return trace;
}

// SplitMix64: every state gives another id.
uint64_t TraceIds::Next() {
  constexpr uint64_t kStep = 0x9e3779b97f4a7c15;
  uint64_t z = next_.fetch_add(kStep, std::memory_order_relaxed);
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  z ^= z >> 31;
  return z != 0 ? z : 1;
}

TraceContext TraceIds::Begin(absl::string_view header) {
  TraceContext trace;
  if (!header.empty()) {
    if (const auto parsed = ParseTraceparent(header)) trace = *parsed;
  }
  if (!trace.valid()) {
    trace.high = Next();
    trace.low = Next();
  }
  trace.span = Next();
  return trace;
}

const TraceContext& CurrentTrace() { return current; }

ScopedTrace::ScopedTrace(const TraceContext& trace) : before_(current) { current = trace; }

ScopedTrace::~ScopedTrace() { current = before_; }

}  // namespace lianfang::obs
