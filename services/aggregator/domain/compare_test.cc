#include "services/aggregator/domain/compare.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::ComparedFigure;
using reporting::v1::MemberSummary;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kPerHundred = aggregation::v1::COMPARED_FIGURE_RISK_POINTS_PER_HUNDRED_POSTS;

// Schools of a hundred posts with so many risk points, called a, b, …
std::vector<MemberSummary> Schools(const std::vector<int64_t>& points) {
  std::vector<MemberSummary> members;
  for (const int64_t count : points) {
    MemberSummary& member = members.emplace_back();
    member.set_unit(
        absl::StrCat("units/", std::string(1, static_cast<char>('a' + members.size() - 1))));
    member.mutable_total()->set_post_count(100);
    member.mutable_total()->set_risk_point_count(count);
  }
  return members;
}

TEST(CompareTest, FiguresAreOfAHundred) {
  MemberSummary member;
  auto& total = *member.mutable_total();
  total.set_post_count(40);
  total.set_risk_point_count(60);
  total.set_risk_points_without_measure(15);
  total.set_self_checks_due(50);
  total.set_self_checks_submitted(40);
  total.set_rectification_count(4);
  total.set_rectifications_closed(1);
  auto* high = total.add_posts_by_level();
  high->set_level(common::v1::RISK_LEVEL_HIGH);
  high->set_count(10);
  high = total.add_posts_by_level();
  high->set_level(common::v1::RISK_LEVEL_LOW);
  high->set_count(30);
  for (const int64_t done : {5, 10}) {
    auto* counts = member.mutable_campaign()->add_tasks()->mutable_counts();
    counts->set_expected(10);
    counts->set_done(done);
    counts->set_overdue(10 - done);
  }
  const struct {
    ComparedFigure figure;
    double value;
  } cases[] = {
      {kPerHundred, 150},
      {aggregation::v1::COMPARED_FIGURE_HIGH_POST_PERCENT, 25},
      {aggregation::v1::COMPARED_FIGURE_WITHOUT_MEASURE_PERCENT, 25},
      {aggregation::v1::COMPARED_FIGURE_SELF_CHECK_PERCENT, 80},
      {aggregation::v1::COMPARED_FIGURE_TASKS_DONE_PERCENT, 75},
      {aggregation::v1::COMPARED_FIGURE_TASKS_OVERDUE_PERCENT, 25},
      {aggregation::v1::COMPARED_FIGURE_RECTIFIED_PERCENT, 25},
  };
  EXPECT_EQ(AllFigures().size(), std::size(cases));
  for (const auto& test : cases) {
    ASSERT_TRUE(ValueOf(test.figure, member).has_value()) << test.figure;
    EXPECT_DOUBLE_EQ(*ValueOf(test.figure, member), test.value) << test.figure;
    // A school that has nothing yet has no figure, rather than a zero.
    EXPECT_FALSE(ValueOf(test.figure, MemberSummary()).has_value()) << test.figure;
  }
}

TEST(CompareTest, QuartilesLieBetween) {
  EXPECT_DOUBLE_EQ(Quantile({7}, 0.25), 7);
  EXPECT_DOUBLE_EQ(Quantile({1, 2}, 0.5), 1.5);
  EXPECT_DOUBLE_EQ(Quantile({1, 2, 3, 4, 5}, 0.25), 2);
  EXPECT_DOUBLE_EQ(Quantile({1, 2, 3, 4}, 0.75), 3.25);
  EXPECT_DOUBLE_EQ(Quantile({1, 2, 3, 4}, 1), 4);
}

TEST(CompareTest, WhoStandsOut) {
  const struct {
    const char* name;
    std::vector<int64_t> points;
    std::vector<std::string> outliers;
  } cases[] = {
      {"nobody", {10, 11, 12, 13, 14}, {}},
      {"far above", {10, 11, 12, 13, 90}, {"units/e"}},
      {"far below", {1, 50, 51, 52, 53}, {"units/a"}},
      {"at the edge", {10, 12, 12, 14, 17}, {}},
      {"beyond the edge", {10, 12, 12, 14, 18}, {"units/e"}},
      {"all the same", {5, 5, 5, 5, 5}, {}},
      {"one of the same", {5, 5, 5, 5, 6}, {"units/e"}},
      {"too few to say", {1, 1, 1, 100}, {}},
  };
  for (const auto& test : cases) {
    const auto comparison = Compare(kPerHundred, Schools(test.points));
    std::vector<std::string> outliers;
    for (const auto& row : comparison.members()) {
      if (row.outlier()) outliers.push_back(row.unit());
    }
    EXPECT_EQ(outliers, test.outliers) << test.name;
  }
}

TEST(CompareTest, RowsComeFromTheGreatestAndOnlyOfThoseThatHaveTheFigure) {
  auto schools = Schools({3, 9, 9, 1});
  schools.emplace_back().set_unit("units/new");
  const auto comparison = Compare(kPerHundred, schools);
  std::vector<std::string> units;
  for (const auto& row : comparison.members()) units.push_back(row.unit());
  EXPECT_THAT(units, ElementsAre("units/b", "units/c", "units/a", "units/d"));
  EXPECT_DOUBLE_EQ(comparison.median(), 6);
  EXPECT_DOUBLE_EQ(comparison.lower_quartile(), 2.5);
  EXPECT_DOUBLE_EQ(comparison.upper_quartile(), 9);
  EXPECT_THAT(Compare(kPerHundred, {}).members(), IsEmpty());
}

}  // namespace
}  // namespace lianfang::aggregator
