#include "services/personnel/domain/duty_rules.h"

#include <functional>

#include "absl/strings/match.h"
#include "common/base/id.h"
#include "common/base/resource_name.h"
#include "common/review/digest.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::personnel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace reasons = common::v1;

v1::PostDuty Duty(v1::PostDutyState state) {
  v1::PostDuty duty;
  duty.set_name("units/u/postDuties/d");
  duty.set_post("units/u/posts/buyer");
  duty.set_year(2026);
  duty.add_items("组织物资采购。");
  duty.set_requirements("熟悉采购制度。");
  duty.mutable_effective_date()->set_year(2026);
  duty.mutable_effective_date()->set_month(6);
  duty.mutable_effective_date()->set_day(1);
  duty.set_state(state);
  return duty;
}

PostFacts BuyerFacts() {
  return {.display_name = "采购员",
          .department = "units/u/departments/affairs",
          .head = "units/u/persons/head",
          .holders = {"units/u/persons/a", "units/u/persons/b"}};
}

google::protobuf::Timestamp At(int64_t seconds) {
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  return time;
}

void Mark(v1::PostDuty* duty) { duty->add_marks()->set_cause(reasons::MARK_CAUSE_POST_FUNCTIONS); }

TEST(DutyRulesTest, WhichStepsEachStateAllows) {
  const struct {
    v1::PostDutyState state;
    bool edit;
    bool withdraw;
    bool decide;
    bool revise;  // and confirm
  } cases[] = {
      {v1::POST_DUTY_STATE_UNSPECIFIED, false, false, false, false},
      {v1::POST_DUTY_STATE_DRAFT, true, false, false, false},
      {v1::POST_DUTY_STATE_IN_REVIEW, false, true, true, false},
      {v1::POST_DUTY_STATE_RETURNED, true, false, false, false},
      {v1::POST_DUTY_STATE_APPROVED, false, false, false, true},
      {v1::POST_DUTY_STATE_COMPILED, false, false, false, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(v1::PostDutyState_Name(c.state));
    const auto reason = [](bool ok) {
      return ok ? reasons::ERROR_REASON_UNSPECIFIED : reasons::ERROR_REASON_ILLEGAL_TRANSITION;
    };
    v1::PostDuty duty = Duty(c.state);
    duty.set_revision_digest("digest");
    Mark(&duty);
    EXPECT_EQ(ReasonOf(CheckEditable(duty)), reason(c.edit));
    EXPECT_EQ(DecisionApplies(duty, "digest"), c.decide);
    EXPECT_FALSE(DecisionApplies(duty, "another"));
    EXPECT_EQ(IsApproved(duty), c.revise);
    v1::PostDuty next = duty;
    EXPECT_EQ(ReasonOf(Submit(BuyerFacts(), "units/u/persons/head", At(1), &next).status()),
              reason(c.edit));
    EXPECT_EQ(next.state(), c.edit ? v1::POST_DUTY_STATE_IN_REVIEW : c.state);
    next = duty;
    EXPECT_EQ(ReasonOf(Withdraw(&next)), reason(c.withdraw));
    EXPECT_EQ(next.state(), c.withdraw ? v1::POST_DUTY_STATE_DRAFT : c.state);
    next = duty;
    EXPECT_EQ(ReasonOf(Revise(&next)), reason(c.revise));
    EXPECT_EQ(next.state(), c.revise ? v1::POST_DUTY_STATE_DRAFT : c.state);
    EXPECT_EQ(next.marks().empty(), c.revise);
    next = duty;
    EXPECT_EQ(ReasonOf(Confirm(&next)), reason(c.revise));
    EXPECT_EQ(next.state(), c.state);
    EXPECT_EQ(next.marks().empty(), c.revise);
  }
}

TEST(DutyRulesTest, ADecisionWithoutADigestNeverApplies) {
  EXPECT_FALSE(DecisionApplies(Duty(v1::POST_DUTY_STATE_IN_REVIEW), ""));
}

TEST(DutyRulesTest, OnlyWhatIsMarkedIsConfirmed) {
  v1::PostDuty duty = Duty(v1::POST_DUTY_STATE_APPROVED);
  EXPECT_EQ(ReasonOf(Confirm(&duty)), reasons::ERROR_REASON_ILLEGAL_TRANSITION);
}

TEST(DutyRulesTest, NothingIsHandedInWithoutAnItem) {
  v1::PostDuty duty = Duty(v1::POST_DUTY_STATE_DRAFT);
  duty.clear_items();
  const absl::Status status = Submit(BuyerFacts(), "units/u/persons/head", At(1), &duty).status();
  EXPECT_EQ(ReasonOf(status), reasons::ERROR_REASON_REQUIRED_FIELD);
  EXPECT_THAT(status.message(), HasSubstr("items"));
  EXPECT_EQ(duty.state(), v1::POST_DUTY_STATE_DRAFT);
}

TEST(DutyRulesTest, TheRevisionHoldsWhatWasHandedInAndWhoseItIs) {
  v1::PostDuty duty = Duty(v1::POST_DUTY_STATE_RETURNED);
  duty.set_revision(1);
  duty.set_department("units/u/departments/before");
  Mark(&duty);
  const auto revision = Submit(BuyerFacts(), "units/u/persons/head", At(77), &duty);
  ASSERT_TRUE(revision.ok()) << revision.status();
  EXPECT_EQ(duty.revision(), 2);
  EXPECT_EQ(duty.revision_digest(), review::RecordDigest(duty, 2));
  EXPECT_EQ(duty.submit_time().seconds(), 77);
  EXPECT_EQ(duty.review(), "units/u/reviews/d-d2");
  EXPECT_EQ(duty.post_display_name(), "采购员");
  EXPECT_EQ(duty.department(), "units/u/departments/affairs");
  EXPECT_THAT(duty.holders(), ElementsAre("units/u/persons/a", "units/u/persons/b"));
  EXPECT_EQ(duty.drafter(), "units/u/persons/head");
  EXPECT_TRUE(duty.marks().empty());

  EXPECT_EQ(revision->name(), "units/u/postDuties/d/revisions/2");
  EXPECT_EQ(revision->post_duty(), duty.name());
  EXPECT_EQ(revision->revision(), 2);
  EXPECT_EQ(revision->revision_digest(), duty.revision_digest());
  EXPECT_EQ(revision->submit_time().seconds(), 77);
  EXPECT_EQ(revision->post(), duty.post());
  EXPECT_EQ(revision->year(), 2026);
  EXPECT_THAT(revision->items(), ElementsAre("组织物资采购。"));
  EXPECT_EQ(revision->requirements(), "熟悉采购制度。");
  EXPECT_EQ(revision->effective_date().month(), 6);
  EXPECT_EQ(revision->post_display_name(), "采购员");
  EXPECT_EQ(revision->department(), duty.department());
  EXPECT_THAT(revision->holders(), ElementsAre("units/u/persons/a", "units/u/persons/b"));
  EXPECT_EQ(revision->drafter(), "units/u/persons/head");
}

TEST(DutyRulesTest, EveryHandInHasItsOwnNumberDigestAndReview) {
  v1::PostDuty duty = Duty(v1::POST_DUTY_STATE_DRAFT);
  ASSERT_TRUE(Submit(BuyerFacts(), "units/u/persons/head", At(1), &duty).ok());
  const std::string first = duty.revision_digest();
  ASSERT_TRUE(Withdraw(&duty).ok());
  // Nothing was changed, and yet an old decision must not fit the new revision.
  ASSERT_TRUE(Submit(BuyerFacts(), "units/u/persons/head", At(1), &duty).ok());
  EXPECT_EQ(duty.review(), "units/u/reviews/d-d2");
  EXPECT_FALSE(DecisionApplies(duty, first));
  EXPECT_TRUE(DecisionApplies(duty, duty.revision_digest()));
}

TEST(DutyRulesTest, AnApprovedRevisionStaysInForceWhileTheNextIsWritten) {
  v1::PostDuty duty = Duty(v1::POST_DUTY_STATE_DRAFT);
  ASSERT_TRUE(Submit(BuyerFacts(), "units/u/persons/head", At(1), &duty).ok());
  Mark(&duty);  // the post changed under review
  Approve("同意。", At(5), &duty);
  EXPECT_EQ(duty.state(), v1::POST_DUTY_STATE_APPROVED);
  EXPECT_EQ(duty.review_comment(), "同意。");
  EXPECT_EQ(duty.approved_revision(), 1);
  EXPECT_EQ(duty.approve_time().seconds(), 5);
  EXPECT_TRUE(duty.marks().empty());

  ASSERT_TRUE(Revise(&duty).ok());
  ASSERT_TRUE(Submit(BuyerFacts(), "units/u/persons/head", At(6), &duty).ok());
  Mark(&duty);
  Return("条目太笼统。", &duty);
  EXPECT_EQ(duty.state(), v1::POST_DUTY_STATE_RETURNED);
  EXPECT_EQ(duty.review_comment(), "条目太笼统。");
  EXPECT_TRUE(duty.marks().empty());
  EXPECT_EQ(duty.revision(), 2);
  EXPECT_EQ(duty.approved_revision(), 1);
  EXPECT_EQ(duty.approve_time().seconds(), 5);
}

TEST(DutyRulesTest, ContentIsOfTheUnitAndSaysSomething) {
  const struct {
    const char* what;
    std::function<void(v1::PostDuty&)> change;
    ErrorReason reason;
    const char* field;
  } cases[] = {
      {"as it should be", [](v1::PostDuty&) {}, reasons::ERROR_REASON_UNSPECIFIED, ""},
      {"no item yet", [](v1::PostDuty& d) { d.clear_items(); }, reasons::ERROR_REASON_UNSPECIFIED,
       ""},
      {"no date", [](v1::PostDuty& d) { d.clear_effective_date(); },
       reasons::ERROR_REASON_UNSPECIFIED, ""},
      {"post elsewhere", [](v1::PostDuty& d) { d.set_post("units/v/posts/buyer"); },
       reasons::ERROR_REASON_INVALID_FIELD, "post_duty.post"},
      {"empty item", [](v1::PostDuty& d) { d.add_items(""); }, reasons::ERROR_REASON_INVALID_FIELD,
       "post_duty.items[1]"},
      {"item of spaces", [](v1::PostDuty& d) { d.add_items(" \u3000\n"); },
       reasons::ERROR_REASON_INVALID_FIELD, "post_duty.items[1]"},
      {"no such day", [](v1::PostDuty& d) { d.mutable_effective_date()->set_day(31); },
       reasons::ERROR_REASON_INVALID_FIELD, "post_duty.effective_date"},
  };
  for (const auto& c : cases) {
    v1::PostDuty duty = Duty(v1::POST_DUTY_STATE_DRAFT);
    c.change(duty);
    const absl::Status status = CheckContent(duty, "u");
    EXPECT_EQ(ReasonOf(status), c.reason) << c.what;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.field)) << c.what;
  }
}

TEST(DutyRulesTest, ADraftKnowsItsPost) {
  v1::PostDuty duty;
  Start(BuyerFacts(), &duty);
  EXPECT_EQ(duty.state(), v1::POST_DUTY_STATE_DRAFT);
  EXPECT_EQ(duty.post_display_name(), "采购员");
  EXPECT_EQ(duty.department(), "units/u/departments/affairs");
}

TEST(DutyRulesTest, LongIdsAreShortenedAndKeepTheirEnding) {
  const std::string name = "units/u/postDuties/" + std::string(63, 'a');
  const std::string review = DutyReviewName(name, 12);
  const absl::string_view id = IdIn("reviews", review);
  EXPECT_TRUE(IsValidResourceId(id)) << id;
  EXPECT_EQ(id.size(), 63u);
  EXPECT_TRUE(absl::EndsWith(id, "-d12"));
  EXPECT_NE(review, DutyReviewName(name, 13));
  EXPECT_NE(review, DutyReviewName("units/u/postDuties/" + std::string(62, 'a'), 12));
}

}  // namespace
}  // namespace lianfang::personnel
