#include "services/risk/domain/filing_rules.h"

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace lianfang::risk {
namespace {

TEST(FilingRulesTest, WhichStepsEachStateAllows) {
  const struct {
    v1::FilingState state;
    bool filed;
    bool change;
    v1::FilingState after;
    bool archive;
  } cases[] = {
      {v1::FILING_STATE_DRAFT, false, true, v1::FILING_STATE_DRAFT, true},
      {v1::FILING_STATE_SUBMITTED, false, false, v1::FILING_STATE_SUBMITTED, false},
      {v1::FILING_STATE_RETURNED, false, true, v1::FILING_STATE_RETURNED, true},
      {v1::FILING_STATE_FILED, true, true, v1::FILING_STATE_DRAFT, true},
      {v1::FILING_STATE_COMPILED, true, true, v1::FILING_STATE_DRAFT, true},
      {v1::FILING_STATE_ARCHIVED, false, false, v1::FILING_STATE_ARCHIVED, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(v1::FilingState_Name(c.state));
    const auto expected = [](bool ok) {
      return ok ? common::v1::ERROR_REASON_UNSPECIFIED
                : common::v1::ERROR_REASON_ILLEGAL_TRANSITION;
    };
    EXPECT_EQ(IsFiled(c.state), c.filed);
    EXPECT_EQ(ReasonOf(CheckChangeable(c.state, "units/a/powers/p")), expected(c.change));
    EXPECT_EQ(ReasonOf(CheckArchivable(c.state, "units/a/powers/p")), expected(c.archive));
    EXPECT_EQ(AfterChange(c.state), c.after);
    EXPECT_NE(Chinese(c.state), Chinese(v1::FILING_STATE_UNSPECIFIED));
  }
}

}  // namespace
}  // namespace lianfang::risk
