#include "common/review/route.h"

#include <algorithm>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::review {
namespace {

using namespace common::v1;   // NOLINT: the reasons
using namespace grading::v1;  // NOLINT: kinds and roles
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kA[] = "units/u/persons/a";
constexpr char kB[] = "units/u/persons/b";
constexpr char kC[] = "units/u/persons/c";

config::v1::RoutesPolicy Routes() {
  config::v1::RoutesPolicy policy;
  policy.set_id("routes");
  policy.set_version(3);
  auto* own = policy.add_routes();
  own->set_record_kind(RECORD_KIND_SELF_CHECK);
  own->set_owner_kind(OWNER_KIND_PRINCIPAL_RESPONSIBLE);
  own->add_steps()->set_role(REVIEWER_ROLE_SUPERIOR_LEADER);
  auto* rest = policy.add_routes();
  rest->set_record_kind(RECORD_KIND_SELF_CHECK);
  rest->add_steps()->set_role(REVIEWER_ROLE_PRINCIPAL);
  return policy;
}

// 科室全体人员联查, concluded by the head; then the leader in charge; then the office.
config::v1::Route MeasureRoute() {
  config::v1::Route route;
  auto* joint = route.add_steps();
  joint->set_kind(STEP_KIND_JOINT_REVIEW);
  joint->set_role(REVIEWER_ROLE_DEPARTMENT_STAFF);
  joint->set_convenor(REVIEWER_ROLE_DEPARTMENT_HEAD);
  joint->add_stand_ins(REVIEWER_ROLE_VICE_PRINCIPAL);
  joint->add_stand_ins(REVIEWER_ROLE_PRINCIPAL);
  auto* vice = route.add_steps();
  vice->set_kind(STEP_KIND_REVIEW);
  vice->set_role(REVIEWER_ROLE_VICE_PRINCIPAL);
  vice->add_stand_ins(REVIEWER_ROLE_PRINCIPAL);
  auto* filing = route.add_steps();
  filing->set_kind(STEP_KIND_FILING);
  filing->set_role(REVIEWER_ROLE_CONTROL_OFFICE);
  return route;
}

TEST(RouteTest, FirstRouteThatFitsIsTaken) {
  const auto policy = Routes();
  EXPECT_EQ(FindRoute(policy, RECORD_KIND_SELF_CHECK, OWNER_KIND_PRINCIPAL_RESPONSIBLE),
            &policy.routes(0));
  EXPECT_EQ(FindRoute(policy, RECORD_KIND_SELF_CHECK, OWNER_KIND_STAFF), &policy.routes(1));
  EXPECT_EQ(FindRoute(policy, RECORD_KIND_GRADE, OWNER_KIND_STAFF), nullptr);
  EXPECT_EQ(RoutesVersion(policy), "routes@3");
}

TEST(RouteTest, OwnersAreNeverAssignees) {
  const auto policy = Routes();
  const RolePersons persons = {{REVIEWER_ROLE_PRINCIPAL, {kA, kB, kA, kC}}};
  const auto steps = MakeSteps(policy.routes(1), persons, {kA});
  ASSERT_THAT(steps, SizeIs(1));
  EXPECT_THAT(steps[0].assignees(), ElementsAre(kB, kC));
  EXPECT_TRUE(CheckReviewers(steps).ok());
  const auto nobody = MakeSteps(policy.routes(1), {{REVIEWER_ROLE_PRINCIPAL, {kA}}}, {kA});
  EXPECT_EQ(ReasonOf(CheckReviewers(nobody)), ERROR_REASON_NO_REVIEWER);
  EXPECT_EQ(ReasonOf(CheckReviewers(MakeSteps(policy.routes(1), {}, {}))),
            ERROR_REASON_NO_REVIEWER);
  EXPECT_EQ(ReasonOf(CheckReviewers({})), ERROR_REASON_NO_REVIEWER);
  // The superior's persons are not the unit's to name.
  const auto superior = MakeSteps(policy.routes(0), {}, {kA});
  EXPECT_THAT(superior[0].assignees(), IsEmpty());
  EXPECT_TRUE(CheckReviewers(superior).ok());
}

TEST(RouteTest, WhoTakesEachStep) {
  // Who holds which role → who takes the steps of MeasureRoute for a's record, as `role:persons`.
  const auto shown = [](const std::vector<ReviewStep>& steps) {
    std::vector<std::string> lines;
    for (const ReviewStep& step : steps) {
      std::string line = ReviewerRole_Name(step.role()).substr(14) + ":";
      for (const auto& person : step.assignees()) line += person.back();
      if (step.convenors_size() > 0) line += "/";
      for (const auto& person : step.convenors()) line += person.back();
      lines.push_back(line);
    }
    return lines;
  };
  const std::string d = "units/u/persons/d";
  const std::string o = "units/u/persons/o";
  const std::vector<std::string> office = {o};
  const struct {
    const char* what;
    RolePersons persons;
    std::vector<std::string> expected;
  } cases[] = {
      {"everybody is there",
       {{REVIEWER_ROLE_DEPARTMENT_STAFF, {kB, kA, kC}},
        {REVIEWER_ROLE_DEPARTMENT_HEAD, {kB}},
        {REVIEWER_ROLE_VICE_PRINCIPAL, {d}},
        {REVIEWER_ROLE_CONTROL_OFFICE, office}},
       {"DEPARTMENT_STAFF:bc/b", "VICE_PRINCIPAL:d", "CONTROL_OFFICE:o"}},
      {"the head's own record: the leader in charge concludes",
       {{REVIEWER_ROLE_DEPARTMENT_STAFF, {kB, kA, kC}},
        {REVIEWER_ROLE_DEPARTMENT_HEAD, {kA}},
        {REVIEWER_ROLE_VICE_PRINCIPAL, {d}},
        {REVIEWER_ROLE_CONTROL_OFFICE, office}},
       {"DEPARTMENT_STAFF:bc/d", "VICE_PRINCIPAL:d", "CONTROL_OFFICE:o"}},
      {"nobody else in the department: the leader in charge alone, and once",
       {{REVIEWER_ROLE_DEPARTMENT_STAFF, {kA}},
        {REVIEWER_ROLE_DEPARTMENT_HEAD, {kA}},
        {REVIEWER_ROLE_VICE_PRINCIPAL, {d}},
        {REVIEWER_ROLE_CONTROL_OFFICE, office}},
       {"VICE_PRINCIPAL:d", "CONTROL_OFFICE:o"}},
      {"no leader in charge: the principals",
       {{REVIEWER_ROLE_DEPARTMENT_STAFF, {kB, kC}},
        {REVIEWER_ROLE_DEPARTMENT_HEAD, {kB}},
        {REVIEWER_ROLE_PRINCIPAL, {kC, d}},
        {REVIEWER_ROLE_CONTROL_OFFICE, office}},
       {"DEPARTMENT_STAFF:bc/b", "PRINCIPAL:cd", "CONTROL_OFFICE:o"}},
      {"nobody at all", {}, {"DEPARTMENT_STAFF:", "VICE_PRINCIPAL:", "CONTROL_OFFICE:"}},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    const auto steps = MakeSteps(MeasureRoute(), test.persons, {kA});
    EXPECT_EQ(shown(steps), test.expected);
    const bool complete = std::none_of(steps.begin(), steps.end(), [](const ReviewStep& step) {
      return step.assignees().empty();
    });
    EXPECT_EQ(CheckReviewers(steps).ok(), complete);
  }
}

TEST(RouteTest, AStandInIsNamedAndGivesWayAgain) {
  const auto route = MeasureRoute();
  ReviewStep step = PlannedStep(route.steps(0));
  EXPECT_EQ(step.quorum_percent(), kDefaultQuorumPercent);
  EXPECT_THAT(RolesOf(step),
              ElementsAre(REVIEWER_ROLE_DEPARTMENT_STAFF, REVIEWER_ROLE_DEPARTMENT_HEAD,
                          REVIEWER_ROLE_VICE_PRINCIPAL, REVIEWER_ROLE_PRINCIPAL));
  FillStep({{REVIEWER_ROLE_PRINCIPAL, {kB}}}, {}, &step);
  EXPECT_EQ(step.role(), REVIEWER_ROLE_PRINCIPAL);
  EXPECT_EQ(step.stood_in_for(), REVIEWER_ROLE_DEPARTMENT_STAFF);
  EXPECT_EQ(step.kind(), STEP_KIND_REVIEW);
  EXPECT_EQ(step.planned_kind(), STEP_KIND_JOINT_REVIEW);
  EXPECT_THAT(step.assignees(), ElementsAre(kB));
  EXPECT_THAT(step.convenors(), IsEmpty());
  EXPECT_THAT(RolesOf(step), SizeIs(4));
  FillStep({{REVIEWER_ROLE_DEPARTMENT_STAFF, {kC}}, {REVIEWER_ROLE_DEPARTMENT_HEAD, {kC}}}, {},
           &step);
  EXPECT_EQ(step.role(), REVIEWER_ROLE_DEPARTMENT_STAFF);
  EXPECT_EQ(step.stood_in_for(), REVIEWER_ROLE_UNSPECIFIED);
  EXPECT_EQ(step.kind(), STEP_KIND_JOINT_REVIEW);
  EXPECT_EQ(step.planned_kind(), STEP_KIND_UNSPECIFIED);
  EXPECT_THAT(step.assignees(), ElementsAre(kC));
  EXPECT_THAT(step.convenors(), ElementsAre(kC));
}

TEST(RouteTest, AJointReviewNeedsAConvenor) {
  ReviewStep step = PlannedStep(MeasureRoute().steps(0));
  FillStep({{REVIEWER_ROLE_DEPARTMENT_STAFF, {kB}}}, {}, &step);
  EXPECT_THAT(step.assignees(), ElementsAre(kB));
  EXPECT_EQ(ReasonOf(CheckReviewers({step})), ERROR_REASON_NO_REVIEWER);
  // 「nobody decides on his own record」 holds for convenors too.
  FillStep({{REVIEWER_ROLE_DEPARTMENT_STAFF, {kA, kB}}, {REVIEWER_ROLE_DEPARTMENT_HEAD, {kA}}},
           {kA}, &step);
  EXPECT_THAT(step.convenors(), IsEmpty());
}

TEST(RouteTest, OnlyTheSamePersonsAreNotAskedTwice) {
  config::v1::Route route;
  for (const auto role : {REVIEWER_ROLE_VICE_PRINCIPAL, REVIEWER_ROLE_PRINCIPAL}) {
    auto* step = route.add_steps();
    step->set_kind(STEP_KIND_REVIEW);
    step->set_role(role);
    if (role == REVIEWER_ROLE_VICE_PRINCIPAL) step->add_stand_ins(REVIEWER_ROLE_PRINCIPAL);
  }
  EXPECT_THAT(MakeSteps(route, {{REVIEWER_ROLE_PRINCIPAL, {kA, kB}}}, {}), SizeIs(1));
  // The leader in charge is one of the two principal responsible persons: the other may look too.
  EXPECT_THAT(
      MakeSteps(route, {{REVIEWER_ROLE_VICE_PRINCIPAL, {kA}}, {REVIEWER_ROLE_PRINCIPAL, {kA, kB}}},
                {}),
      SizeIs(2));
  // Two steps that wait for nobody are two things to mend.
  EXPECT_THAT(MakeSteps(route, {}, {}), SizeIs(2));
}

TEST(RouteTest, EveryRoleIsOneThatATokenCanHold) {
  for (int role = 1; role < ReviewerRole_ARRAYSIZE; ++role) {
    EXPECT_FALSE(TokenRoles(static_cast<ReviewerRole>(role)).empty()) << role;
  }
  EXPECT_TRUE(TokenRoles(REVIEWER_ROLE_UNSPECIFIED).empty());
}

TEST(RouteTest, HighestKindOfOwner) {
  EXPECT_EQ(OwnerKindOf({true, true, true}), OWNER_KIND_PRINCIPAL_RESPONSIBLE);
  EXPECT_EQ(OwnerKindOf({false, true, true}), OWNER_KIND_VICE_PRINCIPAL);
  EXPECT_EQ(OwnerKindOf({false, false, true}), OWNER_KIND_DEPARTMENT_HEAD);
  EXPECT_EQ(OwnerKindOf({}), OWNER_KIND_STAFF);
}

}  // namespace
}  // namespace lianfang::review
