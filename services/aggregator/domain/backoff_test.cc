#include "services/aggregator/domain/backoff.h"

#include "gtest/gtest.h"

namespace lianfang::aggregator {
namespace {

struct BackoffCase {
  const char* name;
  int attempt;
  double random;
  double millis;
};

class BackoffTest : public ::testing::TestWithParam<BackoffCase> {};

TEST_P(BackoffTest, GivesThePause) {
  EXPECT_DOUBLE_EQ(absl::ToDoubleMilliseconds(BackoffDelay(GetParam().attempt, GetParam().random)),
                   GetParam().millis);
}

INSTANTIATE_TEST_SUITE_P(Table, BackoffTest,
                         ::testing::Values(BackoffCase{"FirstShortest", 1, 0, 50},
                                           BackoffCase{"FirstMiddle", 1, 0.5, 75},
                                           BackoffCase{"SecondDoubles", 2, 0, 100},
                                           BackoffCase{"Third", 3, 0.5, 300},
                                           BackoffCase{"FifthBelowCap", 5, 0, 800},
                                           BackoffCase{"SixthAtCap", 6, 0, 1000},
                                           BackoffCase{"HugeStaysAtCap", 1'000'000, 0.5, 1500},
                                           BackoffCase{"NumbersBeforeTheFirst", 0, 0, 50},
                                           BackoffCase{"RandomAboveOne", 1, 7, 100}),
                         [](const auto& row) { return row.param.name; });

TEST(SendAgainDelayTest, DoublesUpToFiveMinutes) {
  EXPECT_EQ(SendAgainDelay(0), absl::Milliseconds(250));
  EXPECT_EQ(SendAgainDelay(1), absl::Milliseconds(250));
  EXPECT_EQ(SendAgainDelay(4), absl::Seconds(2));
  EXPECT_EQ(SendAgainDelay(11), absl::Seconds(256));
  EXPECT_EQ(SendAgainDelay(12), absl::Minutes(5));
  EXPECT_EQ(SendAgainDelay(2'000'000'000), absl::Minutes(5));
}

}  // namespace
}  // namespace lianfang::aggregator
