// How fast one caller may send: a bucket of calls for each identity, and for each address from
// which people sign in, filled steadily.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/rpc/call_hooks.h"
#include "lianfang/config/v1/config.pb.h"

namespace lianfang::server {

// Buckets by name; no more than a fixed number is remembered, the fullest are forgotten first.
class TokenBuckets {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  // `rate` calls a second over time, `burst` at once.
  TokenBuckets(double rate, double burst, Clock now);

  // Zero when there was a token, else the time until there is one.
  std::chrono::duration<double> Take(absl::string_view name);

 private:
  static constexpr size_t kShards = 16;
  static constexpr size_t kShardSize = 4096;
  struct Bucket {
    double tokens = 0;
    std::chrono::steady_clock::time_point filled;
  };
  struct Shard {
    std::mutex mutex;
    absl::flat_hash_map<std::string, Bucket> buckets;  // under mutex
  };
  void Fill(Bucket& bucket, std::chrono::steady_clock::time_point now) const;
  void MakeRoom(Shard& shard, std::chrono::steady_clock::time_point now) const;

  const double rate_;
  const double burst_;
  const Clock now_;
  std::array<Shard, kShards> shards_;
};

class BucketLimiter final : public rpc::CallLimiter {
 public:
  // Takes calls_per_second, call_burst and open_calls_per_minute.
  explicit BucketLimiter(const config::v1::Limits& limits,
                         TokenBuckets::Clock now = std::chrono::steady_clock::now);

  absl::Status Take(const auth::Identity& identity) override;
  absl::Status TakeOpen(absl::string_view address) override;

 private:
  const bool unlimited_;
  TokenBuckets calls_;
  const bool open_unlimited_;
  TokenBuckets open_calls_;
};

// Whom callers from an address are taken for: of IPv6, whose owners have many, the
// network of 64 bits.
std::string NetworkOf(absl::string_view address);

}  // namespace lianfang::server
