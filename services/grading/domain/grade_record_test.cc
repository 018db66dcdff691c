#include "services/grading/domain/grade_record.h"

#include "common/base/id.h"
#include "common/policy/policies.h"
#include "common/status/error.h"
#include "gtest/gtest.h"
#include "services/grading/domain/ids.h"

namespace lianfang::grading {
namespace {

using namespace common::v1;  // NOLINT: the words of the domain

const CompiledPolicy& Scheme() {
  static const auto* const policy = new CompiledPolicy(policy::Load("")->grading.at("scheme-2013"));
  return *policy;
}

personnel::v1::Post Buyer() {
  personnel::v1::Post post;
  post.set_name("units/u/posts/buyer");
  post.set_display_name("采购员");
  post.set_department("units/u/departments/ga");
  post.add_functions(POST_FUNCTION_PUBLIC_SERVICE);
  return post;
}

// A proposed grade: medium by the rule.
v1::Grade Proposed() {
  static const personnel::v1::Post post = Buyer();
  const GradeInput input{&post, 2026, "units/u/persons/a", MakeProfile(post, 2026, {})};
  return *Propose("u", nullptr, input, Scheme());
}

risk::v1::RiskPoint Point(RiskCategory category, risk::v1::RiskPointState state, int year = 2026) {
  risk::v1::RiskPoint point;
  point.set_category(category);
  point.set_state(state);
  point.set_year(year);
  point.mutable_factors()->set_likelihood(risk::v1::LIKELIHOOD_CERTAIN);
  return point;
}

TEST(GradeRecordTest, ProfileCountsKindsOfRegisteredRisksOfTheYear) {
  const auto profile =
      MakeProfile(Buyer(), 2026,
                  {Point(RISK_CATEGORY_MORALITY, risk::v1::RISK_POINT_STATE_REGISTERED),
                   Point(RISK_CATEGORY_MORALITY, risk::v1::RISK_POINT_STATE_PUBLICISED),
                   Point(RISK_CATEGORY_TEACHING, risk::v1::RISK_POINT_STATE_REGISTERED),
                   Point(RISK_CATEGORY_POST_DUTY, risk::v1::RISK_POINT_STATE_ARCHIVED),
                   Point(RISK_CATEGORY_POST_DUTY, risk::v1::RISK_POINT_STATE_DRAFT),
                   Point(RISK_CATEGORY_POST_DUTY, risk::v1::RISK_POINT_STATE_REGISTERED, 2025)});
  EXPECT_EQ(profile.risk_kind_count(), 2);
  EXPECT_EQ(profile.risks_size(), 3);
  EXPECT_EQ(profile.functions_size(), 1);
}

TEST(GradeRecordTest, ProposalStandsUntilItsInputsChange) {
  const v1::Grade grade = Proposed();
  EXPECT_EQ(grade.name(), "units/u/grades/buyer-2026");
  EXPECT_EQ(grade.level(), RISK_LEVEL_MEDIUM);
  EXPECT_EQ(grade.revision(), 1);
  EXPECT_EQ(grade.state(), v1::GRADE_STATE_SCHOOL_REVIEW);
  EXPECT_EQ(grade.revision_digest(), RevisionDigest(grade));
  EXPECT_EQ(grade.revision_digest().size(), 32u);
  personnel::v1::Post post = Buyer();
  GradeInput same{&post, 2026, grade.holder(), MakeProfile(post, 2026, {})};
  EXPECT_TRUE(StillStands(grade, same, Scheme()));
  v1::Grade returned = grade;
  returned.set_state(v1::GRADE_STATE_RETURNED);
  EXPECT_FALSE(StillStands(returned, same, Scheme()));
  GradeInput moved = same;
  moved.holder = "units/u/persons/b";
  EXPECT_FALSE(StillStands(grade, moved, Scheme()));
  v1::GradingPolicy newer = Scheme().source();
  newer.set_version(2);
  EXPECT_FALSE(StillStands(grade, same, CompiledPolicy(newer)));
  post.add_functions(POST_FUNCTION_PROCUREMENT);
  const GradeInput changed{&post, 2026, grade.holder(), MakeProfile(post, 2026, {})};
  EXPECT_FALSE(StillStands(grade, changed, Scheme()));
  const auto next = Propose("u", &grade, changed, Scheme());
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(next->name(), grade.name());
  EXPECT_EQ(next->revision(), 2);
  EXPECT_EQ(next->level(), RISK_LEVEL_HIGH);
  EXPECT_NE(next->revision_digest(), grade.revision_digest());
}

TEST(GradeRecordTest, OverridesNeverGoBelowTheRule) {
  const std::vector<std::string> owners = {"units/u/persons/a", "units/u/persons/b"};
  const struct {
    const char* what;
    RiskLevel level;
    const char* reason;
    const char* actor;
    ErrorReason expected;
  } cases[] = {
      {"raised freely", RISK_LEVEL_HIGH, "", "units/u/persons/x", ERROR_REASON_UNSPECIFIED},
      {"below the floor", RISK_LEVEL_LOW, "理由", "units/u/persons/x",
       ERROR_REASON_BELOW_RULE_FLOOR},
      {"the same", RISK_LEVEL_MEDIUM, "理由", "units/u/persons/x", ERROR_REASON_ILLEGAL_TRANSITION},
      {"own post", RISK_LEVEL_HIGH, "理由", "units/u/persons/a", ERROR_REASON_OWN_RECORD},
      {"own post, held by two", RISK_LEVEL_HIGH, "理由", "units/u/persons/b",
       ERROR_REASON_OWN_RECORD},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    EXPECT_EQ(ReasonOf(Override(Proposed(), test.level, test.reason, test.actor, owners).status()),
              test.expected);
  }
  const auto raised =
      Override(Proposed(), RISK_LEVEL_HIGH, "岗位变化", "units/u/persons/x", owners);
  ASSERT_TRUE(raised.ok());
  EXPECT_EQ(raised->override_reason(), "岗位变化");
  EXPECT_EQ(raised->revision(), 2);
  EXPECT_EQ(raised->revision_digest(), RevisionDigest(*raised));
  // Back to what the policy said is lowering, too.
  EXPECT_EQ(ReasonOf(Override(*raised, RISK_LEVEL_MEDIUM, " ", "x", owners).status()),
            ERROR_REASON_REASON_REQUIRED);
  const auto back = Override(*raised, RISK_LEVEL_MEDIUM, "恢复", "x", owners);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->override_reason(), "");
  // A score above the floor may be lowered to the floor, with a reason.
  v1::Grade scored = Proposed();
  scored.set_level(RISK_LEVEL_HIGH);
  scored.mutable_proposal()->set_level(RISK_LEVEL_HIGH);
  EXPECT_EQ(ReasonOf(Override(scored, RISK_LEVEL_MEDIUM, "", "x", owners).status()),
            ERROR_REASON_REASON_REQUIRED);
  EXPECT_TRUE(Override(scored, RISK_LEVEL_MEDIUM, "理由", "x", owners).ok());
}

TEST(GradeRecordTest, DecisionsMoveItOn) {
  const v1::Grade grade = Proposed();
  v1::Review review;
  review.set_record(grade.name());
  review.set_revision(1);
  review.set_revision_digest(grade.revision_digest());
  review.add_steps()->set_role(v1::REVIEWER_ROLE_LEADING_GROUP);
  review.add_steps()->set_role(v1::REVIEWER_ROLE_SUPERIOR_OFFICE);
  review.set_state(v1::REVIEW_STATE_OPEN);
  review.set_current_step(1);
  review.add_decisions()->set_comment("同意");
  const absl::Time now = absl::FromUnixSeconds(1800000000);
  const auto school = AfterDecision(grade, review, now);
  ASSERT_TRUE(school.ok()) << school.status();
  EXPECT_EQ(school->state(), v1::GRADE_STATE_SUPERIOR_REVIEW);
  EXPECT_EQ(school->school_review_time().seconds(), 1800000000);
  EXPECT_FALSE(school->has_confirm_time());
  EXPECT_EQ(school->review_comment(), "同意");
  review.set_current_step(2);
  review.set_state(v1::REVIEW_STATE_APPROVED);
  const auto confirmed = AfterDecision(*school, review, now + absl::Seconds(5));
  ASSERT_TRUE(confirmed.ok());
  EXPECT_EQ(confirmed->state(), v1::GRADE_STATE_CONFIRMED);
  EXPECT_EQ(confirmed->school_review_time().seconds(), 1800000000);
  EXPECT_EQ(confirmed->confirm_time().seconds(), 1800000005);
  review.set_state(v1::REVIEW_STATE_RETURNED);
  EXPECT_EQ(AfterDecision(*school, review, now)->state(), v1::GRADE_STATE_RETURNED);
  review.set_revision_digest("other");
  EXPECT_EQ(ReasonOf(AfterDecision(*school, review, now).status()), ERROR_REASON_REVISION_CHANGED);
}

TEST(IdsTest, LongIdsStayValidAndApart) {
  EXPECT_EQ(GradeId("buyer", 2026), "buyer-2026");
  EXPECT_EQ(SelfCheckReviewId("sc-buyer", 2), "sc-buyer-r2");
  EXPECT_EQ(GradeReviewId("buyer-2026", 1), "buyer-2026-g1");
  const std::string a = std::string(62, 'a') + "b";
  const std::string b = std::string(62, 'a') + "c";
  EXPECT_TRUE(IsValidResourceId(GradeId(a, 2026)));
  EXPECT_TRUE(IsValidResourceId(GradeReviewId(GradeId(a, 2026), 12)));
  EXPECT_TRUE(IsValidResourceId(SelfCheckReviewId(a, 2147483647)));
  EXPECT_NE(GradeId(a, 2026), GradeId(b, 2026));
}

}  // namespace
}  // namespace lianfang::grading
