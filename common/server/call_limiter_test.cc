#include "common/server/call_limiter.h"

#include <chrono>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class LimiterTest : public ::testing::Test {
 protected:
  TokenBuckets::Clock Clock() {
    return [this] { return now_; };
  }
  static auth::Identity Of(const std::string& subject, const std::string& role = "person") {
    auth::Identity identity;
    identity.subject = subject;
    identity.roles = {role};
    return identity;
  }
  // Calls in a row that are let in.
  static int Burst(BucketLimiter& limiter, const auth::Identity& identity) {
    int let_in = 0;
    while (let_in < 100'000 && limiter.Take(identity).ok()) ++let_in;
    return let_in;
  }

  steady_clock::time_point now_{std::chrono::hours(1000)};
};

TEST_F(LimiterTest, LetsInABurstThenTheRate) {
  config::v1::Limits limits;
  limits.set_calls_per_second(10);
  limits.set_call_burst(5);
  BucketLimiter limiter(limits, Clock());
  EXPECT_EQ(Burst(limiter, Of("a")), 5);
  now_ += milliseconds(300);
  EXPECT_EQ(Burst(limiter, Of("a")), 3);
  now_ += std::chrono::hours(1);
  EXPECT_EQ(Burst(limiter, Of("a")), 5);
}

TEST_F(LimiterTest, SaysWhatIsWrongAndWhenToTryAgain) {
  config::v1::Limits limits;
  limits.set_calls_per_second(10);
  limits.set_call_burst(1);
  BucketLimiter limiter(limits, Clock());
  EXPECT_TRUE(limiter.Take(Of("a")).ok());
  const absl::Status refused = limiter.Take(Of("a"));
  EXPECT_EQ(ReasonOf(refused), common::v1::ERROR_REASON_RATE_LIMITED);
  EXPECT_THAT(ToRpcStatus(refused).DebugString(), ::testing::HasSubstr("RetryInfo"));
}

TEST_F(LimiterTest, OneIdentityTakesNothingFromAnother) {
  config::v1::Limits limits;
  limits.set_calls_per_second(10);
  BucketLimiter limiter(limits, Clock());
  EXPECT_EQ(Burst(limiter, Of("a")), 20);
  EXPECT_EQ(Burst(limiter, Of("b")), 20);
}

TEST_F(LimiterTest, DefaultsAreThoseOfTheConfiguration) {
  BucketLimiter limiter({}, Clock());
  EXPECT_EQ(Burst(limiter, Of("a")), 4000);
  int open = 0;
  while (open < 1000 && limiter.TakeOpen("10.0.0.1").ok()) ++open;
  EXPECT_EQ(open, 60);
  now_ += milliseconds(2000);
  EXPECT_TRUE(limiter.TakeOpen("10.0.0.1").ok());
  EXPECT_TRUE(limiter.TakeOpen("10.0.0.1").ok());
  EXPECT_FALSE(limiter.TakeOpen("10.0.0.1").ok());
  EXPECT_TRUE(limiter.TakeOpen("10.0.0.2").ok());
}

TEST_F(LimiterTest, OwnServicesAndTheUnlimitedHaveNoLimit) {
  config::v1::Limits limits;
  limits.set_calls_per_second(1);
  BucketLimiter limited(limits, Clock());
  EXPECT_EQ(Burst(limited, Of("services/risk", "service")), 100'000);
  limits.set_calls_per_second(-1);
  BucketLimiter unlimited(limits, Clock());
  EXPECT_EQ(Burst(unlimited, Of("a")), 100'000);
}

TEST_F(LimiterTest, RemembersABoundedNumberAndForgetsTheFullestFirst) {
  config::v1::Limits limits;
  limits.set_calls_per_second(1);
  limits.set_call_burst(10);
  BucketLimiter limiter(limits, Clock());
  EXPECT_EQ(Burst(limiter, Of("flood")), 10);
  // Many who call once each do not make the flooding one forgotten.
  for (int i = 0; i < 200'000; ++i) {
    ASSERT_TRUE(limiter.Take(Of(absl::StrCat("quiet", i))).ok());
  }
  EXPECT_FALSE(limiter.Take(Of("flood")).ok());
}

TEST(NetworkOf, Table) {
  EXPECT_EQ(NetworkOf("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(NetworkOf("[2001:db8:1:2:3:4:5:6]"), "2001:db8:1:2::");
  EXPECT_EQ(NetworkOf("%5B2001:db8:1:2:3:4:5:6%5D"), "2001:db8:1:2::");
  EXPECT_EQ(NetworkOf("[fe80::1%25eth0]"), "fe80::");
  EXPECT_EQ(NetworkOf("[::1]"), "::");
  EXPECT_EQ(NetworkOf("[::ffff:10.0.0.1]"), "::ffff:10.0.0.1");
}

}  // namespace
}  // namespace lianfang::server
