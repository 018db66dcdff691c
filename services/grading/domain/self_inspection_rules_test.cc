#include "services/grading/domain/self_inspection_rules.h"

#include <functional>

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace lianfang::grading {
namespace {

using namespace common::v1;  // NOLINT: reasons

const absl::Time kInspectionTime = absl::FromUnixSeconds(1800000000);

v1::SelfInspectionReport Draft(bool met) {
  v1::SelfInspectionReport report;
  report.set_name("units/u/selfInspectionReports/r1");
  report.set_subject("units/u/departments/d");
  report.set_year(2026);
  report.set_round(1);
  report.set_state(v1::SELF_INSPECTION_STATE_DRAFT);
  auto* target = report.add_targets();
  target->set_id("t1");
  target->set_target("采购全部公示");
  target->set_met(met);
  if (!met) {
    target->set_cause("公示栏未启用");
    target->set_improvement("六月底前启用");
  }
  return report;
}

v1::Review ReviewOf(const v1::SelfInspectionReport& report, v1::ReviewState state) {
  v1::Review review;
  review.set_record(report.name());
  review.set_revision(report.revision());
  review.set_revision_digest(report.revision_digest());
  review.set_state(state);
  review.add_decisions()->set_comment("意见");
  return review;
}

TEST(SelfInspectionTest, WhatMayBeHandedIn) {
  const v1::SelfInspectionReport previous = Draft(false);
  const struct {
    const char* what;
    std::function<void(v1::SelfInspectionReport&)> change;
    const v1::SelfInspectionReport* previous;
    ErrorReason reason;
  } cases[] = {
      {"all met", [](auto&) {}, nullptr, ERROR_REASON_UNSPECIFIED},
      {"not met, with cause and improvement", [](auto& r) { r = Draft(false); }, nullptr,
       ERROR_REASON_UNSPECIFIED},
      {"no target", [](auto& r) { r.clear_targets(); }, nullptr, ERROR_REASON_REQUIRED_FIELD},
      {"no cause",
       [](auto& r) {
         r = Draft(false);
         r.mutable_targets(0)->set_cause(" ");
       },
       nullptr, ERROR_REASON_TARGET_NOT_MET},
      {"no improvement",
       [](auto& r) {
         r = Draft(false);
         r.mutable_targets(0)->clear_improvement();
       },
       nullptr, ERROR_REASON_TARGET_NOT_MET},
      {"the target of the round before is met now", [](auto&) {}, &previous,
       ERROR_REASON_UNSPECIFIED},
      {"the target of the round before is left out",
       [](auto& r) { r.mutable_targets(0)->set_id("t2"); }, &previous, ERROR_REASON_TARGET_NOT_MET},
      {"handed in already", [](auto& r) { r.set_state(v1::SELF_INSPECTION_STATE_SUBMITTED); },
       nullptr, ERROR_REASON_ILLEGAL_TRANSITION},
      {"accepted", [](auto& r) { r.set_state(v1::SELF_INSPECTION_STATE_ACCEPTED); }, nullptr,
       ERROR_REASON_ILLEGAL_TRANSITION},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    v1::SelfInspectionReport report = Draft(true);
    test.change(report);
    const auto next = Submit(report, test.previous, "units/u/persons/h", kInspectionTime);
    EXPECT_EQ(ReasonOf(next.status()), test.reason) << next.status();
    if (!next.ok()) continue;
    EXPECT_EQ(next->state(), v1::SELF_INSPECTION_STATE_SUBMITTED);
    EXPECT_EQ(next->revision(), 1);
    EXPECT_EQ(next->revision_digest().size(), 32U);
    EXPECT_EQ(next->review(), "units/u/reviews/r1-i1");
    EXPECT_EQ(next->submitter(), "units/u/persons/h");
    EXPECT_EQ(next->submit_time().seconds(), 1800000000);
  }
}

TEST(SelfInspectionTest, AcceptedStaysOpenUntilAllIsMet) {
  for (const bool met : {true, false}) {
    SCOPED_TRACE(met);
    const auto report = *Submit(Draft(met), nullptr, "h", kInspectionTime);
    const auto accepted =
        AfterDecision(report, ReviewOf(report, v1::REVIEW_STATE_APPROVED), kInspectionTime);
    ASSERT_TRUE(accepted.ok());
    EXPECT_EQ(accepted->state(),
              met ? v1::SELF_INSPECTION_STATE_ACCEPTED : v1::SELF_INSPECTION_STATE_IMPROVING);
    EXPECT_TRUE(accepted->has_accept_time());
    const auto waiting =
        AfterDecision(report, ReviewOf(report, v1::REVIEW_STATE_OPEN), kInspectionTime);
    EXPECT_EQ(waiting->state(), v1::SELF_INSPECTION_STATE_SUBMITTED);
    const auto returned =
        AfterDecision(report, ReviewOf(report, v1::REVIEW_STATE_RETURNED), kInspectionTime);
    EXPECT_EQ(returned->state(), v1::SELF_INSPECTION_STATE_RETURNED);
    EXPECT_EQ(returned->review_comment(), "意见");
    EXPECT_TRUE(CheckEditable(*returned).ok());
    EXPECT_EQ(ReasonOf(CheckEditable(*accepted)), ERROR_REASON_ILLEGAL_TRANSITION);
    v1::Review other = ReviewOf(report, v1::REVIEW_STATE_APPROVED);
    other.set_revision_digest("other");
    EXPECT_EQ(ReasonOf(AfterDecision(report, other, kInspectionTime).status()),
              ERROR_REASON_REVISION_CHANGED);
  }
}

TEST(SelfInspectionTest, Rounds) {
  v1::SelfInspectionReport report;
  ASSERT_TRUE(Begin({}, &report).ok());
  EXPECT_EQ(report.round(), 1);
  EXPECT_EQ(report.state(), v1::SELF_INSPECTION_STATE_DRAFT);
  for (const auto state :
       {v1::SELF_INSPECTION_STATE_DRAFT, v1::SELF_INSPECTION_STATE_SUBMITTED,
        v1::SELF_INSPECTION_STATE_RETURNED, v1::SELF_INSPECTION_STATE_ACCEPTED}) {
    v1::SelfInspectionReport earlier = Draft(true);
    earlier.set_state(state);
    v1::SelfInspectionReport next;
    EXPECT_EQ(ReasonOf(Begin({earlier}, &next)), ERROR_REASON_RESOURCE_EXISTS) << state;
  }
  v1::SelfInspectionReport improving = Draft(false);
  improving.set_state(v1::SELF_INSPECTION_STATE_IMPROVING);
  improving.add_targets()->set_id("t2");
  improving.mutable_targets(1)->set_met(true);
  v1::SelfInspectionReport next;
  ASSERT_TRUE(Begin({improving}, &next).ok());
  EXPECT_EQ(next.round(), 2);
  EXPECT_EQ(next.previous(), improving.name());
  ASSERT_EQ(next.targets_size(), 1);
  EXPECT_EQ(next.targets(0).id(), "t1");
  // Targets that are given stay as given.
  v1::SelfInspectionReport own;
  own.add_targets()->set_id("t9");
  ASSERT_TRUE(Begin({improving}, &own).ok());
  EXPECT_EQ(own.targets(0).id(), "t9");
}

TEST(SelfInspectionTest, ContentAndWithdrawal) {
  EXPECT_TRUE(CheckContent(Draft(true), "u", "report").ok());
  v1::SelfInspectionReport units = Draft(true);
  units.set_subject("units/u");
  EXPECT_TRUE(CheckContent(units, "u", "report").ok());
  for (const char* subject : {"units/v", "units/v/departments/d", "units/u/posts/p", ""}) {
    units.set_subject(subject);
    EXPECT_EQ(ReasonOf(CheckContent(units, "u", "report")), ERROR_REASON_INVALID_FIELD) << subject;
  }
  v1::SelfInspectionReport twice = Draft(true);
  *twice.add_targets() = twice.targets(0);
  EXPECT_EQ(ReasonOf(CheckContent(twice, "u", "report")), ERROR_REASON_INVALID_FIELD);

  const auto report = *Submit(Draft(true), nullptr, "h", kInspectionTime);
  EXPECT_EQ(Withdraw(report, v1::Review())->state(), v1::SELF_INSPECTION_STATE_DRAFT);
  EXPECT_EQ(ReasonOf(Withdraw(report, ReviewOf(report, v1::REVIEW_STATE_OPEN)).status()),
            ERROR_REASON_ILLEGAL_TRANSITION);
  EXPECT_EQ(ReasonOf(Withdraw(Draft(true), v1::Review()).status()),
            ERROR_REASON_ILLEGAL_TRANSITION);
}

}  // namespace
}  // namespace lianfang::grading
