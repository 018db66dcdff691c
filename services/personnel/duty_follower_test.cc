// Decisions that arrive on grading's ledger.
#include "services/personnel/duty_follower.h"

#include "services/personnel/duty_fixture.h"

namespace lianfang::personnel {
namespace {

using grading::v1::REVIEW_STATE_APPROVED;
using grading::v1::REVIEW_STATE_OPEN;
using grading::v1::REVIEW_STATE_RETURNED;
using grading::v1::REVIEW_STATE_WITHDRAWN;

using DutyFollowerTest = DutyFixture;

TEST_F(DutyFollowerTest, AnApprovedDutyIsInForce) {
  Decide(Submitted("head", "buyer"), REVIEW_STATE_APPROVED, "同意。");
  const v1::PostDuty duty = Duty("buyer");
  EXPECT_EQ(duty.state(), v1::POST_DUTY_STATE_APPROVED);
  EXPECT_EQ(duty.review_comment(), "同意。");
  EXPECT_EQ(duty.approved_revision(), 1);
  EXPECT_TRUE(duty.has_approve_time());
  EXPECT_THAT(Do("head", &Duties::WithdrawPostDuty, "buyer"),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
}

TEST_F(DutyFollowerTest, AReturnedDutyIsCorrectedAndHandedInAgain) {
  const v1::PostDuty first = Submitted("head", "buyer");
  Decide(first, REVIEW_STATE_RETURNED, "条目太笼统。");
  v1::PostDuty duty = Duty("buyer");
  EXPECT_EQ(duty.state(), v1::POST_DUTY_STATE_RETURNED);
  EXPECT_EQ(duty.review_comment(), "条目太笼统。");
  EXPECT_EQ(duty.approved_revision(), 0);

  v1::UpdatePostDutyRequest update;
  *update.mutable_post_duty() = duty;
  update.mutable_post_duty()->set_items(0, "组织物资采购，五千元以上的三方询价。");
  update.set_request_id(server_.RequestId());
  ASSERT_THAT(Call("head", &Duties::UpdatePostDuty, update), IsOk());
  const auto second = Submit("head", "buyer");
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->revision(), 2);
  EXPECT_NE(second->revision_digest(), first.revision_digest());
  // What was decided on the first revision says nothing about the second.
  Decide(first, REVIEW_STATE_APPROVED);
  EXPECT_EQ(Duty("buyer").state(), v1::POST_DUTY_STATE_IN_REVIEW);
  Decide(*second, REVIEW_STATE_APPROVED);
  EXPECT_EQ(Duty("buyer").approved_revision(), 2);
}

TEST_F(DutyFollowerTest, WhatDoesNotConcernTheDutyIsPassedOver) {
  const v1::PostDuty duty = Submitted("head", "buyer");
  Decide(duty, REVIEW_STATE_OPEN);
  Decide(duty, REVIEW_STATE_WITHDRAWN);
  grading::v1::Review other = ReviewOf(duty, REVIEW_STATE_APPROVED);
  other.set_record_kind(grading::v1::RECORD_KIND_SELF_CHECK);
  PutReview(other);
  other = ReviewOf(duty, REVIEW_STATE_APPROVED);
  other.set_revision_digest("another digest");
  PutReview(other);
  for (const char* record : {"units/u/postDuties/none", "units/v/postDuties/buyer-2026",
                             "units/u/selfChecks/buyer-2026"}) {
    other = ReviewOf(duty, REVIEW_STATE_APPROVED);
    other.set_record(record);
    PutReview(other);
  }
  EXPECT_EQ(Duty("buyer").etag(), duty.etag());
  // And the next decision still arrives, even without a word of comment.
  PutReview(ReviewOf(duty, REVIEW_STATE_APPROVED));
  EXPECT_EQ(Duty("buyer").state(), v1::POST_DUTY_STATE_APPROVED);
  // A second one changes nothing.
  const std::string etag = Duty("buyer").etag();
  Decide(duty, REVIEW_STATE_RETURNED);
  EXPECT_EQ(Duty("buyer").etag(), etag);
}

TEST_F(DutyFollowerTest, ADecisionOnADutyThatWasTakenBackChangesNothing) {
  const v1::PostDuty duty = Submitted("head", "buyer");
  ASSERT_THAT(Do("head", &Duties::WithdrawPostDuty, "buyer"), IsOk());
  Decide(duty, REVIEW_STATE_APPROVED);
  EXPECT_EQ(Duty("buyer").state(), v1::POST_DUTY_STATE_DRAFT);
}

TEST_F(DutyFollowerTest, WhoHeardOfADecisionMayGoOnAtOnce) {
  // No read in between waits for the decision to arrive.
  Decide(Submitted("head", "buyer"), REVIEW_STATE_RETURNED);
  ASSERT_THAT(Submit("head", "buyer"), IsOk());
  Decide(Duty("buyer"), REVIEW_STATE_APPROVED);
  ASSERT_THAT(Do("head", &Duties::RevisePostDuty, "buyer"), IsOk());
  for (const char* post : {"buyer", "head", "vp", "principal"}) {
    // The buyer's is open again already.
    if (post != std::string("buyer")) {
      ASSERT_THAT(Create("office", post), IsOk());
    }
    const auto duty = Submit("office", post);
    ASSERT_THAT(duty, IsOk());
    Decide(*duty, REVIEW_STATE_APPROVED);
  }
  v1::CompilePostDutiesRequest compile;
  compile.set_parent("units/u");
  compile.set_year(2026);
  compile.set_request_id(server_.RequestId());
  EXPECT_THAT(Call("office", &Duties::CompilePostDuties, compile), IsOk());
}

TEST_F(DutyFollowerTest, DecisionsSurviveARestart) {
  const v1::PostDuty duty = Submitted("head", "buyer");
  Decide(duty, REVIEW_STATE_APPROVED);
  server_.Restart();
  EXPECT_EQ(Duty("buyer").state(), v1::POST_DUTY_STATE_APPROVED);
  EXPECT_EQ(Duty("buyer").approved_revision(), 1);
}

}  // namespace
}  // namespace lianfang::personnel
