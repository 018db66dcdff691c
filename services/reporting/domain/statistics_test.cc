#include "services/reporting/domain/statistics.h"

#include <gtest/gtest.h>

#include <vector>

namespace lianfang::reporting {
namespace {

v1::LevelCount* AddLevel(v1::Statistics* statistics, common::v1::RiskLevel level, int64_t count) {
  v1::LevelCount* added = statistics->add_posts_by_level();
  added->set_level(level);
  added->set_count(count);
  return added;
}

TEST(StatisticsTest, AddsBucketByBucketAndDropsZeros) {
  v1::Statistics a;
  a.set_post_count(3);
  AddLevel(&a, common::v1::RISK_LEVEL_HIGH, 2);
  AddLevel(&a, common::v1::RISK_LEVEL_LOW, 1);
  v1::Statistics b;
  b.set_post_count(1);
  AddLevel(&b, common::v1::RISK_LEVEL_MEDIUM, 5);
  const v1::Statistics before = a;

  Add(&a, b, 1);
  EXPECT_EQ(a.post_count(), 4);
  ASSERT_EQ(a.posts_by_level_size(), 3);
  EXPECT_EQ(a.posts_by_level(1).level(), common::v1::RISK_LEVEL_MEDIUM);
  EXPECT_EQ(a.posts_by_level(1).count(), 5);
  EXPECT_EQ(a.posts_by_level(2).count(), 1);

  Add(&a, b, -1);
  EXPECT_EQ(a.SerializeAsString(), before.SerializeAsString());
}

TEST(StatisticsTest, CompleteShowsEveryBucketInOrder) {
  v1::Statistics counts;
  AddLevel(&counts, common::v1::RISK_LEVEL_MEDIUM, 7);
  const v1::Statistics complete = Complete(counts);
  struct Expected {
    int size;
    int wanted;
  };
  const std::vector<Expected> sizes = {
      {complete.risk_points_by_level_size(), 4},    {complete.posts_by_level_size(), 4},
      {complete.risk_points_by_category_size(), 7}, {complete.risk_points_by_layer_size(), 3},
      {complete.measures_by_stage_size(), 3},       {complete.risk_points_by_method_size(), 4},
      {complete.risk_points_by_topic_size(), 15}};
  for (const Expected& expected : sizes) EXPECT_EQ(expected.size, expected.wanted);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(complete.posts_by_level(i).level(), i);
  EXPECT_EQ(complete.posts_by_level(2).count(), 7);
  EXPECT_EQ(complete.risk_points_by_topic(0).topic(), common::v1::SENSITIVE_TOPIC_UNSPECIFIED);
  EXPECT_EQ(complete.risk_points_by_category(0).category(), common::v1::RISK_CATEGORY_MORALITY);
}

TEST(StatisticsTest, CompleteKeepsACountWithoutAName) {
  v1::Statistics counts;
  counts.add_risk_points_by_category()->set_count(2);
  const v1::Statistics complete = Complete(counts);
  ASSERT_EQ(complete.risk_points_by_category_size(), 8);
  EXPECT_EQ(complete.risk_points_by_category(0).count(), 2);
}

TEST(StatisticsTest, HighestLevelIsTheSmallestNumberThatCounts) {
  v1::Statistics counts;
  EXPECT_EQ(HighestLevel(counts.posts_by_level()), common::v1::RISK_LEVEL_UNSPECIFIED);
  AddLevel(&counts, common::v1::RISK_LEVEL_UNSPECIFIED, 9);
  EXPECT_EQ(HighestLevel(counts.posts_by_level()), common::v1::RISK_LEVEL_UNSPECIFIED);
  AddLevel(&counts, common::v1::RISK_LEVEL_LOW, 1);
  AddLevel(&counts, common::v1::RISK_LEVEL_MEDIUM, 1);
  AddLevel(&counts, common::v1::RISK_LEVEL_HIGH, 0);
  EXPECT_EQ(HighestLevel(counts.posts_by_level()), common::v1::RISK_LEVEL_MEDIUM);
}

}  // namespace
}  // namespace lianfang::reporting
