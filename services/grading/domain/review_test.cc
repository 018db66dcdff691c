#include "services/grading/domain/review.h"

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/grading/domain/route.h"

namespace lianfang::grading {
namespace {

using namespace common::v1;  // NOLINT: the reasons
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kA[] = "units/u/persons/a";
constexpr char kB[] = "units/u/persons/b";
constexpr char kC[] = "units/u/persons/c";

// A grade's review of person a, by b or c of the leading group, then the superior.
v1::Review GradeReview() {
  v1::Review review;
  review.set_name("units/u/reviews/r");
  review.set_record_kind(v1::RECORD_KIND_GRADE);
  review.set_owner(kA);
  review.set_owner_kind(v1::OWNER_KIND_STAFF);
  review.set_state(v1::REVIEW_STATE_OPEN);
  review.set_revision_digest("digest");
  v1::ReviewStep* step = review.add_steps();
  step->set_role(v1::REVIEWER_ROLE_LEADING_GROUP);
  step->add_assignees(kB);
  step->add_assignees(kC);
  review.add_steps()->set_role(v1::REVIEWER_ROLE_SUPERIOR_OFFICE);
  return review;
}

const absl::Time kNow = absl::FromUnixSeconds(1800000000);
const Verdict kYes{v1::DECISION_APPROVE, "", "digest"};

TEST(ReviewTest, GoesStepByStepToItsEnd) {
  const auto first = Decide(GradeReview(), {kB, {"leading_group"}}, kYes, kNow);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->state(), v1::REVIEW_STATE_OPEN);
  EXPECT_EQ(first->current_step(), 1);
  const auto last = Decide(*first, {"superiors/office", {"superior_office"}}, kYes, kNow);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->state(), v1::REVIEW_STATE_APPROVED);
  EXPECT_EQ(last->current_step(), 2);
  ASSERT_EQ(last->decisions_size(), 2);
  EXPECT_EQ(last->decisions(0).decider(), kB);
  EXPECT_EQ(last->decisions(0).role(), v1::REVIEWER_ROLE_LEADING_GROUP);
  EXPECT_EQ(last->decisions(1).step(), 1);
  EXPECT_EQ(last->decisions(1).revision_digest(), "digest");
  EXPECT_EQ(last->decisions(1).time().seconds(), 1800000000);
  EXPECT_EQ(ReasonOf(Decide(*last, {"superiors/office", {"superior_office"}}, kYes, kNow).status()),
            ERROR_REASON_ILLEGAL_TRANSITION);
}

TEST(ReviewTest, ReturnEndsIt) {
  const Verdict no{v1::DECISION_RETURN, "请补充", "digest"};
  const auto returned = Decide(GradeReview(), {kC, {"leading_group"}}, no, kNow);
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_EQ(returned->state(), v1::REVIEW_STATE_RETURNED);
  EXPECT_EQ(returned->current_step(), 2);
  EXPECT_EQ(returned->decisions(0).comment(), "请补充");
}

TEST(ReviewTest, WhoMayNotDecide) {
  v1::Review superior = GradeReview();
  superior.set_current_step(1);
  v1::Review closed = GradeReview();
  closed.set_state(v1::REVIEW_STATE_WITHDRAWN);
  v1::Review principals = GradeReview();
  principals.set_owner_kind(v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE);
  v1::Review principals_last = principals;
  principals_last.mutable_steps()->RemoveLast();
  v1::Review principals_form = principals;
  principals_form.set_record_kind(v1::RECORD_KIND_SELF_CHECK);
  const struct {
    const char* what;
    v1::Review review;
    Actor actor;
    ErrorReason reason;
  } cases[] = {
      {"assignee", GradeReview(), {kB, {"leading_group"}}, ERROR_REASON_UNSPECIFIED},
      {"owner", GradeReview(), {kA, {"leading_group"}}, ERROR_REASON_OWN_RECORD},
      {"not an assignee",
       GradeReview(),
       {"units/u/persons/d", {"leading_group"}},
       ERROR_REASON_NOT_REVIEWER},
      {"assignee without the role", GradeReview(), {kB, {"staff"}}, ERROR_REASON_NOT_REVIEWER},
      {"superior before his turn",
       GradeReview(),
       {"superiors/x", {"superior_office"}},
       ERROR_REASON_NOT_REVIEWER},
      {"superior", superior, {"superiors/x", {"superior_office"}}, ERROR_REASON_UNSPECIFIED},
      {"superior of another kind",
       superior,
       {"superiors/x", {"superior_leader"}},
       ERROR_REASON_NOT_REVIEWER},
      {"superior from another unit",
       superior,
       {"units/v/persons/x", {"superior_office"}},
       ERROR_REASON_UNSPECIFIED},
      {"superior's role in the hands of the unit",
       superior,
       {kB, {"superior_office"}},
       ERROR_REASON_NOT_REVIEWER},
      {"owner with the superior's role",
       superior,
       {kA, {"superior_office"}},
       ERROR_REASON_OWN_RECORD},
      {"closed", closed, {kB, {"leading_group"}}, ERROR_REASON_ILLEGAL_TRANSITION},
      {"grade of a principal, first step",
       principals,
       {kB, {"leading_group"}},
       ERROR_REASON_UNSPECIFIED},
      {"grade of a principal, last step",
       principals_last,
       {kB, {"leading_group"}},
       ERROR_REASON_NOT_REVIEWER},
      {"form of a principal", principals_form, {kB, {"leading_group"}}, ERROR_REASON_NOT_REVIEWER},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    EXPECT_EQ(ReasonOf(MayDecide(test.review, test.actor)), test.reason);
    EXPECT_EQ(ReasonOf(Decide(test.review, test.actor, kYes, kNow).status()), test.reason);
  }
}

