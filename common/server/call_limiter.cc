#include "common/server/call_limiter.h"

#include <arpa/inet.h>

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/strip.h"
#include "common/auth/share.h"
#include "common/server/limit_or.h"
#include "common/status/error.h"

namespace lianfang::server {
namespace {

constexpr double kCallsPerSecond = 2000;
constexpr double kOpenCallsPerMinute = 60;
constexpr double kBurstSeconds = 2;
// Looked at when one bucket has to go.
constexpr int kCandidates = 32;

absl::Status TooFast(std::chrono::duration<double> wait) {
  return ErrorBuilder(common::v1::ERROR_REASON_RATE_LIMITED, "请求过于频繁，请稍后重试。",
                      "Too many calls; try again later.")
      .RetryAfter(std::max(absl::Seconds(wait.count()), absl::Milliseconds(1)));
}

}  // namespace

TokenBuckets::TokenBuckets(double rate, double burst, Clock now)
    : rate_(rate), burst_(std::max(burst, 1.0)), now_(std::move(now)) {}

void TokenBuckets::Fill(Bucket& bucket, std::chrono::steady_clock::time_point now) const {
  const std::chrono::duration<double> passed = now - bucket.filled;
  bucket.tokens = std::min(burst_, bucket.tokens + std::max(passed.count(), 0.0) * rate_);
  bucket.filled = now;
}

void TokenBuckets::MakeRoom(Shard& shard, std::chrono::steady_clock::time_point now) const {
  auto fullest = shard.buckets.begin();
  int seen = 0;
  for (auto it = shard.buckets.begin(); it != shard.buckets.end() && seen < kCandidates;
       ++it, ++seen) {
    Fill(it->second, now);
    if (it->second.tokens > fullest->second.tokens) fullest = it;
  }
  shard.buckets.erase(fullest);
}

std::chrono::duration<double> TokenBuckets::Take(absl::string_view name) {
  const auto now = now_();
  Shard& shard = shards_[absl::HashOf(name) % kShards];
  const std::lock_guard lock(shard.mutex);
  auto it = shard.buckets.find(name);
  if (it == shard.buckets.end()) {
    if (shard.buckets.size() >= kShardSize) MakeRoom(shard, now);
    it = shard.buckets.emplace(std::string(name), Bucket{burst_, now}).first;
  }
  Fill(it->second, now);
  if (it->second.tokens >= 1) {
    it->second.tokens -= 1;
    return {};
  }
  return std::chrono::duration<double>((1 - it->second.tokens) / rate_);
}

BucketLimiter::BucketLimiter(const config::v1::Limits& limits, TokenBuckets::Clock now)
    : unlimited_(limits.calls_per_second() < 0),
      calls_(LimitOr(limits.calls_per_second(), kCallsPerSecond),
             LimitOr(limits.call_burst(),
                     LimitOr(limits.calls_per_second(), kCallsPerSecond) * kBurstSeconds),
             now),
      open_unlimited_(limits.open_calls_per_minute() < 0),
      open_calls_(LimitOr(limits.open_calls_per_minute(), kOpenCallsPerMinute) / 60,
                  LimitOr(limits.open_calls_per_minute(), kOpenCallsPerMinute), std::move(now)) {}

absl::Status BucketLimiter::Take(const auth::Identity& identity) {
  if (unlimited_ || auth::IsOwnService(identity)) return absl::OkStatus();
  const auto wait = calls_.Take(identity.subject);
  return wait.count() > 0 ? TooFast(wait) : absl::OkStatus();
}

absl::Status BucketLimiter::TakeOpen(absl::string_view address) {
  if (open_unlimited_ || address.empty()) return absl::OkStatus();
  const auto wait = open_calls_.Take(NetworkOf(address));
  return wait.count() > 0 ? TooFast(wait) : absl::OkStatus();
}

std::string NetworkOf(absl::string_view address) {
  absl::string_view inner = address;
  // `[…]`, which gRPC may write as `%5B…%5D`.
  if (absl::ConsumePrefix(&inner, "%5B")) absl::ConsumeSuffix(&inner, "%5D");
  if (absl::ConsumePrefix(&inner, "[")) absl::ConsumeSuffix(&inner, "]");
  inner = inner.substr(0, inner.find('%'));
  in6_addr parsed{};
  if (inet_pton(AF_INET6, std::string(inner).c_str(), &parsed) != 1) return std::string(address);
  // An IPv4 address in IPv6 form is told apart as it would be in its own.
  if (IN6_IS_ADDR_V4MAPPED(&parsed)) return std::string(inner);
  std::fill(std::begin(parsed.s6_addr) + 8, std::end(parsed.s6_addr), 0);
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, &parsed, text.data(), text.size());
  return text.data();
}

}  // namespace lianfang::server
