#include "services/grading/domain/review.h"

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::grading {
namespace {

using namespace common::v1;  // NOLINT: the reasons

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

const absl::Time kReviewTime = absl::FromUnixSeconds(1800000000);
const Verdict kYes{v1::DECISION_APPROVE, "", "digest"};

TEST(ReviewTest, GoesStepByStepToItsEnd) {
  const auto first = Decide(GradeReview(), {kB, {"leading_group"}}, kYes, kReviewTime);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->state(), v1::REVIEW_STATE_OPEN);
  EXPECT_EQ(first->current_step(), 1);
  const auto last = Decide(*first, {"superiors/office", {"superior_office"}}, kYes, kReviewTime);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->state(), v1::REVIEW_STATE_APPROVED);
  EXPECT_EQ(last->current_step(), 2);
  ASSERT_EQ(last->decisions_size(), 2);
  EXPECT_EQ(last->decisions(0).decider(), kB);
  EXPECT_EQ(last->decisions(0).role(), v1::REVIEWER_ROLE_LEADING_GROUP);
  EXPECT_EQ(last->decisions(1).step(), 1);
  EXPECT_EQ(last->decisions(1).revision_digest(), "digest");
  EXPECT_EQ(last->decisions(1).time().seconds(), 1800000000);
  EXPECT_EQ(
      ReasonOf(
          Decide(*last, {"superiors/office", {"superior_office"}}, kYes, kReviewTime).status()),
      ERROR_REASON_ILLEGAL_TRANSITION);
}

TEST(ReviewTest, TheSuperiorsDecisionMayBeBroughtByAnother) {
  v1::Review review = GradeReview();
  const Actor office{"units/d/persons/o", {"superior_office"}, "services/reporting"};
  // Nobody brings a decision of the school's own.
  EXPECT_EQ(
      ReasonOf(Decide(review, {kB, {"leading_group"}, "services/reporting"}, kYes, kReviewTime)
                   .status()),
      ERROR_REASON_NOT_REVIEWER);
  EXPECT_FALSE(WaitsForSuperior(review));
  review.set_current_step(1);
  EXPECT_TRUE(WaitsForSuperior(review));
  const struct {
    Actor actor;
    ErrorReason reason;
  } cases[] = {
      {{"units/d/persons/l", {"superior_leader"}, "services/reporting"}, ERROR_REASON_NOT_REVIEWER},
      {{kA, {"superior_office"}, "services/reporting"}, ERROR_REASON_OWN_RECORD},
      {{kB, {"superior_office"}, "services/reporting"}, ERROR_REASON_NOT_REVIEWER},
      {{"units/d/persons/o", {"superior_office"}, kA}, ERROR_REASON_OWN_RECORD},
      {{"units/d/persons/o", {"superior_office"}, kB}, ERROR_REASON_NOT_REVIEWER},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(ReasonOf(Decide(review, test.actor, kYes, kReviewTime).status()), test.reason)
        << test.actor.subject << " " << test.actor.relayed_by;
  }
  const auto decided = Decide(review, office, kYes, kReviewTime);
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(decided->decisions(0).decider(), "units/d/persons/o");
  EXPECT_EQ(decided->decisions(0).relayed_by(), "services/reporting");
  EXPECT_EQ(decided->state(), v1::REVIEW_STATE_APPROVED);
  EXPECT_FALSE(WaitsForSuperior(*decided));
}

TEST(ReviewTest, ReturnEndsIt) {
  const Verdict no{v1::DECISION_RETURN, "请补充", "digest"};
  const auto returned = Decide(GradeReview(), {kC, {"leading_group"}}, no, kReviewTime);
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_EQ(returned->state(), v1::REVIEW_STATE_RETURNED);
  EXPECT_EQ(returned->current_step(), 2);
  EXPECT_EQ(returned->decisions(0).comment(), "请补充");
}

