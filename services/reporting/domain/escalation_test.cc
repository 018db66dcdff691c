#include "services/reporting/domain/escalation.h"

#include "common/policy/policies.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/domain/school_time.h"

namespace lianfang::reporting {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class EscalationTest : public ::testing::Test {
 protected:
  EscalationTest() {
    roster_.departments["units/u/departments/d"] = {.display_name = "总务处",
                                                    .head = "units/u/persons/head",
                                                    .vice_principal = "units/u/persons/vice"};
    roster_.control_office = {"units/u/persons/office"};
    roster_.principals = {"units/u/persons/principal"};
    warning_.set_department("units/u/departments/d");
    *warning_.mutable_since() = ToTimestamp(began_);
  }
  v1::Escalation After(int hours) {
    const auto escalation = Escalate(policy_, warning_, roster_, began_ + absl::Hours(hours));
    EXPECT_TRUE(escalation.has_value());
    return escalation.value_or(v1::Escalation());
  }

  const config::v1::WarningsPolicy policy_ = policy::Load("")->warnings;
  const absl::Time began_ = StartOf(absl::CivilDay(2026, 5, 26));
  Roster roster_;
  v1::Warning warning_;
};

TEST_F(EscalationTest, RisesStepByStep) {
  const struct {
    int hours;
    int step;
    v1::EscalationRole role;
    v1::EscalationRole next;
  } cases[] = {
      {0, 1, v1::ESCALATION_ROLE_DEPARTMENT_HEAD, v1::ESCALATION_ROLE_VICE_PRINCIPAL},
      {71, 1, v1::ESCALATION_ROLE_DEPARTMENT_HEAD, v1::ESCALATION_ROLE_VICE_PRINCIPAL},
      {72, 2, v1::ESCALATION_ROLE_VICE_PRINCIPAL, v1::ESCALATION_ROLE_CONTROL_OFFICE},
      {119, 2, v1::ESCALATION_ROLE_VICE_PRINCIPAL, v1::ESCALATION_ROLE_CONTROL_OFFICE},
      {120, 3, v1::ESCALATION_ROLE_CONTROL_OFFICE, v1::ESCALATION_ROLE_PRINCIPAL},
      {240, 4, v1::ESCALATION_ROLE_PRINCIPAL, v1::ESCALATION_ROLE_SUPERIOR_OFFICE},
      {720, 5, v1::ESCALATION_ROLE_SUPERIOR_OFFICE, v1::ESCALATION_ROLE_UNSPECIFIED},
      {99999, 5, v1::ESCALATION_ROLE_SUPERIOR_OFFICE, v1::ESCALATION_ROLE_UNSPECIFIED},
  };
  for (const auto& test : cases) {
    const v1::Escalation escalation = After(test.hours);
    EXPECT_EQ(escalation.step(), test.step) << test.hours;
    EXPECT_EQ(escalation.role(), test.role) << test.hours;
    EXPECT_EQ(escalation.next_role(), test.next) << test.hours;
    EXPECT_EQ(escalation.has_next_time(), test.next != 0) << test.hours;
  }
  EXPECT_THAT(After(0).persons(), ElementsAre("units/u/persons/head"));
  EXPECT_THAT(After(72).persons(), ElementsAre("units/u/persons/vice"));
  EXPECT_THAT(After(720).persons(), IsEmpty()) << "no person of the unit";
  EXPECT_EQ(TimeOf(After(0).next_time()), began_ + absl::Hours(72));
}

TEST_F(EscalationTest, WhoIsWarnedAboutIsPassedOver) {
  warning_.add_persons("units/u/persons/head");
  EXPECT_EQ(After(0).role(), v1::ESCALATION_ROLE_VICE_PRINCIPAL) << "at once";
  EXPECT_EQ(TimeOf(After(0).since()), began_);
  EXPECT_EQ(After(119).role(), v1::ESCALATION_ROLE_VICE_PRINCIPAL);
  EXPECT_EQ(After(120).role(), v1::ESCALATION_ROLE_CONTROL_OFFICE);
}

TEST_F(EscalationTest, VacantStepsArePassedOver) {
  roster_.departments["units/u/departments/d"].vice_principal.clear();
  EXPECT_EQ(After(71).role(), v1::ESCALATION_ROLE_DEPARTMENT_HEAD);
  EXPECT_EQ(After(72).role(), v1::ESCALATION_ROLE_CONTROL_OFFICE) << "in the missing one's time";
  EXPECT_EQ(After(240).role(), v1::ESCALATION_ROLE_PRINCIPAL);
}

TEST_F(EscalationTest, WithoutDepartmentTheControlOfficeBegins) {
  warning_.clear_department();
  EXPECT_EQ(After(0).role(), v1::ESCALATION_ROLE_DEPARTMENT_HEAD);
  EXPECT_THAT(After(0).persons(), ElementsAre("units/u/persons/office"));
}

TEST_F(EscalationTest, NobodyLeftIsNoEscalation) {
  config::v1::WarningsPolicy policy = policy_;
  policy.mutable_escalation()->DeleteSubrange(1, policy.escalation_size() - 1);
  warning_.add_persons("units/u/persons/head");
  EXPECT_FALSE(Escalate(policy, warning_, roster_, began_).has_value());
}

}  // namespace
}  // namespace lianfang::reporting
