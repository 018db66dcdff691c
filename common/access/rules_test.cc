#include "common/access/rules.h"

#include <string>
#include <vector>

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace lianfang::access {
namespace {

using common::v1::ErrorReason;

constexpr char kMe[] = "units/a/persons/me";

auth::Identity With(const std::vector<std::string>& roles) {
  auth::Identity identity;
  identity.subject = kMe;
  identity.roles = roles;
  return identity;
}

Facts Of(const std::string& post, const std::string& department) {
  Facts facts;
  facts.name = "units/a/things/t";
  facts.persons = {"units/a/persons/somebody"};
  facts.post = post;
  facts.department = department;
  return facts;
}

ErrorReason Reason(const std::vector<std::string>& roles, const Place& place, Action action,
                   const Facts& facts) {
  return ReasonOf(Check(With(roles), place, action, facts));
}

constexpr ErrorReason kOk = common::v1::ERROR_REASON_UNSPECIFIED;
constexpr ErrorReason kNone = common::v1::ERROR_REASON_RESOURCE_NOT_FOUND;
constexpr ErrorReason kNotOwner = common::v1::ERROR_REASON_NOT_RECORD_OWNER;
constexpr ErrorReason kOwn = common::v1::ERROR_REASON_OWN_RECORD;

TEST(RulesTest, EveryActionHasARule) {
  for (int i = 0; i <= static_cast<int>(kLastAction); ++i) {
    const auto action = static_cast<Action>(i);
    // Aborts without one. Whoever is nobody may do nothing; what a tip-off is about is forbidden to
    // some, and else left to the roles.
    const ErrorReason reason = Reason({}, {}, action, Of("", ""));
    EXPECT_EQ(reason == kOk, action == Action::kSeeFeedback) << i;
  }
}

TEST(RulesTest, ADepartmentIsItsHeadsAndTheLeadersInChargeOnly) {
  const Facts facts = Of("units/a/posts/p", "units/a/departments/d");
  const Place head{.heads = {"units/a/departments/d"}};
  const Place other_head{.heads = {"units/a/departments/e"}};
  const Place leader{.in_charge = {"units/a/departments/d"}};
  for (const Action action :
       {Action::kSeeRisk, Action::kSeeGrade, Action::kSeeReview, Action::kSeeSelfInspection,
        Action::kSeeExamination, Action::kSeeRectification, Action::kSeeLetter,
        Action::kSeeCampaign}) {
    EXPECT_EQ(Reason({"department_head"}, head, action, facts), kOk);
    EXPECT_EQ(Reason({"vice_principal"}, leader, action, facts), kOk);
    // The role without the place in the directory is nothing.
    EXPECT_EQ(Reason({"department_head"}, {}, action, facts), kNone);
    EXPECT_EQ(Reason({"department_head"}, other_head, action, facts), kNone);
    EXPECT_EQ(Reason({"vice_principal"}, other_head, action, facts), kNone);
    EXPECT_EQ(Reason({"staff"}, {}, action, facts), kNone);
    EXPECT_EQ(Reason({"auditor"}, {}, action, facts), kOk);
  }
  EXPECT_EQ(Reason({"department_head"}, head, Action::kKeepDepartmentRisk, facts), kOk);
  EXPECT_EQ(Reason({"department_head"}, other_head, Action::kKeepDepartmentRisk, facts), kNotOwner);
  EXPECT_EQ(Reason({"department_head"}, head, Action::kKeepUnitRisk, facts), kNotOwner);
  EXPECT_EQ(Reason({"vice_principal"}, leader, Action::kWriteDutyOfDepartment, facts), kNotOwner);
  EXPECT_EQ(Reason({"department_head"}, head, Action::kDisplaySign, facts), kOk);
}

TEST(RulesTest, WhoKeepsAndHandsInWhat) {
  const Facts facts = Of("units/a/posts/p", "units/a/departments/d");
  const struct {
    const char* what;
    std::vector<std::string> roles;
    Place place;
    bool department;
    bool unit;
    bool form_of_post;
  } cases[] = {
      {"head", {"department_head"}, {.heads = {"units/a/departments/d"}}, true, false, false},
      {"leader", {"vice_principal"}, {.in_charge = {"units/a/departments/d"}}, true, false, false},
      {"holder", {"staff"}, {.posts = {"units/a/posts/p"}}, false, false, true},
      {"somebody else", {"staff", "department_head"}, {}, false, false, false},
      {"nobody", {}, {.posts = {""}, .heads = {""}}, false, false, false},
      {"control office", {"control_office"}, {}, true, true, true},
      {"principal", {"principal"}, {}, true, true, false},
      {"administrator", {"administrator"}, {}, false, false, false},
      {"auditor", {"auditor"}, {}, false, false, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const auto may = [&](Action action, const Facts& of) {
      const ErrorReason reason = Reason(c.roles, c.place, action, of);
      EXPECT_TRUE(reason == kOk || reason == kNotOwner);
      return reason == kOk;
    };
    EXPECT_EQ(may(Action::kKeepDepartmentRisk, facts), c.department);
    EXPECT_EQ(may(Action::kHandInOfDepartment, facts), c.department);
    EXPECT_EQ(may(Action::kKeepUnitRisk, facts), c.unit);
    EXPECT_EQ(may(Action::kHandInOfUnit, facts), c.unit);
    EXPECT_EQ(may(Action::kProposeUnitMeasure, facts), c.unit);
    EXPECT_EQ(may(Action::kHandInOfPost, facts), c.form_of_post);
    // Names that are empty belong to nobody.
    EXPECT_EQ(may(Action::kKeepDepartmentRisk, Of("", "")), c.unit);
  }
}

TEST(RulesTest, WhoTakesWhichDocument) {
  Facts facts;
  facts.name = "units/a/things/t";
  facts.persons = {"units/a/persons/somebody"};
  facts.department = "units/a/departments/d";
  Facts own = facts;
  own.persons = {kMe};
  const struct {
    const char* what;
    std::vector<std::string> roles;
    Place place;
    bool unit, department, person, own, open;
  } cases[] = {
      {"head",
       {"department_head"},
       {.heads = {"units/a/departments/d"}},
       false,
       true,
       true,
       true,
       true},
      {"leader",
       {"vice_principal"},
       {.in_charge = {"units/a/departments/d"}},
       false,
       true,
       true,
       true,
       true},
      {"other head",
       {"department_head"},
       {.heads = {"units/a/departments/e"}},
       false,
       false,
       false,
       true,
       true},
      {"member",
       {"staff"},
       {.posts = {"units/a/posts/q"}, .departments = {facts.department}},
       false,
       false,
       false,
       true,
       true},
      {"gone", {"staff"}, {}, false, false, false, true, false},
      {"office", {"control_office"}, {}, true, true, true, true, true},
      {"principal", {"principal"}, {}, true, true, true, true, true},
      {"leading group", {"leading_group"}, {}, true, true, true, true, true},
      {"auditor", {"auditor"}, {}, true, true, true, true, true},
      {"service", {"service"}, {}, false, false, false, true, false},
      {"superior", {"superior_office"}, {}, false, false, false, true, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const auto may = [&](Action action, const Facts& of) {
      const ErrorReason reason = Reason(c.roles, c.place, action, of);
      EXPECT_TRUE(reason == kOk || reason == kNotOwner);
      return reason == kOk;
    };
    EXPECT_EQ(may(Action::kRenderOfUnit, facts), c.unit);
    EXPECT_EQ(may(Action::kRenderOfDepartment, facts), c.department);
    EXPECT_EQ(may(Action::kRenderOfPerson, facts), c.person);
    EXPECT_EQ(may(Action::kRenderOfPerson, own), c.own);
    EXPECT_EQ(may(Action::kRenderPublic, facts), c.open);
    // Self-checks are his and the office's: not his head's, nor the leading group's.
    const bool sees_forms = Reason(c.roles, c.place, Action::kSeeSelfCheck, facts) == kOk;
    EXPECT_EQ(may(Action::kRenderSelfCheck, facts), sees_forms && c.unit);
    EXPECT_EQ(may(Action::kRenderSelfCheck, own), c.own);
  }
}

TEST(RulesTest, MembersSeeWhatTheirDepartmentReviewsTogether) {
  const Facts facts = Of("units/a/posts/p", "units/a/departments/d");
  const Place member{.posts = {"units/a/posts/q"}, .departments = {"units/a/departments/d"}};
  EXPECT_EQ(Reason({"staff"}, member, Action::kSeeRisk, facts), kOk);
  EXPECT_EQ(Reason({"staff"}, member, Action::kSeeGrade, facts), kNone);
  EXPECT_EQ(Reason({"staff"}, member, Action::kSeeLetter, facts), kNone);
  EXPECT_EQ(Reason({"staff"}, member, Action::kProposeMeasure, facts), kNotOwner);
  const Place holder{.posts = {"units/a/posts/p"}};
  EXPECT_EQ(Reason({"staff"}, holder, Action::kProposeMeasure, facts), kOk);
  EXPECT_EQ(Reason({"staff"}, holder, Action::kHandInOfPost, facts), kOk);
}

TEST(RulesTest, WhatIsTheUnitsOwnOrIsReviewedIsBeforeTheCadres) {
  Facts facts = Of("", "");
  const Place cadre{.heads = {"units/a/departments/e"}};
  EXPECT_EQ(Reason({"department_head"}, cadre, Action::kSeeRisk, facts), kNone);
  facts.of_unit = true;
  EXPECT_EQ(Reason({"department_head"}, cadre, Action::kSeeRisk, facts), kOk);
  EXPECT_EQ(Reason({"department_head"}, {}, Action::kSeeRisk, facts), kNone);
  facts = Of("units/a/posts/leader", "");
  facts.under_review = true;
  EXPECT_EQ(Reason({"department_head"}, cadre, Action::kSeeRisk, facts), kOk);
  EXPECT_EQ(Reason({"department_head"}, cadre, Action::kSeeSelfCheck, facts), kNone);
  // What a department reviews of its posts is not before them.
  facts = Of("units/a/posts/p", "units/a/departments/d");
  facts.under_review = true;
  EXPECT_EQ(Reason({"department_head"}, cadre, Action::kSeeRisk, facts), kNone);
}

TEST(RulesTest, AFormIsItsWritersAndOfThoseWhoReviewAll) {
  Facts facts = Of("units/a/posts/p", "units/a/departments/d");
  const Place head{.heads = {"units/a/departments/d"}};
  EXPECT_EQ(Reason({"department_head", "staff"}, head, Action::kSeeSelfCheck, facts), kNone);
  EXPECT_EQ(Reason({"leading_group"}, head, Action::kSeeSelfCheck, facts), kNone);
  EXPECT_EQ(Reason({"principal"}, {}, Action::kSeeSelfCheck, facts), kOk);
  EXPECT_EQ(Reason({"principal", "control_office"}, {}, Action::kWriteSelfCheck, facts), kNotOwner);
  EXPECT_EQ(Reason({"control_office"}, {}, Action::kBringInSelfCheck, facts), kOk);
  EXPECT_EQ(Reason({"principal", "staff"}, head, Action::kBringInSelfCheck, facts), kNotOwner);
  facts.persons = {kMe};
  EXPECT_EQ(Reason({"staff"}, {}, Action::kBringInSelfCheck, facts), kOk);
  EXPECT_EQ(Reason({"staff"}, {}, Action::kSeeSelfCheck, facts), kOk);
  EXPECT_EQ(Reason({"staff"}, {}, Action::kWriteSelfCheck, facts), kOk);
}

TEST(RulesTest, WhomATipOffIsAboutDoesNotLearnOfIt) {
  const Facts facts = Of("units/a/posts/p", "");
  const Place holder{.posts = {"units/a/posts/p"}};
  const absl::Status status = Check(With({"control_office"}), holder, Action::kSeeFeedback, facts);
  EXPECT_EQ(ReasonOf(status), kNone);
  EXPECT_EQ(status, Hide(Check(With({}), {}, Action::kSeeRisk, facts), kOwn));
  // The audit trail learns why, the caller does not.
  EXPECT_EQ(RealReasonOf(status), kOwn);
  EXPECT_EQ(ToRpcStatus(status).SerializeAsString(),
            ToRpcStatus(Hidden(facts.name)).SerializeAsString());
  EXPECT_EQ(Reason({"control_office"}, {}, Action::kSeeFeedback, facts), kOk);
}

TEST(RulesTest, TheSuperiorSeesTheReviewsThatAreHis) {
  Facts facts = Of("units/a/posts/p", "");
  EXPECT_EQ(Reason({"superior_leader"}, {}, Action::kSeeReview, facts), kNone);
  EXPECT_EQ(Reason({"superior_leader"}, {}, Action::kSeeSelfCheck, facts), kNone);
  facts.for_superior = true;
  EXPECT_EQ(Reason({"superior_leader"}, {}, Action::kSeeReview, facts), kOk);
  EXPECT_EQ(Reason({"superior_leader"}, {}, Action::kSeeSelfCheck, facts), kOk);
  EXPECT_EQ(Reason({"staff"}, {}, Action::kSeeReview, facts), kNone);
}

TEST(RulesTest, RolesThatSufficeNeedNoPlace) {
  EXPECT_TRUE(RolesSuffice(With({"auditor"}), Action::kSeeRisk));
  EXPECT_FALSE(RolesSuffice(With({"department_head"}), Action::kSeeRisk));
  // Whoever may be forbidden it has to be looked up.
  EXPECT_FALSE(RolesSuffice(With({"control_office"}), Action::kSeeFeedback));
}

TEST(RulesTest, AdministratorsSeeAndDecideNothing) {
  for (int i = 0; i <= static_cast<int>(Action::kSeeFeedback); ++i) {
    if (static_cast<Action>(i) == Action::kSeeFeedback) continue;  // no role of theirs opens it
    EXPECT_EQ(Reason({"administrator"}, {}, static_cast<Action>(i), Of("units/a/posts/p", "")),
              kNone)
        << i;
  }
}

}  // namespace
}  // namespace lianfang::access
