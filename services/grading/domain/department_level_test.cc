#include "services/grading/domain/department_level.h"

#include "common/policy/policies.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::grading {
namespace {

using namespace common::v1;  // NOLINT: levels
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const CompiledPolicy& Matrix() {
  static const auto* const policy =
      new CompiledPolicy(policy::Load("")->grading.at("scheme-2013-matrix"));
  return *policy;
}

v1::Grade GradeOf(const std::string& name, RiskLevel level, v1::GradeState state,
                  RiskLevel confirmed) {
  v1::Grade grade;
  grade.set_name(name);
  grade.set_level(level);
  grade.set_state(state);
  grade.set_confirmed_level(confirmed);
  return grade;
}

risk::v1::RiskPoint PointOf(const std::string& name, risk::v1::Likelihood likelihood,
                            risk::v1::Consequence consequence, risk::v1::RiskPointState state) {
  risk::v1::RiskPoint point;
  point.set_name(name);
  point.set_state(state);
  if (likelihood != 0) {
    point.mutable_factors()->set_likelihood(likelihood);
    point.mutable_factors()->set_consequence(consequence);
  }
  return point;
}

TEST(DepartmentLevelTest, TheHighestOfPostsAndPoints) {
  constexpr auto kRegistered = risk::v1::RISK_POINT_STATE_REGISTERED;
  const auto low = GradeOf("low", RISK_LEVEL_LOW, v1::GRADE_STATE_CONFIRMED, RISK_LEVEL_LOW);
  const auto medium =
      GradeOf("medium", RISK_LEVEL_MEDIUM, v1::GRADE_STATE_CONFIRMED, RISK_LEVEL_MEDIUM);
  // Proposed as high, never confirmed.
  const auto proposed =
      GradeOf("proposed", RISK_LEVEL_HIGH, v1::GRADE_STATE_SCHOOL_REVIEW, RISK_LEVEL_UNSPECIFIED);
  // Confirmed as medium, under review as low.
  const auto again =
      GradeOf("again", RISK_LEVEL_LOW, v1::GRADE_STATE_SUPERIOR_REVIEW, RISK_LEVEL_MEDIUM);
  const auto grave =
      PointOf("grave", risk::v1::LIKELIHOOD_CERTAIN, risk::v1::CONSEQUENCE_MAJOR, kRegistered);
  const auto draft = PointOf("draft", risk::v1::LIKELIHOOD_CERTAIN, risk::v1::CONSEQUENCE_MAJOR,
                             risk::v1::RISK_POINT_STATE_DRAFT);
  const auto plain = PointOf("plain", risk::v1::LIKELIHOOD_UNSPECIFIED,
                             risk::v1::CONSEQUENCE_UNSPECIFIED, kRegistered);
  const struct {
    const char* what;
    std::vector<v1::Grade> grades;
    std::vector<risk::v1::RiskPoint> points;
    RiskLevel level;
    std::vector<std::string> deciding;
    int count;
  } cases[] = {
      {"nothing", {}, {}, RISK_LEVEL_UNSPECIFIED, {}, 0},
      {"posts", {low, medium}, {plain}, RISK_LEVEL_MEDIUM, {"medium"}, 1},
      {"what is not confirmed does not count", {low, proposed}, {}, RISK_LEVEL_LOW, {"low"}, 0},
      {"what was confirmed holds while it is looked at again",
       {low, again},
       {},
       RISK_LEVEL_MEDIUM,
       {"again"},
       0},
      {"a risk point above the posts", {low}, {plain, grave}, RISK_LEVEL_HIGH, {"grave"}, 2},
      {"a draft is not on the register", {low}, {draft}, RISK_LEVEL_LOW, {"low"}, 0},
      {"only a risk point", {}, {grave}, RISK_LEVEL_HIGH, {"grave"}, 1},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    const v1::DepartmentLevel level = Highest(test.grades, test.points, Matrix());
    EXPECT_EQ(level.level(), test.level);
    EXPECT_EQ(level.grade_number(), int{test.level});
    EXPECT_EQ(std::vector<std::string>(level.deciding().begin(), level.deciding().end()),
              test.deciding);
    EXPECT_EQ(level.risk_point_count(), test.count);
  }
}

TEST(DepartmentLevelTest, OldGradesSayByTheirStateThatTheyAreConfirmed) {
  EXPECT_EQ(ConfirmedLevel(
                GradeOf("g", RISK_LEVEL_HIGH, v1::GRADE_STATE_CONFIRMED, RISK_LEVEL_UNSPECIFIED)),
            RISK_LEVEL_HIGH);
}

}  // namespace
}  // namespace lianfang::grading
