// The grading service through its API: forms, grades, reviews and the stateless methods.
#include "services/grading/grading_fixture.h"

namespace lianfang::grading {
namespace {

using namespace common::v1;  // NOLINT: reasons and levels
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;

class GradingApiTest : public GradingFixture {};

TEST_F(GradingApiTest, AFormGoesToThePrincipalsAndTheirsToTheSuperior) {
  Form("buyer", risk::v1::SELF_CHECK_STATE_SUBMITTED);
  const auto at = Form("principal", risk::v1::SELF_CHECK_STATE_SUBMITTED);
  const v1::Review buyers = GetReview("sc-buyer-r1", at);
  EXPECT_EQ(buyers.state(), v1::REVIEW_STATE_OPEN);
  EXPECT_EQ(buyers.owner(), PersonName("buyer"));
  EXPECT_EQ(buyers.owner_kind(), v1::OWNER_KIND_STAFF);
  EXPECT_EQ(buyers.revision_digest(), "digest-1");
  ASSERT_EQ(buyers.steps_size(), 1);
  EXPECT_THAT(buyers.steps(0).assignees(),
              ElementsAre(PersonName("principal"), PersonName("secretary")));
  EXPECT_THAT(buyers.steps(0).clause(), HasSubstr("校主要负责"));
  const v1::Review principals = GetReview("sc-principal-r1");
  EXPECT_EQ(principals.owner_kind(), v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE);
  EXPECT_EQ(principals.steps(0).role(), v1::REVIEWER_ROLE_SUPERIOR_LEADER);

  auto& principal = As("principal", {"principal", "staff"});
  auto& superior = Superior("superior_leader");
  EXPECT_THAT(Tasks(principal, at), ElementsAre("units/a/reviews/sc-buyer-r1"));
  EXPECT_THAT(Tasks(superior, at), ElementsAre("units/a/reviews/sc-principal-r1"));
  EXPECT_THAT(Tasks(As("clerk", {"principal"}), at), IsEmpty());

  const auto yes = [&](const v1::Review& review) { return Verdict(review, v1::DECISION_APPROVE); };
  EXPECT_THAT(Decide(principal, yes(principals)), FailsWith(ERROR_REASON_OWN_RECORD));
  EXPECT_THAT(Decide(As("secretary", {"principal"}), yes(principals)),
              FailsWith(ERROR_REASON_NOT_REVIEWER));
  EXPECT_THAT(Decide(As("secretary", {"superior_leader"}), yes(principals)),
              FailsWith(ERROR_REASON_NOT_REVIEWER));
  EXPECT_THAT(Decide(As("clerk", {"staff"}), yes(buyers)),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  v1::DecideRequest stale = yes(buyers);
  stale.set_revision_digest("digest-0");
  EXPECT_THAT(Decide(principal, stale), FailsWith(ERROR_REASON_REVISION_CHANGED));
  stale = yes(buyers);
  stale.set_etag("e0");
  EXPECT_THAT(Decide(principal, stale), FailsWith(ERROR_REASON_ETAG_MISMATCH));
  EXPECT_THAT(Decide(principal, Verdict(buyers, v1::DECISION_RETURN)),
              FailsWith(ERROR_REASON_REASON_REQUIRED));

  const v1::DecideRequest request = yes(buyers);
  const auto decided = Decide(principal, request);
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->review().state(), v1::REVIEW_STATE_APPROVED);
  EXPECT_EQ(decided->review().decisions(0).decider(), PersonName("principal"));
  const auto again = Decide(principal, request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), decided->SerializeAsString());
  EXPECT_THAT(Decide(principal, yes(buyers)), FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(Decide(superior, Verdict(principals, v1::DECISION_RETURN, "请补充")), IsOk());
  EXPECT_THAT(Tasks(principal, at), IsEmpty());
}

TEST_F(GradingApiTest, AFormTakenBackWithdrawsItsReview) {
  Form("buyer", risk::v1::SELF_CHECK_STATE_SUBMITTED);
  auto at = Form("buyer", risk::v1::SELF_CHECK_STATE_DRAFT);
  const v1::Review withdrawn = GetReview("sc-buyer-r1", at);
  EXPECT_EQ(withdrawn.state(), v1::REVIEW_STATE_WITHDRAWN);
  EXPECT_THAT(Decide(As("principal", {"principal"}), Verdict(withdrawn, v1::DECISION_APPROVE)),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  at = Form("buyer", risk::v1::SELF_CHECK_STATE_SUBMITTED, 2);
  EXPECT_EQ(GetReview("sc-buyer-r2", at).state(), v1::REVIEW_STATE_OPEN);
}

TEST_F(GradingApiTest, GradesAreProposedReviewedAndConfirmed) {
  Form("buyer", risk::v1::SELF_CHECK_STATE_APPROVED);
  Form("clerk", risk::v1::SELF_CHECK_STATE_SUBMITTED);
  risk::v1::RiskPoint point;
  point.set_name("units/a/riskPoints/sc-buyer-1");
  point.set_layer(RISK_LAYER_POST);
  point.set_owner("units/a/posts/buyer");
  point.set_year(2026);
  point.set_category(RISK_CATEGORY_MORALITY);
  point.set_state(risk::v1::RISK_POINT_STATE_REGISTERED);
  Put(risk_, RiskPoints(), point);

  const auto proposed = Propose();
  ASSERT_THAT(proposed, IsOk());
  ASSERT_EQ(proposed->grades_size(), 1);
  const v1::Grade& grade = proposed->grades(0);
  EXPECT_EQ(grade.name(), "units/a/grades/buyer-2026");
  EXPECT_EQ(grade.level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(grade.holder(), PersonName("buyer"));
  EXPECT_EQ(grade.profile().risk_kind_count(), 1);
  EXPECT_EQ(grade.review(), "units/a/reviews/buyer-2026-g1");
  ASSERT_EQ(proposed->ungraded_size(), 4);
  for (const auto& ungraded : proposed->ungraded()) {
    EXPECT_EQ(ungraded.reason(), ungraded.post() == "units/a/posts/desk"
                                     ? v1::UngradedPost::REASON_VACANT
                                     : v1::UngradedPost::REASON_NO_APPROVED_SELF_CHECK);
  }
  // Nothing changed: nothing is written.
  const auto again = Propose();
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->grades_size(), 0);
  EXPECT_EQ(again->ungraded_size(), 4);
  EXPECT_FALSE(again->has_position());
  EXPECT_THAT(Propose("nowhere"), FailsWith(ERROR_REASON_POLICY_NOT_FOUND));

  const v1::Review review = GetReview("buyer-2026-g1");
  EXPECT_EQ(review.revision_digest(), grade.revision_digest());
  auto& superior = Superior("superior_office");
  EXPECT_THAT(Decide(superior, Verdict(review, v1::DECISION_APPROVE)),
              FailsWith(ERROR_REASON_NOT_REVIEWER));
  ASSERT_THAT(Decide(As("secretary", {"leading_group"}), Verdict(review, v1::DECISION_APPROVE)),
              IsOk());
  EXPECT_EQ(GetGrade("buyer-2026").state(), v1::GRADE_STATE_SUPERIOR_REVIEW);
  ASSERT_THAT(Decide(superior, Verdict(review, v1::DECISION_APPROVE, "同意")), IsOk());
  const v1::Grade confirmed = GetGrade("buyer-2026");
  EXPECT_EQ(confirmed.state(), v1::GRADE_STATE_CONFIRMED);
  EXPECT_TRUE(confirmed.has_school_review_time());
  EXPECT_TRUE(confirmed.has_confirm_time());
  // A confirmed grade with unchanged inputs stays.
  EXPECT_EQ(Propose()->grades_size(), 0);
  // Another policy is another input.
  const auto other = Propose("scheme-2013-count");
  ASSERT_THAT(other, IsOk());
  ASSERT_EQ(other->grades_size(), 1);
  EXPECT_EQ(other->grades(0).revision(), 2);
  EXPECT_FALSE(other->grades(0).has_confirm_time());
}

TEST_F(GradingApiTest, AnOverrideReplacesTheReview) {
  Form("clerk", risk::v1::SELF_CHECK_STATE_APPROVED);
  ASSERT_THAT(Propose(), IsOk());
  const auto request = [&](RiskLevel level, const std::string& reason) {
    v1::OverrideGradeRequest override;
    override.set_name("units/a/grades/clerk-2026");
    override.set_level(level);
    override.set_reason(reason);
    override.set_request_id(server_->RequestId());
    return override;
  };
  const auto call = [&](client::Client& client, const v1::OverrideGradeRequest& override) {
    return testing::Call<v1::GradingService>(client, &Grading::OverrideGrade, override);
  };
  EXPECT_THAT(call(As("clerk", {"control_office"}), request(RISK_LEVEL_HIGH, "")),
              FailsWith(ERROR_REASON_OWN_RECORD));
  const auto raised = call(Office(), request(RISK_LEVEL_HIGH, "经手印章"));
  ASSERT_THAT(raised, IsOk());
  EXPECT_EQ(raised->grade().level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(raised->grade().review(), "units/a/reviews/clerk-2026-g2");
  const v1::Review earlier = GetReview("clerk-2026-g1");
  EXPECT_EQ(earlier.state(), v1::REVIEW_STATE_WITHDRAWN);
  EXPECT_THAT(Decide(As("principal", {"leading_group"}), Verdict(earlier, v1::DECISION_APPROVE)),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(call(Office(), request(RISK_LEVEL_MEDIUM, "")),
              FailsWith(ERROR_REASON_REASON_REQUIRED));
  ASSERT_THAT(Decide(As("principal", {"leading_group"}),
                     Verdict(GetReview("clerk-2026-g2"), v1::DECISION_RETURN, "再议")),
              IsOk());
  EXPECT_EQ(GetGrade("clerk-2026").state(), v1::GRADE_STATE_RETURNED);
  EXPECT_EQ(GetGrade("clerk-2026").review_comment(), "再议");
  // What was sent back is proposed again.
  const auto proposed = Propose();
  ASSERT_THAT(proposed, IsOk());
  ASSERT_EQ(proposed->grades_size(), 1);
  EXPECT_EQ(proposed->grades(0).revision(), 3);
  EXPECT_EQ(proposed->grades(0).level(), RISK_LEVEL_LOW);
}

TEST_F(GradingApiTest, NobodyLeftToReviewIsSaidAndChangesNothing) {
  // Both leaders hold the one post that is graded.
  personnel::v1::Appointment second;
  second.set_name("units/a/appointments/secretary-2");
  second.set_person(PersonName("secretary"));
  second.set_post("units/a/posts/principal");
  second.mutable_start_date()->set_year(2020);
  second.mutable_start_date()->set_month(9);
  second.mutable_start_date()->set_day(1);
  second.set_state(personnel::v1::RECORD_STATE_ACTIVE);
  Put(personnel_, directory::AppointmentKind(), second);
  Form("principal", risk::v1::SELF_CHECK_STATE_APPROVED);
  risk::v1::SelfCheck form;
  form.set_name("units/a/selfChecks/second");
  form.set_person(PersonName("secretary"));
  form.set_post("units/a/posts/principal");
  form.set_year(2026);
  form.set_state(risk::v1::SELF_CHECK_STATE_APPROVED);
  Put(risk_, SelfChecks(), form);
  EXPECT_THAT(Propose(), FailsWith(ERROR_REASON_NO_REVIEWER));
}

TEST_F(GradingApiTest, StatelessMethods) {
  auto& oa = server_->As("services/oa", {"integration"}, {});
  v1::BatchGradePostsRequest batch;
  batch.add_profiles()->add_functions(POST_FUNCTION_FINANCE);
  batch.add_profiles()->add_functions(static_cast<PostFunction>(77));
  batch.add_profiles()->set_post("third");
  const auto results = testing::Call<v1::GradingService>(oa, &Grading::BatchGradePosts, batch);
  ASSERT_THAT(results, IsOk());
  ASSERT_EQ(results->results_size(), 3);
  EXPECT_EQ(results->results(0).grade().level(), RISK_LEVEL_HIGH);
  EXPECT_TRUE(results->results(1).has_error());
  EXPECT_THAT(FromRpcStatus(results->results(1).error()),
              FailsWith(ERROR_REASON_UNKNOWN_ENUM_VALUE));
  EXPECT_EQ(results->results(2).grade().level(), RISK_LEVEL_LOW);
  EXPECT_EQ(results->results(2).grade().post(), "third");
  batch.set_policy("nowhere");
  EXPECT_THAT(testing::Call<v1::GradingService>(oa, &Grading::BatchGradePosts, batch),
              FailsWith(ERROR_REASON_POLICY_NOT_FOUND));
  EXPECT_THAT(testing::Call<v1::GradingService>(oa, &Grading::BatchGradePosts,
                                                v1::BatchGradePostsRequest()),
              FailsWith(ERROR_REASON_REQUIRED_FIELD));

  v1::AssessRiskRequest assess;
  assess.mutable_factors()->set_likelihood(risk::v1::LIKELIHOOD_CERTAIN);
  EXPECT_THAT(testing::Call<v1::GradingService>(oa, &Grading::AssessRisk, assess),
              FailsWith(ERROR_REASON_REQUIRED_FIELD));
  assess.mutable_factors()->set_consequence(risk::v1::CONSEQUENCE_MAJOR);
  const auto risk = testing::Call<v1::GradingService>(oa, &Grading::AssessRisk, assess);
  ASSERT_THAT(risk, IsOk());
  EXPECT_EQ(risk->score(), 1000);
  const auto policy =
      testing::Call<v1::GradingService>(oa, &Grading::GetPolicy, v1::GetPolicyRequest());
  ASSERT_THAT(policy, IsOk());
  EXPECT_EQ(policy->policy().id(), "scheme-2013");

  const auto stub = v1::GradingService::NewStub(oa.channel());
  grpc::ClientContext context;
  ASSERT_THAT(oa.Prepare(context, absl::Seconds(20)), IsOk());
  const auto stream = stub->StreamGradePosts(&context);
  v1::StreamGradePostsResponse answer;
  for (int i = 0; i < 3; ++i) {
    v1::StreamGradePostsRequest message;
    message.mutable_profile()->set_post(absl::StrCat("post-", i));
    if (i == 1) message.mutable_profile()->add_functions(POST_FUNCTION_UNSPECIFIED);
    ASSERT_TRUE(stream->Write(message));
    ASSERT_TRUE(stream->Read(&answer));
    EXPECT_EQ(answer.result().has_error(), i == 1);
    if (i != 1) {
      EXPECT_EQ(answer.result().grade().post(), absl::StrCat("post-", i));
    }
  }
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace lianfang::grading
