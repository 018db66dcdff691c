#include "services/personnel/domain/duty_marks.h"

#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::personnel {
namespace {

using common::v1::MARK_CAUSE_DEPARTMENT;
using common::v1::MARK_CAUSE_POST_FUNCTIONS;
using ::testing::HasSubstr;

v1::Post Buyer() {
  v1::Post post;
  post.set_name("units/u/posts/buyer");
  post.set_display_name("采购员");
  post.set_department("units/u/departments/affairs");
  post.add_functions(common::v1::POST_FUNCTION_PROCUREMENT);
  post.add_functions(common::v1::POST_FUNCTION_FINANCE);
  return post;
}

TEST(DutyMarksTest, WhatIsAReasonToLookAgain) {
  const struct {
    const char* what;
    std::function<void(v1::Post&)> change;
    std::vector<common::v1::MarkCause> causes;
  } cases[] = {
      {"nothing", [](v1::Post&) {}, {}},
      {"name", [](v1::Post& p) { p.set_display_name("采购专员"); }, {}},
      {"order of functions", [](v1::Post& p) { p.mutable_functions()->SwapElements(0, 1); }, {}},
      {"a function more",
       [](v1::Post& p) { p.add_functions(common::v1::POST_FUNCTION_ADMISSIONS); },
       {MARK_CAUSE_POST_FUNCTIONS}},
      {"a function less",
       [](v1::Post& p) { p.mutable_functions()->RemoveLast(); },
       {MARK_CAUSE_POST_FUNCTIONS}},
      {"head of the unit",
       [](v1::Post& p) { p.set_is_unit_head(true); },
       {MARK_CAUSE_POST_FUNCTIONS}},
      {"principal responsible",
       [](v1::Post& p) { p.set_principal_responsible(true); },
       {MARK_CAUSE_POST_FUNCTIONS}},
      {"moved", [](v1::Post& p) { p.clear_department(); }, {MARK_CAUSE_DEPARTMENT}},
      {"both",
       [](v1::Post& p) {
         p.clear_functions();
         p.set_department("units/u/departments/other");
       },
       {MARK_CAUSE_POST_FUNCTIONS, MARK_CAUSE_DEPARTMENT}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    v1::Post next = Buyer();
    c.change(next);
    v1::PostDuty duty;
    EXPECT_EQ(MarkChange(Buyer(), next, absl::FromUnixSeconds(9), &duty), !c.causes.empty());
    std::vector<common::v1::MarkCause> causes;
    for (const auto& mark : duty.marks()) {
      causes.push_back(mark.cause());
      EXPECT_EQ(mark.source(), "units/u/posts/buyer");
      EXPECT_THAT(mark.reason(), HasSubstr("采购员"));
      EXPECT_EQ(mark.time().seconds(), 9);
    }
    EXPECT_EQ(causes, c.causes);
    EXPECT_FALSE(MarkChange(Buyer(), next, absl::FromUnixSeconds(10), &duty)) << "marked already";
  }
}

TEST(DutyMarksTest, TheNewestYearIsConcernedUnlessItIsBeingWritten) {
  const auto duty = [](int year, v1::PostDutyState state) {
    v1::PostDuty made;
    made.set_year(year);
    made.set_state(state);
    return made;
  };
  EXPECT_FALSE(DutyToMark({}).has_value());
  for (const auto state : {v1::POST_DUTY_STATE_IN_REVIEW, v1::POST_DUTY_STATE_APPROVED,
                           v1::POST_DUTY_STATE_COMPILED}) {
    const auto found = DutyToMark({duty(2025, v1::POST_DUTY_STATE_COMPILED), duty(2026, state),
                                   duty(2024, v1::POST_DUTY_STATE_COMPILED)});
    ASSERT_TRUE(found.has_value()) << v1::PostDutyState_Name(state);
    EXPECT_EQ(found->year(), 2026);
  }
  for (const auto state : {v1::POST_DUTY_STATE_DRAFT, v1::POST_DUTY_STATE_RETURNED}) {
    EXPECT_FALSE(
        DutyToMark({duty(2025, v1::POST_DUTY_STATE_COMPILED), duty(2026, state)}).has_value())
        << v1::PostDutyState_Name(state);
  }
}

}  // namespace
}  // namespace lianfang::personnel
