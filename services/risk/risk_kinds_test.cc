#include "services/risk/risk_kinds.h"

#include <string>

#include "gtest/gtest.h"

namespace lianfang::risk {
namespace {

TEST(RiskKindsTest, RevisionsHaveIdsInTheOrderOfTheirNumbers) {
  EXPECT_EQ(RevisionId("units/a/selfChecks/sc/revisions/3"), "sc/0000000003");
  EXPECT_LT(RevisionId("units/a/selfChecks/sc/revisions/9"),
            RevisionId("units/a/selfChecks/sc/revisions/10"));
  EXPECT_EQ(SelfCheckRevisionKind().IdOf("units/a/selfChecks/sc/revisions/3"), "sc/0000000003");
  EXPECT_EQ(SelfCheckKind().IdOf("units/a/selfChecks/sc"), "sc");
}

TEST(RiskKindsTest, OtherNamesAreNoRevisions) {
  for (const std::string name :
       {"", "units/a", "units/a/selfChecks/sc", "units/a/selfChecks/sc/revisions",
        "units/a/selfChecks/sc/revisions/", "units/a/selfChecks/sc/revisions/0",
        "units/a/selfChecks/sc/revisions/03", "units/a/selfChecks/sc/revisions/-3",
        "units/a/selfChecks/sc/revisions/3/x", "units/a/selfChecks/sc/others/3",
        "units/a/selfChecks//revisions/3", "units/a/riskPoints/sc/revisions/3",
        "units/a/selfChecks/sc/revisions/99999999999"}) {
    EXPECT_EQ(RevisionId(name), "") << name;
  }
}

}  // namespace
}  // namespace lianfang::risk
