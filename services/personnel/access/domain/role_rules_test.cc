#include "services/personnel/access/domain/role_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/policy/policies.h"
#include "common/status/error.h"

namespace lianfang::personnel {
namespace {

using Roles = std::vector<std::string>;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RolesOf, FollowFromThePlaceAlone) {
  const struct {
    Place place;
    Roles roles;
  } cases[] = {
      {{}, {}},
      {{.active = true}, {}},
      {{.active = true, .appointed = true}, {"staff"}},
      {{.active = true, .appointed = true, .heads = true}, {"staff", "department_head"}},
      {{.active = true, .heads = true}, {"department_head"}},
      {{.active = true, .in_charge = true}, {"vice_principal"}},
      {{.active = true, .appointed = true, .principal = true, .leading = true},
       {"staff", "principal", "leading_group"}},
      {{.active = true, .office = true}, {"control_office"}},
      // Whoever has left has nothing, whatever still names him.
      {{.active = false,
        .appointed = true,
        .heads = true,
        .in_charge = true,
        .principal = true,
        .leading = true,
        .office = true},
       {}},
  };
  for (const auto& one : cases) EXPECT_EQ(RolesOf(one.place), one.roles);
}

class RoleRulesTest : public ::testing::Test {
 protected:
  common::v1::ErrorReason Refusal(v1::AccountKind kind, const Roles& roles,
                                  const Roles& of_directory = {}) const {
    const absl::Status status = rules_.CheckGrant("account.roles", kind, roles, of_directory);
    return status.ok() ? common::v1::ERROR_REASON_UNSPECIFIED : ReasonOf(status);
  }

  // The roles that are in force, as they are shipped.
  const policy::Policies policies_ = policy::Load("").value();
  const RoleRules rules_{policies_.roles};
};

TEST_F(RoleRulesTest, EachKindHasItsRoles) {
  const auto none = common::v1::ERROR_REASON_UNSPECIFIED;
  const auto bad = common::v1::ERROR_REASON_INVALID_FIELD;
  const struct {
    v1::AccountKind kind;
    const char* role;
    common::v1::ErrorReason reason;
  } cases[] = {
      {v1::ACCOUNT_KIND_PERSON, "administrator", none},
      {v1::ACCOUNT_KIND_PERSON, "auditor", none},
      {v1::ACCOUNT_KIND_PERSON, "data_protection_officer", none},
      {v1::ACCOUNT_KIND_PERSON, "district_admin", none},
      {v1::ACCOUNT_KIND_PERSON, "staff", bad},
      {v1::ACCOUNT_KIND_PERSON, "department_head", bad},
      {v1::ACCOUNT_KIND_PERSON, "vice_principal", bad},
      {v1::ACCOUNT_KIND_PERSON, "principal", bad},
      {v1::ACCOUNT_KIND_PERSON, "leading_group", bad},
      {v1::ACCOUNT_KIND_PERSON, "control_office", bad},
      {v1::ACCOUNT_KIND_PERSON, "superior_leader", bad},
      {v1::ACCOUNT_KIND_PERSON, "integration", bad},
      {v1::ACCOUNT_KIND_PERSON, "service", bad},
      {v1::ACCOUNT_KIND_PERSON, "nobody", bad},
      {v1::ACCOUNT_KIND_SUPERIOR, "superior_leader", none},
      {v1::ACCOUNT_KIND_SUPERIOR, "superior_office", none},
      {v1::ACCOUNT_KIND_SUPERIOR, "administrator", bad},
      {v1::ACCOUNT_KIND_SUPERIOR, "auditor", bad},
      {v1::ACCOUNT_KIND_SERVICE, "integration", none},
      {v1::ACCOUNT_KIND_SERVICE, "feedback_box", none},
      {v1::ACCOUNT_KIND_SERVICE, "reminder_gateway", none},
      {v1::ACCOUNT_KIND_SERVICE, "district_reader", none},
      {v1::ACCOUNT_KIND_SERVICE, "superior_gateway", none},
      {v1::ACCOUNT_KIND_SERVICE, "administrator", bad},
      // It reads everything: only the configuration names the suite's own programs.
      {v1::ACCOUNT_KIND_SERVICE, "service", bad},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(Refusal(one.kind, {one.role}), one.reason) << one.kind << " " << one.role;
  }
  EXPECT_EQ(Refusal(v1::ACCOUNT_KIND_PERSON, {"auditor", "auditor"}), bad);
}

TEST_F(RoleRulesTest, DutiesThatMustBeSeparateDoNotMeet) {
  const auto conflict = common::v1::ERROR_REASON_ROLES_CONFLICT;
  for (const char* place : {"staff", "department_head", "vice_principal", "principal",
                            "leading_group", "control_office"}) {
    for (const char* role : {"administrator", "auditor", "data_protection_officer"}) {
      EXPECT_EQ(Refusal(v1::ACCOUNT_KIND_PERSON, {role}, {place}), conflict) << role << place;
      EXPECT_THAT(rules_.TokenRoles(v1::ACCOUNT_KIND_PERSON, {role}, {place}), ElementsAre(place));
    }
  }
  for (const Roles& roles : {Roles{"administrator", "auditor"}, Roles{"auditor", "administrator"},
                             Roles{"administrator", "data_protection_officer"},
                             Roles{"data_protection_officer", "auditor"}}) {
    EXPECT_EQ(Refusal(v1::ACCOUNT_KIND_PERSON, roles), conflict) << roles[0] << roles[1];
    EXPECT_THAT(rules_.TokenRoles(v1::ACCOUNT_KIND_PERSON, roles, {}), IsEmpty());
  }
}

TEST_F(RoleRulesTest, ATokenCarriesWhatHoldsAndNothingElse) {
  EXPECT_THAT(rules_.TokenRoles(v1::ACCOUNT_KIND_PERSON, {}, {"staff", "department_head"}),
              ElementsAre("staff", "department_head"));
  EXPECT_THAT(rules_.TokenRoles(v1::ACCOUNT_KIND_PERSON, {"administrator"}, {}),
              ElementsAre("administrator"));
  // Granted by an older policy, or written into the database.
  EXPECT_THAT(rules_.TokenRoles(v1::ACCOUNT_KIND_PERSON,
                                {"principal", "service", "superior_leader", "gone"}, {"staff"}),
              ElementsAre("staff"));
  EXPECT_THAT(rules_.TokenRoles(v1::ACCOUNT_KIND_SUPERIOR, {"superior_office"}, {}),
              ElementsAre("superior_office"));
}

}  // namespace
}  // namespace lianfang::personnel
