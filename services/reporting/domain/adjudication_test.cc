#include "services/reporting/domain/adjudication.h"

#include "common/status/error.h"
#include "gtest/gtest.h"
#include "services/reporting/domain/school_time.h"

namespace lianfang::reporting {
namespace {

constexpr char kOffice[] = "units/u/persons/office";
const absl::Time kAdjudicationTime = StartOf(absl::CivilDay(2026, 5, 26));

v1::Warning Computed(v1::WarningColour colour = v1::WARNING_COLOUR_YELLOW) {
  v1::Warning warning;
  warning.set_name("units/u/warnings/w");
  warning.set_colour(colour);
  warning.set_state(v1::WARNING_STATE_OPEN);
  warning.add_persons("units/u/persons/a");
  return warning;
}

v1::AdjudicateWarningRequest Request(v1::WarningVerdict verdict, v1::WarningDisposal disposal) {
  v1::AdjudicateWarningRequest request;
  request.set_verdict(verdict);
  request.set_disposal(disposal);
  request.set_reason("已经核实");
  request.set_evidence("会议记录第3号");
  return request;
}

TEST(AdjudicationTest, ADecisionHoldsForItsColour) {
  v1::Warning stored = Computed();
  ASSERT_TRUE(Adjudicate(Request(v1::WARNING_VERDICT_RISK, v1::WARNING_DISPOSAL_TALK), kOffice,
                         kAdjudicationTime, &stored)
                  .ok());
  EXPECT_EQ(stored.state(), v1::WARNING_STATE_ADJUDICATED);
  EXPECT_EQ(stored.adjudication().adjudicator(), kOffice);
  EXPECT_EQ(stored.adjudication().evidence(), "会议记录第3号");
  stored.set_etag("7");
  v1::Warning merged = Merge(Computed(), stored);
  EXPECT_EQ(merged.state(), v1::WARNING_STATE_ADJUDICATED);
  EXPECT_EQ(merged.etag(), "7");
  merged = Merge(Computed(v1::WARNING_COLOUR_ORANGE), stored);
  EXPECT_EQ(merged.state(), v1::WARNING_STATE_OPEN) << "it became worse";
  EXPECT_FALSE(merged.has_adjudication());
  EXPECT_EQ(merged.history_size(), 1);
  EXPECT_EQ(merged.colour(), v1::WARNING_COLOUR_ORANGE);
  ASSERT_TRUE(Adjudicate(Request(v1::WARNING_VERDICT_NO_RISK, v1::WARNING_DISPOSAL_UNSPECIFIED),
                         kOffice, kAdjudicationTime, &merged)
                  .ok());
  EXPECT_EQ(merged.history_size(), 2);
  EXPECT_EQ(Merge(Computed(), merged).state(), v1::WARNING_STATE_ADJUDICATED)
      << "it became better again";
}

TEST(AdjudicationTest, WhatIsGoneIsKept) {
  v1::Warning stored = Computed();
  ASSERT_TRUE(Adjudicate(Request(v1::WARNING_VERDICT_RISK, v1::WARNING_DISPOSAL_NOTICE), kOffice,
                         kAdjudicationTime, &stored)
                  .ok());
  v1::Warning gone = Merge(std::nullopt, stored);
  EXPECT_EQ(gone.state(), v1::WARNING_STATE_GONE);
  EXPECT_TRUE(gone.has_adjudication());
  EXPECT_EQ(ReasonOf(Adjudicate(Request(v1::WARNING_VERDICT_RISK, v1::WARNING_DISPOSAL_TALK),
                                kOffice, kAdjudicationTime, &gone)),
            common::v1::ERROR_REASON_ILLEGAL_TRANSITION);
  ASSERT_TRUE(Revoke("误判", kOffice, kAdjudicationTime, &gone).ok());
  EXPECT_EQ(gone.state(), v1::WARNING_STATE_GONE);
}

TEST(AdjudicationTest, RefusesWhatCannotBe) {
  const struct {
    v1::WarningVerdict verdict;
    v1::WarningDisposal disposal;
    const char* actor;
    common::v1::ErrorReason reason;
  } cases[] = {
      {v1::WARNING_VERDICT_RISK, v1::WARNING_DISPOSAL_UNSPECIFIED, kOffice,
       common::v1::ERROR_REASON_REQUIRED_FIELD},
      {v1::WARNING_VERDICT_NO_RISK, v1::WARNING_DISPOSAL_TALK, kOffice,
       common::v1::ERROR_REASON_INVALID_FIELD},
      {v1::WARNING_VERDICT_NO_RISK, v1::WARNING_DISPOSAL_UNSPECIFIED, "units/u/persons/a",
       common::v1::ERROR_REASON_OWN_RECORD},
  };
  for (const auto& test : cases) {
    v1::Warning warning = Computed();
    EXPECT_EQ(ReasonOf(Adjudicate(Request(test.verdict, test.disposal), test.actor,
                                  kAdjudicationTime, &warning)),
              test.reason);
    EXPECT_EQ(warning.history_size(), 0);
  }
}

TEST(AdjudicationTest, RevokedIsOpenAgain) {
  v1::Warning warning = Computed();
  EXPECT_EQ(ReasonOf(Revoke("误判", kOffice, kAdjudicationTime, &warning)),
            common::v1::ERROR_REASON_ILLEGAL_TRANSITION)
      << "nothing to revoke";
  ASSERT_TRUE(Adjudicate(Request(v1::WARNING_VERDICT_RISK, v1::WARNING_DISPOSAL_TALK), kOffice,
                         kAdjudicationTime, &warning)
                  .ok());
  EXPECT_EQ(ReasonOf(Adjudicate(Request(v1::WARNING_VERDICT_RISK, v1::WARNING_DISPOSAL_TALK),
                                kOffice, kAdjudicationTime, &warning)),
            common::v1::ERROR_REASON_ILLEGAL_TRANSITION)
      << "adjudicated already";
  EXPECT_EQ(ReasonOf(Revoke("误判", "units/u/persons/a", kAdjudicationTime, &warning)),
            common::v1::ERROR_REASON_OWN_RECORD);
  ASSERT_TRUE(Revoke("误判", kOffice, kAdjudicationTime, &warning).ok());
  EXPECT_EQ(warning.state(), v1::WARNING_STATE_OPEN);
  ASSERT_EQ(warning.history_size(), 2);
  EXPECT_TRUE(warning.history(1).revocation());
  EXPECT_EQ(warning.history(1).reason(), "误判");
  const v1::Warning merged = Merge(Computed(), warning);
  EXPECT_EQ(merged.state(), v1::WARNING_STATE_OPEN);
  EXPECT_FALSE(merged.has_adjudication());
}

}  // namespace
}  // namespace lianfang::reporting
