#include "services/grading/domain/rectification_rules.h"

#include <functional>

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace lianfang::grading {
namespace {

using namespace common::v1;  // NOLINT: reasons

// 2026-05-13 12:00 +08:00.
const absl::Time kExaminationTime = absl::FromUnixSeconds(1778644800);

google::type::Date Day(int month, int day) {
  google::type::Date date;
  date.set_year(2026);
  date.set_month(month);
  date.set_day(day);
  return date;
}

v1::Examination Draft() {
  v1::Examination examination;
  examination.set_name("units/u/examinations/e1");
  examination.set_department("units/u/departments/d");
  examination.set_year(2026);
  examination.set_state(v1::EXAMINATION_STATE_DRAFT);
  examination.set_result(v1::EXAMINATION_RESULT_QUALIFIED);
  auto* problem = examination.add_problems();
  problem->set_problem("台账不全");
  *problem->mutable_due_date() = Day(5, 31);
  return examination;
}

TEST(ExaminationTest, EveryProblemBecomesARectification) {
  v1::Examination examination = Draft();
  auto* second = examination.add_problems();
  *second = examination.problems(0);
  second->set_responsible("units/u/persons/b");
  const auto conclusion =
      Conclude(examination, "units/u/persons/h", "units/u/persons/x", kExaminationTime);
  ASSERT_TRUE(conclusion.ok()) << conclusion.status();
  EXPECT_EQ(conclusion->examination.state(), v1::EXAMINATION_STATE_CONCLUDED);
  EXPECT_EQ(conclusion->examination.concluder(), "units/u/persons/x");
  ASSERT_EQ(conclusion->rectifications.size(), 2U);
  const v1::Rectification& first = conclusion->rectifications[0];
  EXPECT_EQ(first.name(), "units/u/rectifications/e1-p1");
  EXPECT_EQ(first.responsible(), "units/u/persons/h");
  EXPECT_EQ(first.state(), v1::RECTIFICATION_STATE_OPEN);
  EXPECT_EQ(first.source(), v1::RECTIFICATION_SOURCE_EXAMINATION);
  EXPECT_EQ(first.source_record(), examination.name());
  EXPECT_EQ(first.due_date().day(), 31);
  EXPECT_EQ(conclusion->examination.problems(0).rectification(), first.name());
  EXPECT_EQ(conclusion->rectifications[1].responsible(), "units/u/persons/b");
}

TEST(ExaminationTest, WhatIsNeededToConclude) {
  const struct {
    const char* what;
    std::function<void(v1::Examination&)> change;
    const char* head;
    ErrorReason reason;
  } cases[] = {
      {"complete", [](auto&) {}, "h", ERROR_REASON_UNSPECIFIED},
      {"no problems", [](auto& e) { e.clear_problems(); }, "", ERROR_REASON_UNSPECIFIED},
      {"no result", [](auto& e) { e.clear_result(); }, "h", ERROR_REASON_REQUIRED_FIELD},
      {"nobody responsible", [](auto&) {}, "", ERROR_REASON_REQUIRED_FIELD},
      {"no due date", [](auto& e) { e.mutable_problems(0)->clear_due_date(); }, "h",
       ERROR_REASON_REQUIRED_FIELD},
      {"concluded", [](auto& e) { e.set_state(v1::EXAMINATION_STATE_CONCLUDED); }, "h",
       ERROR_REASON_ILLEGAL_TRANSITION},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    v1::Examination examination = Draft();
    test.change(examination);
    EXPECT_EQ(ReasonOf(Conclude(examination, test.head, "x", kExaminationTime).status()),
              test.reason);
  }
  EXPECT_EQ(ReasonOf(CheckExaminers({"x", "h"}, "h")), ERROR_REASON_OWN_RECORD);
  EXPECT_TRUE(CheckExaminers({"x"}, "h").ok());
  EXPECT_TRUE(CheckExaminers({""}, "").ok());
}

v1::Rectification In(v1::RectificationState state) {
  v1::Rectification rectification;
  rectification.set_responsible("a");
  rectification.set_measure("补齐台账");
  *rectification.mutable_due_date() = Day(5, 13);
  rectification.set_state(state);
  return rectification;
}

TEST(RectificationTest, EveryStepFromEveryState) {
  using Step = std::function<absl::StatusOr<v1::Rectification>(const v1::Rectification&)>;
  const Step start = [](const auto& r) { return Start(r, "a", ""); };
  const Step submit = [](const auto& r) { return Submit(r, "a", "已补齐", kExaminationTime); };
  const Step pass = [](const auto& r) { return Verify(r, "x", true, "", kExaminationTime); };
  const Step fail = [](const auto& r) {
    return Verify(r, "x", false, "仍缺两本", kExaminationTime);
  };
  const Step close = [](const auto& r) { return Close(r, "x", kExaminationTime); };
  const Step reopen = [](const auto& r) { return Reopen(r, "问题再现"); };
  constexpr auto kOpen = v1::RECTIFICATION_STATE_OPEN;
  constexpr auto kProgress = v1::RECTIFICATION_STATE_IN_PROGRESS;
  constexpr auto kSubmitted = v1::RECTIFICATION_STATE_SUBMITTED;
  constexpr auto kVerified = v1::RECTIFICATION_STATE_VERIFIED;
  constexpr auto kClosed = v1::RECTIFICATION_STATE_CLOSED;
  constexpr auto kReopened = v1::RECTIFICATION_STATE_REOPENED;
  const struct {
    const char* what;
    Step step;
    std::map<v1::RectificationState, v1::RectificationState> allowed;
  } cases[] = {
      {"start", start, {{kOpen, kProgress}, {kReopened, kProgress}}},
      {"submit", submit, {{kProgress, kSubmitted}}},
      {"pass", pass, {{kSubmitted, kVerified}}},
      {"fail", fail, {{kSubmitted, kReopened}}},
      {"close", close, {{kVerified, kClosed}}},
      {"reopen", reopen, {{kVerified, kReopened}, {kClosed, kReopened}}},
  };
  for (const auto& test : cases) {
    for (int state = 1; state < v1::RectificationState_ARRAYSIZE; ++state) {
      SCOPED_TRACE(absl::StrCat(test.what, " from ", state));
      const auto next = test.step(In(static_cast<v1::RectificationState>(state)));
      const auto allowed = test.allowed.find(static_cast<v1::RectificationState>(state));
      if (allowed == test.allowed.end()) {
        EXPECT_EQ(ReasonOf(next.status()), ERROR_REASON_ILLEGAL_TRANSITION);
      } else {
        ASSERT_TRUE(next.ok()) << next.status();
        EXPECT_EQ(next->state(), allowed->second);
      }
    }
  }
}

TEST(RectificationTest, WhoMayAndWhatMustBeSaid) {
  const auto open = In(v1::RECTIFICATION_STATE_OPEN);
  const auto progress = In(v1::RECTIFICATION_STATE_IN_PROGRESS);
  const auto submitted = In(v1::RECTIFICATION_STATE_SUBMITTED);
  EXPECT_EQ(ReasonOf(Start(open, "x", "m").status()), ERROR_REASON_NOT_RECORD_OWNER);
  EXPECT_EQ(ReasonOf(Submit(progress, "x", "r", kExaminationTime).status()),
            ERROR_REASON_NOT_RECORD_OWNER);
  EXPECT_EQ(ReasonOf(Verify(submitted, "a", true, "", kExaminationTime).status()),
            ERROR_REASON_OWN_RECORD);
  EXPECT_EQ(ReasonOf(Close(In(v1::RECTIFICATION_STATE_VERIFIED), "a", kExaminationTime).status()),
            ERROR_REASON_OWN_RECORD);
  v1::Rectification bare = open;
  bare.clear_measure();
  EXPECT_EQ(ReasonOf(Start(bare, "a", " ").status()), ERROR_REASON_REQUIRED_FIELD);
  EXPECT_EQ(ReasonOf(Submit(progress, "a", " ", kExaminationTime).status()),
            ERROR_REASON_REQUIRED_FIELD);
  EXPECT_EQ(ReasonOf(Verify(submitted, "x", false, "", kExaminationTime).status()),
            ERROR_REASON_REASON_REQUIRED);
  EXPECT_EQ(ReasonOf(Reopen(In(v1::RECTIFICATION_STATE_CLOSED), "").status()),
            ERROR_REASON_REASON_REQUIRED);
  EXPECT_EQ(Verify(submitted, "x", false, "缺", kExaminationTime)->reopen_count(), 1);
}

TEST(RectificationTest, LateFromTheDayAfter) {
  const auto progress = In(v1::RECTIFICATION_STATE_IN_PROGRESS);  // due on 13 May
  const absl::Time midnight = absl::FromUnixSeconds(1778688000);  // 14 May, 00:00 +08:00
  EXPECT_FALSE(Submit(progress, "a", "r", midnight - absl::Seconds(1))->late());
  EXPECT_TRUE(Submit(progress, "a", "r", midnight)->late());
}

}  // namespace
}  // namespace lianfang::grading