TEST(ReviewTest, TheCadresLookAtAPrincipalsMeasuresAndDoNotEndTheReview) {
  v1::Review review = GradeReview();
  review.set_record_kind(v1::RECORD_KIND_MEASURE);
  review.set_owner_kind(v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE);
  v1::ReviewStep& meeting = *review.mutable_steps(0);
  meeting.set_kind(v1::STEP_KIND_JOINT_REVIEW);
  meeting.set_role(v1::REVIEWER_ROLE_CADRES);
  meeting.set_convenor_role(v1::REVIEWER_ROLE_CONTROL_OFFICE);
  meeting.add_convenors(kC);
  const Actor office = {kC, {"control_office"}};
  EXPECT_EQ(ReasonOf(MayDecide(review, office)), ERROR_REASON_UNSPECIFIED);
  review.mutable_steps()->RemoveLast();
  EXPECT_EQ(ReasonOf(MayDecide(review, office)), ERROR_REASON_NOT_REVIEWER);
}

TEST(ReviewTest, WhatIsLeftGoesUpWhenTheOwnerBecomesAPrincipal) {
  config::v1::Route route;
  route.add_steps()->set_role(v1::REVIEWER_ROLE_CADRES);
  route.add_steps()->set_role(v1::REVIEWER_ROLE_SUPERIOR_LEADER);
  v1::Review review = GradeReview();
  review.set_record_kind(v1::RECORD_KIND_MEASURE);
  review.mutable_steps(1)->set_role(v1::REVIEWER_ROLE_VICE_PRINCIPAL);
  review.add_steps()->set_role(v1::REVIEWER_ROLE_CONTROL_OFFICE);
  review.set_current_step(1);
  ASSERT_TRUE(IsOfPerson(review));
  GoUp(route, &review);
  EXPECT_FALSE(IsOfPerson(review));
  ASSERT_EQ(review.steps_size(), 2);
  EXPECT_EQ(review.steps(0).role(), v1::REVIEWER_ROLE_LEADING_GROUP) << "it was taken";
  EXPECT_EQ(review.steps(1).role(), v1::REVIEWER_ROLE_SUPERIOR_LEADER);
  EXPECT_EQ(review.current_step(), 1);

  // A grade ends with the superior anyway.
  v1::Review grade = GradeReview();
  GoUp(route, &grade);
  EXPECT_EQ(grade.owner_kind(), v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE);
  EXPECT_EQ(grade.steps_size(), 2);
  // A route that does not end there takes nothing over.
  route.mutable_steps()->RemoveLast();
  v1::Review other = GradeReview();
  GoUp(route, &other);
  EXPECT_EQ(other.DebugString(), GradeReview().DebugString());
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
    EXPECT_EQ(ReasonOf(Decide(test.review, test.actor, kYes, kReviewTime).status()), test.reason);
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
    EXPECT_EQ(
        ReasonOf(
            Decide(GradeReview(), {kB, {"leading_group"}}, test.verdict, kReviewTime).status()),
        test.reason);
  }
}

TEST(ReviewTest, WithdrawsOnlyWhatIsOpen) {
  const auto withdrawn = Withdraw(GradeReview());
  ASSERT_TRUE(withdrawn.ok());
  EXPECT_EQ(withdrawn->state(), v1::REVIEW_STATE_WITHDRAWN);
  EXPECT_EQ(ReasonOf(Withdraw(*withdrawn).status()), ERROR_REASON_ILLEGAL_TRANSITION);
}

constexpr char kD[] = "units/u/persons/d";

// A joint review of a's measure by b, c and d, concluded by b; then nobody in particular.
v1::Review JointReview() {
  v1::Review review;
  review.set_name("units/u/reviews/r");
  review.set_record_kind(v1::RECORD_KIND_MEASURE);
  review.set_owner(kA);
  review.add_owners(kA);
  review.set_owner_kind(v1::OWNER_KIND_STAFF);
  review.set_state(v1::REVIEW_STATE_OPEN);
  review.set_revision_digest("digest");
  v1::ReviewStep* step = review.add_steps();
  step->set_kind(v1::STEP_KIND_JOINT_REVIEW);
  step->set_role(v1::REVIEWER_ROLE_DEPARTMENT_STAFF);
  step->set_convenor_role(v1::REVIEWER_ROLE_DEPARTMENT_HEAD);
  step->set_quorum_percent(67);
  for (const char* member : {kB, kC, kD}) step->add_assignees(member);
  step->add_convenors(kB);
  review.add_steps()->set_role(v1::REVIEWER_ROLE_VICE_PRINCIPAL);
  return review;
}

