#include "services/grading/domain/sign_rules.h"

#include <functional>

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace lianfang::grading {
namespace {

using namespace common::v1;  // NOLINT: reasons and levels

const absl::Time kSignTime = absl::FromUnixSeconds(1800000000);
const std::vector<Cause> kCauses = {{MARK_CAUSE_LEVEL, "units/u/grades/g", "等级已调整"}};

v1::WarningSign Facts() {
  v1::WarningSign sign;
  sign.set_name("units/u/warningSigns/p-2026");
  sign.set_subject("units/u/posts/p");
  sign.set_layer(RISK_LAYER_POST);
  sign.set_display_name("采购员");
  sign.set_level(RISK_LEVEL_HIGH);
  sign.add_risk_points("units/u/riskPoints/r1");
  sign.add_responsible("units/u/persons/a");
  return sign;
}

TEST(SignTest, FromTheFactsToTheWall) {
  const auto first = NextSign(nullptr, Facts(), kCauses, false, kSignTime);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->state(), v1::WARNING_SIGN_STATE_GENERATED);
  EXPECT_EQ(first->revision(), 1);
  EXPECT_EQ(first->grade_number(), 1);
  EXPECT_TRUE(first->marks().empty());
  EXPECT_FALSE(NextSign(&*first, Facts(), kCauses, true, kSignTime).has_value());
  EXPECT_EQ(ReasonOf(Display(*first, "", kSignTime).status()), ERROR_REASON_ILLEGAL_TRANSITION);
  const auto produced = Produce(*first, v1::SIGN_PLACEMENT_UNSPECIFIED, "12345", kSignTime);
  ASSERT_TRUE(produced.ok());
  EXPECT_EQ(produced->placement(), v1::SIGN_PLACEMENT_DESK);
  EXPECT_EQ(produced->phone(), "12345");
  EXPECT_EQ(ReasonOf(Produce(*produced, v1::SIGN_PLACEMENT_WALL, "", kSignTime).status()),
            ERROR_REASON_ILLEGAL_TRANSITION);
  const auto displayed = Display(*produced, "行政楼203", kSignTime);
  ASSERT_TRUE(displayed.ok());
  EXPECT_EQ(displayed->state(), v1::WARNING_SIGN_STATE_DISPLAYED);
  EXPECT_EQ(displayed->place(), "行政楼203");
  EXPECT_EQ(displayed->display_time().seconds(), 1800000000);

  // Another level: it must be made again, says why, and keeps its place.
  v1::WarningSign lower = Facts();
  lower.set_level(RISK_LEVEL_MEDIUM);
  const auto revised = NextSign(&*displayed, lower, kCauses, false, kSignTime);
  ASSERT_TRUE(revised.has_value());
  EXPECT_EQ(revised->state(), v1::WARNING_SIGN_STATE_REVISED);
  EXPECT_EQ(revised->revision(), 2);
  EXPECT_EQ(revised->grade_number(), 2);
  EXPECT_EQ(revised->place(), "行政楼203");
  ASSERT_EQ(revised->marks_size(), 1);
  EXPECT_EQ(revised->marks(0).cause(), MARK_CAUSE_LEVEL);
  const auto again = Produce(*revised, v1::SIGN_PLACEMENT_UNSPECIFIED, "", kSignTime);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->phone(), "12345");
  EXPECT_FALSE(again->has_display_time());
  EXPECT_TRUE(Display(*again, "", kSignTime)->marks().empty());
}

TEST(SignTest, WhatIsAnotherSign) {
  const v1::WarningSign stands =
      *Display(*Produce(*NextSign(nullptr, Facts(), {}, false, kSignTime), v1::SIGN_PLACEMENT_WALL,
                        "", kSignTime),
               "", kSignTime);
  const struct {
    const char* what;
    std::function<void(v1::WarningSign&)> change;
    v1::WarningSignState state;
  } cases[] = {
      {"a point more", [](auto& s) { s.add_risk_points("units/u/riskPoints/r2"); },
       v1::WARNING_SIGN_STATE_REVISED},
      {"another holder", [](auto& s) { s.set_responsible(0, "units/u/persons/b"); },
       v1::WARNING_SIGN_STATE_REVISED},
      {"nobody answers", [](auto& s) { s.clear_responsible(); }, v1::WARNING_SIGN_STATE_REVISED},
      {"another name", [](auto& s) { s.set_display_name("采购专员"); },
       v1::WARNING_SIGN_STATE_REVISED},
      {"no point left", [](auto& s) { s.clear_risk_points(); }, v1::WARNING_SIGN_STATE_REMOVED},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    v1::WarningSign facts = Facts();
    test.change(facts);
    const auto next = NextSign(&stands, facts, kCauses, false, kSignTime);
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(next->state(), test.state);
  }
}

TEST(SignTest, WithoutAPointThereIsNothingToWarnOf) {
  v1::WarningSign nothing = Facts();
  nothing.clear_risk_points();
  EXPECT_FALSE(NextSign(nullptr, nothing, {}, true, kSignTime).has_value());
  nothing = Facts();
  nothing.clear_level();
  EXPECT_FALSE(NextSign(nullptr, nothing, {}, true, kSignTime).has_value());
}

TEST(SignTest, RemovedForGoodUntilItIsGradedAgain) {
  const v1::WarningSign first = *NextSign(nullptr, Facts(), {}, false, kSignTime);
  EXPECT_EQ(ReasonOf(Remove(first, " ").status()), ERROR_REASON_REASON_REQUIRED);
  const auto removed = Remove(first, "岗位撤销");
  ASSERT_TRUE(removed.ok());
  EXPECT_EQ(removed->remove_reason(), "岗位撤销");
  EXPECT_EQ(ReasonOf(Remove(*removed, "again").status()), ERROR_REASON_ILLEGAL_TRANSITION);
  EXPECT_EQ(ReasonOf(Produce(*removed, v1::SIGN_PLACEMENT_DESK, "", kSignTime).status()),
            ERROR_REASON_ILLEGAL_TRANSITION);
  v1::WarningSign facts = Facts();
  facts.set_level(RISK_LEVEL_LOW);
  EXPECT_FALSE(NextSign(&*removed, facts, {}, false, kSignTime).has_value());
  const auto back = NextSign(&*removed, facts, kCauses, true, kSignTime);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->state(), v1::WARNING_SIGN_STATE_GENERATED);
  EXPECT_EQ(back->revision(), 2);
  EXPECT_TRUE(back->remove_reason().empty());
}

}  // namespace
}  // namespace lianfang::grading