TEST(ReviewTest, WhatMayNotBeSaid) {
  const struct {
    Verdict verdict;
    ErrorReason reason;
  } cases[] = {
      {{v1::DECISION_APPROVE, "", "other"}, ERROR_REASON_REVISION_CHANGED},
      {{v1::DECISION_APPROVE, "", ""}, ERROR_REASON_REVISION_CHANGED},
      {{v1::DECISION_RETURN, "", "digest"}, ERROR_REASON_REASON_REQUIRED},
      {{v1::DECISION_RETURN, " \n", "digest"}, ERROR_REASON_REASON_REQUIRED},
      {{v1::DECISION_UNSPECIFIED, "x", "digest"}, ERROR_REASON_REQUIRED_FIELD},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(ReasonOf(Decide(GradeReview(), {kB, {"leading_group"}}, test.verdict, kNow).status()),
              test.reason);
  }
}

TEST(ReviewTest, WithdrawsOnlyWhatIsOpen) {
  const auto withdrawn = Withdraw(GradeReview());
  ASSERT_TRUE(withdrawn.ok());
  EXPECT_EQ(withdrawn->state(), v1::REVIEW_STATE_WITHDRAWN);
  EXPECT_EQ(ReasonOf(Withdraw(*withdrawn).status()), ERROR_REASON_ILLEGAL_TRANSITION);
}

config::v1::RoutesPolicy Routes() {
  config::v1::RoutesPolicy policy;
  policy.set_id("routes");
  policy.set_version(3);
  auto* own = policy.add_routes();
  own->set_record_kind(v1::RECORD_KIND_SELF_CHECK);
  own->set_owner_kind(v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE);
  own->add_steps()->set_role(v1::REVIEWER_ROLE_SUPERIOR_LEADER);
  auto* rest = policy.add_routes();
  rest->set_record_kind(v1::RECORD_KIND_SELF_CHECK);
  rest->add_steps()->set_role(v1::REVIEWER_ROLE_PRINCIPAL);
  return policy;
}

TEST(RouteTest, FirstRouteThatFitsIsTaken) {
  const auto policy = Routes();
  EXPECT_EQ(FindRoute(policy, v1::RECORD_KIND_SELF_CHECK, v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE),
            &policy.routes(0));
  EXPECT_EQ(FindRoute(policy, v1::RECORD_KIND_SELF_CHECK, v1::OWNER_KIND_STAFF), &policy.routes(1));
  EXPECT_EQ(FindRoute(policy, v1::RECORD_KIND_GRADE, v1::OWNER_KIND_STAFF), nullptr);
  EXPECT_EQ(RoutesVersion(policy), "routes@3");
}

TEST(RouteTest, OwnersAreNeverAssignees) {
  const auto policy = Routes();
  const RolePersons persons = {{v1::REVIEWER_ROLE_PRINCIPAL, {kA, kB, kA, kC}}};
  const auto steps = MakeSteps(policy.routes(1), persons, {kA});
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_THAT(steps[0].assignees(), ElementsAre(kB, kC));
  EXPECT_TRUE(CheckReviewers(steps).ok());
  const auto nobody = MakeSteps(policy.routes(1), {{v1::REVIEWER_ROLE_PRINCIPAL, {kA}}}, {kA});
  EXPECT_EQ(ReasonOf(CheckReviewers(nobody)), ERROR_REASON_NO_REVIEWER);
  EXPECT_EQ(ReasonOf(CheckReviewers(MakeSteps(policy.routes(1), {}, {}))),
            ERROR_REASON_NO_REVIEWER);
  EXPECT_EQ(ReasonOf(CheckReviewers({})), ERROR_REASON_NO_REVIEWER);
  // The superior's persons are not the unit's to name.
  const auto superior = MakeSteps(policy.routes(0), {}, {kA});
  EXPECT_THAT(superior[0].assignees(), IsEmpty());
  EXPECT_TRUE(CheckReviewers(superior).ok());
}

TEST(RouteTest, HighestKindOfOwner) {
  EXPECT_EQ(OwnerKindOf({true, true, true}), v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE);
  EXPECT_EQ(OwnerKindOf({false, true, true}), v1::OWNER_KIND_VICE_PRINCIPAL);
  EXPECT_EQ(OwnerKindOf({false, false, true}), v1::OWNER_KIND_DEPARTMENT_HEAD);
  EXPECT_EQ(OwnerKindOf({}), v1::OWNER_KIND_STAFF);
}

}  // namespace
}  // namespace lianfang::grading
