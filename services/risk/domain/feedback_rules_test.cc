#include "services/risk/domain/feedback_rules.h"

#include <string>

#include "common/status/error.h"
#include "gtest/gtest.h"
#include "services/risk/domain/time_test_util.h"

namespace lianfang::risk {
namespace {

using common::v1::ERROR_REASON_ILLEGAL_TRANSITION;
using common::v1::ERROR_REASON_INVALID_FIELD;
using common::v1::ERROR_REASON_OWN_RECORD;
using common::v1::ERROR_REASON_REASON_REQUIRED;
using common::v1::ERROR_REASON_UNSPECIFIED;

TEST(FeedbackRulesTest, ItIsAboutSomethingOfTheUnit) {
  const struct {
    const char* subject;
    bool ok;
  } cases[] = {
      {"", true},
      {"units/a", true},
      {"units/a/posts/buyer", true},
      {"units/a/departments/affairs", true},
      {"units/a/riskPoints/r", true},
      {"units/a/publications/p", true},
      {"units/a/persons/p", false},
      {"units/a/selfChecks/s", false},
      {"units/a/posts/", false},
      {"units/a/posts/buyer/x", false},
      {"units/b", false},
      {"units/b/posts/buyer", false},
      {"食堂", false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.subject);
    v1::Feedback feedback;
    feedback.set_subject(c.subject);
    EXPECT_EQ(ReasonOf(CheckSubject(feedback, "a")),
              c.ok ? ERROR_REASON_UNSPECIFIED : ERROR_REASON_INVALID_FIELD);
  }
}

TEST(FeedbackRulesTest, TheCodeIsKeptAsItsDigest) {
  // As sha256sum prints it for `abc`.
  EXPECT_EQ(CodeDigest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(FeedbackRulesTest, WhichStepsEachStateAllows) {
  const struct {
    v1::FeedbackState state;
    bool accept;
    bool handle;
    common::v1::ErrorReason close;         // without a reason
    common::v1::ErrorReason close_reason;  // with one
  } cases[] = {
      {v1::FEEDBACK_STATE_RECEIVED, true, false, ERROR_REASON_REASON_REQUIRED,
       ERROR_REASON_UNSPECIFIED},
      {v1::FEEDBACK_STATE_ACCEPTED, false, true, ERROR_REASON_REASON_REQUIRED,
       ERROR_REASON_UNSPECIFIED},
      {v1::FEEDBACK_STATE_HANDLED, false, false, ERROR_REASON_UNSPECIFIED,
       ERROR_REASON_UNSPECIFIED},
      {v1::FEEDBACK_STATE_CLOSED, false, false, ERROR_REASON_ILLEGAL_TRANSITION,
       ERROR_REASON_ILLEGAL_TRANSITION},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(v1::FeedbackState_Name(c.state));
    v1::Feedback old;
    old.set_state(c.state);
    v1::Feedback feedback = old;
    const auto expected = [](bool ok) {
      return ok ? ERROR_REASON_UNSPECIFIED : ERROR_REASON_ILLEGAL_TRANSITION;
    };
    EXPECT_EQ(ReasonOf(Accept("units/a/persons/o", At(1), &feedback)), expected(c.accept));
    EXPECT_EQ(feedback.state(), c.accept ? v1::FEEDBACK_STATE_ACCEPTED : c.state);
    feedback = old;
    EXPECT_EQ(ReasonOf(Handle("units/a/persons/o", v1::FEEDBACK_FINDING_CONFIRMED, "已整改。",
                              At(2), &feedback)),
              expected(c.handle));
    EXPECT_EQ(feedback.state(), c.handle ? v1::FEEDBACK_STATE_HANDLED : c.state);
    feedback = old;
    EXPECT_EQ(ReasonOf(Close(" ", At(3), &feedback)), c.close);
    feedback = old;
    EXPECT_EQ(ReasonOf(Close("内容不具体，无法核查。", At(3), &feedback)), c.close_reason);
    EXPECT_EQ(feedback.state(),
              c.close_reason == ERROR_REASON_UNSPECIFIED ? v1::FEEDBACK_STATE_CLOSED : c.state);
  }
}

TEST(FeedbackRulesTest, TheSenderSeesHowItStandsAndNotWhoWorkedOnIt) {
  v1::Feedback feedback;
  feedback.set_state(v1::FEEDBACK_STATE_RECEIVED);
  *feedback.mutable_create_time() = At(86400);
  ASSERT_TRUE(Accept("units/a/persons/o", At(90000), &feedback).ok());
  ASSERT_TRUE(Handle("units/a/persons/h", v1::FEEDBACK_FINDING_PARTLY_CONFIRMED, "已整改。",
                     At(95000), &feedback)
                  .ok());
  EXPECT_TRUE(IsConfirmed(feedback));
  ASSERT_TRUE(Close("", At(99000), &feedback).ok());
  EXPECT_EQ(feedback.accepter(), "units/a/persons/o");
  EXPECT_EQ(feedback.handler(), "units/a/persons/h");
  EXPECT_EQ(feedback.close_time().seconds(), 99000);
  const v1::FeedbackAnswer answer = AnswerOf(feedback);
  EXPECT_EQ(answer.state(), v1::FEEDBACK_STATE_CLOSED);
  EXPECT_EQ(answer.receive_time().seconds(), 86400);
  EXPECT_EQ(answer.accept_time().seconds(), 90000);
  EXPECT_EQ(answer.result(), "已整改。");
  EXPECT_EQ(answer.finding(), v1::FEEDBACK_FINDING_PARTLY_CONFIRMED);
  EXPECT_EQ(answer.SerializeAsString().find("persons"), std::string::npos);
  feedback.set_finding(v1::FEEDBACK_FINDING_NOT_CONFIRMED);
  EXPECT_FALSE(IsConfirmed(feedback));
  feedback.clear_finding();
  EXPECT_FALSE(IsConfirmed(feedback));
}

}  // namespace
}  // namespace lianfang::risk
