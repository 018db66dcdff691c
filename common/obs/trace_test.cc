#include "common/obs/trace.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace lianfang::obs {
namespace {

constexpr char kExample[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceTest, ReadsAndWritesTheStandardsExample) {
  const auto trace = ParseTraceparent(kExample);
  ASSERT_TRUE(trace);
  EXPECT_EQ(trace->TraceId(), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(trace->span, 0x00f067aa0ba902b7U);
  EXPECT_TRUE(trace->sampled);
  EXPECT_EQ(trace->Header(), kExample);
}

TEST(TraceTest, TakesALaterVersionThatSaysMore) {
  EXPECT_TRUE(ParseTraceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"));
  EXPECT_TRUE(ParseTraceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what"));
  EXPECT_FALSE(ParseTraceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what"));
}

TEST(TraceTest, TakesNothingElse) {
  for (const char* bad :
       {"", "00", "hello", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0 "}) {
    EXPECT_FALSE(ParseTraceparent(bad)) << bad;
  }
}

TEST(TraceTest, ACallKeepsItsCallersTraceOrBeginsOne) {
  TraceIds ids(1);
  const TraceContext taken = ids.Begin(kExample);
  EXPECT_EQ(taken.TraceId(), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_NE(taken.span, 0x00f067aa0ba902b7U) << "a span is of one server";
  EXPECT_TRUE(taken.sampled);

  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const TraceContext begun = ids.Begin("nonsense");
    EXPECT_TRUE(begun.valid());
    EXPECT_TRUE(ParseTraceparent(begun.Header())) << begun.Header();
    EXPECT_TRUE(seen.insert(begun.TraceId()).second);
  }
}

TEST(TraceTest, StandsBesideTheThreadAsLongAsItIsWanted) {
  EXPECT_FALSE(CurrentTrace().valid());
  {
    const ScopedTrace outer({.high = 1, .low = 1, .span = 1});
    {
      const ScopedTrace inner({.high = 2, .low = 2, .span = 2});
      EXPECT_EQ(CurrentTrace().high, 2U);
    }
    EXPECT_EQ(CurrentTrace().high, 1U);
  }
  EXPECT_FALSE(CurrentTrace().valid());
}

}  // namespace
}  // namespace lianfang::obs