const Actor kHead = {kB, {"department_head"}};

TEST(JointReviewTest, TheConvenorConcludesByWhatTheMembersSaid) {
  const MemberOpinion agree{v1::STANCE_AGREE, "", "digest"};
  const MemberOpinion disagree{v1::STANCE_DISAGREE, "措施不具体", "digest"};
  const struct {
    const char* what;
    std::vector<std::pair<const char*, MemberOpinion>> opinions;
    int quorum_percent;
    ErrorReason reason;
  } cases[] = {
      {"nobody has spoken", {}, 67, ERROR_REASON_QUORUM_NOT_REACHED},
      {"two of three are fewer than 67 of a hundred",
       {{kB, agree}, {kC, agree}},
       67,
       ERROR_REASON_QUORUM_NOT_REACHED},
      {"two of three are enough for 66", {{kB, agree}, {kC, agree}}, 66, ERROR_REASON_UNSPECIFIED},
      {"all agree", {{kB, agree}, {kC, agree}, {kD, agree}}, 67, ERROR_REASON_UNSPECIFIED},
      {"more agree", {{kB, agree}, {kC, disagree}, {kD, agree}}, 100, ERROR_REASON_UNSPECIFIED},
      {"as many disagree", {{kB, agree}, {kC, disagree}}, 50, ERROR_REASON_NOT_AGREED},
      {"more disagree", {{kB, agree}, {kC, disagree}, {kD, disagree}}, 67, ERROR_REASON_NOT_AGREED},
      {"one who changed his mind counts once",
       {{kB, agree}, {kC, agree}, {kD, disagree}, {kD, agree}},
       67,
       ERROR_REASON_UNSPECIFIED},
      {"no quorum still needs somebody", {}, 1, ERROR_REASON_QUORUM_NOT_REACHED},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    v1::Review review = JointReview();
    review.mutable_steps(0)->set_quorum_percent(test.quorum_percent);
    for (const auto& [who, opinion] : test.opinions) {
      const auto next = AddOpinion(review, {who, {"staff"}}, opinion, kReviewTime);
      ASSERT_TRUE(next.ok()) << next.status();
      review = *next;
    }
    const auto decided = Decide(review, kHead, kYes, kReviewTime);
    EXPECT_EQ(ReasonOf(decided.status()), test.reason) << decided.status();
    if (decided.ok()) {
      EXPECT_EQ(decided->current_step(), 1);
      EXPECT_EQ(decided->decisions(0).role(), v1::REVIEWER_ROLE_DEPARTMENT_HEAD);
    }
    // Returning is always possible.
    EXPECT_TRUE(Decide(review, kHead, {v1::DECISION_RETURN, "再议", "digest"}, kReviewTime).ok());
  }
}

TEST(JointReviewTest, WhoHasSpokenCountsAlsoWhenHeIsAwaySince) {
  v1::Review review = JointReview();
  for (const char* who : {kC, kD}) {
    review = *AddOpinion(review, {who, {"staff"}}, {v1::STANCE_AGREE, "", "digest"}, kReviewTime);
  }
  // d has left: b, c are members; c and d have spoken, of three who count.
  review.mutable_steps(0)->mutable_assignees()->RemoveLast();
  review.mutable_steps(0)->set_quorum_percent(66);
  EXPECT_TRUE(Decide(review, kHead, kYes, kReviewTime).ok());
  review.mutable_steps(0)->set_quorum_percent(67);
  EXPECT_EQ(ReasonOf(Decide(review, kHead, kYes, kReviewTime).status()),
            ERROR_REASON_QUORUM_NOT_REACHED);
}

TEST(JointReviewTest, ASecondOpinionReplacesTheFirst) {
  const auto first =
      AddOpinion(JointReview(), {kC, {"staff"}}, {v1::STANCE_AGREE, "", "digest"}, kReviewTime);
  ASSERT_TRUE(first.ok());
  const auto second =
      AddOpinion(*first, {kC, {"staff"}}, {v1::STANCE_DISAGREE, "不行", "digest"}, kReviewTime);
  ASSERT_TRUE(second.ok());
  ASSERT_EQ(second->opinions_size(), 1);
  EXPECT_EQ(second->opinions(0).person(), kC);
  EXPECT_EQ(second->opinions(0).stance(), v1::STANCE_DISAGREE);
  EXPECT_EQ(second->opinions(0).comment(), "不行");
  EXPECT_EQ(second->opinions(0).time().seconds(), 1800000000);
}

TEST(JointReviewTest, WhatMayNotBeSaid) {
  const v1::Review plain = GradeReview();
  v1::Review closed = JointReview();
  closed.set_state(v1::REVIEW_STATE_RETURNED);
  const MemberOpinion good{v1::STANCE_AGREE, "", "digest"};
  const struct {
    const char* what;
    v1::Review review;
    const char* who;
    MemberOpinion opinion;
    ErrorReason reason;
  } cases[] = {
      {"owner", JointReview(), kA, good, ERROR_REASON_OWN_RECORD},
      {"not a member", JointReview(), "units/u/persons/z", good, ERROR_REASON_NOT_REVIEWER},
      {"no joint review", plain, kB, good, ERROR_REASON_ILLEGAL_TRANSITION},
      {"closed", closed, kC, good, ERROR_REASON_ILLEGAL_TRANSITION},
      {"no stance", JointReview(), kC, {{}, "", "digest"}, ERROR_REASON_REQUIRED_FIELD},
      {"another revision",
       JointReview(),
       kC,
       {v1::STANCE_AGREE, "", "old"},
       ERROR_REASON_REVISION_CHANGED},
      {"disagrees without a word",
       JointReview(),
       kC,
       {v1::STANCE_DISAGREE, " ", "digest"},
       ERROR_REASON_REASON_REQUIRED},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    EXPECT_EQ(
        ReasonOf(
            AddOpinion(test.review, {test.who, {"staff"}}, test.opinion, kReviewTime).status()),
        test.reason);
  }
}

TEST(JointReviewTest, ForWhomItWaits) {
  v1::Review review = JointReview();
  const Actor member = {kC, {"staff"}};
  EXPECT_TRUE(WaitsFor(review, member));
  EXPECT_TRUE(WaitsFor(review, kHead));
  EXPECT_FALSE(WaitsFor(review, {kA, {"department_head"}}));
  // A member does not conclude it, nor does the convenor without his role.
  EXPECT_EQ(ReasonOf(MayDecide(review, {kC, {"department_head"}})), ERROR_REASON_NOT_REVIEWER);
  EXPECT_EQ(ReasonOf(MayDecide(review, {kB, {"staff"}})), ERROR_REASON_NOT_REVIEWER);
  review = *AddOpinion(review, member, {v1::STANCE_AGREE, "", "digest"}, kReviewTime);
  EXPECT_FALSE(WaitsFor(review, member));
  EXPECT_TRUE(WaitsFor(review, kHead));
}

TEST(JointReviewTest, EveryOwnerIsBarred) {
  v1::Review review = GradeReview();
  review.add_owners(kC);
  EXPECT_EQ(ReasonOf(MayDecide(review, {kC, {"leading_group"}})), ERROR_REASON_OWN_RECORD);
  EXPECT_EQ(ReasonOf(MayDecide(review, {kB, {"leading_group"}})), ERROR_REASON_UNSPECIFIED);
}

}  // namespace
}  // namespace lianfang::grading
