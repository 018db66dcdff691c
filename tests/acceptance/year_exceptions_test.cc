// What the scheme does not speak of and every school has: places that are vacant, people on leave,
// two posts in one hand, two hands at one post.
#include <string>

#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

class ExceptionTest : public YearTest {
 protected:
  grading::v1::UngradedPost::Reason WhyUngraded(const std::string& post) {
    const auto proposed_now = Must(ProposeGrades());
    for (const auto& ungraded : proposed_now.ungraded()) {
      if (ungraded.post() == Post(post)) return ungraded.reason();
    }
    return grading::v1::UngradedPost::REASON_UNSPECIFIED;
  }
  // A measure of the buyer, handed in.
  risk::v1::Submission HandInBuyersMeasure() {
    const std::string point = PointOf("buyer");
    Must(Propose(As("buyer"), "m", point, "buyer"));
    return Must(HandIn(As("buyer"), risk::v1::SUBMISSION_KIND_POST_MEASURES, Post("buyer")));
  }
};

// 「覆盖所有岗位的廉政风险防范机制」
// RPCs: PersonnelService.CreatePost, GradingService.ProposeGrades,
// CampaignService.ListCampaignTasks, ResponsibilityService.DraftLetters
TEST_F(ExceptionTest, AVacantPostIsNamedAndHoldsNobodyUp) {
  On(6, 20);
  AddPost("driver", "驾驶员", "supply");
  ConfirmGradesOf({"buyer"});
  EXPECT_EQ(WhyUngraded("driver"), grading::v1::UngradedPost::REASON_VACANT);
  for (const auto& piece : Pieces("self-checks")) EXPECT_NE(piece.subject(), Post("driver"));
  bool letterless = false;
  const auto drafted = DraftLetters();
  for (const auto& subject : drafted.letterless()) {
    letterless |= subject.subject() == Post("driver") &&
                  subject.reason() == grading::v1::LetterlessSubject::REASON_VACANT;
  }
  EXPECT_TRUE(letterless);
  // Once somebody takes it up, his form is expected.
  Appoint("storekeeper", "driver", Day(kYear, 6, 20));
  EXPECT_EQ(WhyUngraded("driver"), grading::v1::UngradedPost::REASON_NO_APPROVED_SELF_CHECK);
  bool expected = false;
  for (const auto& piece : Pieces("self-checks")) {
    expected |= piece.subject() == Post("driver") && piece.person() == Person("storekeeper");
  }
  EXPECT_TRUE(expected);
}

// 「经分管科室领导审核后」
// RPCs: PersonnelService.UpdatePerson, ReviewService.GetReview, ReviewService.ListReviewTasks,
// ReviewService.Decide
TEST_F(ExceptionTest, WhoeverIsOnLeaveIsStoodInForAndTakesOverAgain) {
  On(9, 1);
  GoOnLeave("vp-logistics", Day(kYear, 9, 2), Day(kYear, 9, 10));
  const auto form = HandInBuyersMeasure();
  ApproveSteps(form.review(), 1);
  EXPECT_THAT(Inbox(As("vp-logistics")), ElementsAre(form.name())) << "still there today";
  On(9, 2);
  const auto step = ReviewNamed(form.review()).steps(1);
  EXPECT_EQ(step.role(), grading::v1::REVIEWER_ROLE_PRINCIPAL);
  EXPECT_EQ(step.stood_in_for(), grading::v1::REVIEWER_ROLE_VICE_PRINCIPAL);
  EXPECT_THAT(Approve(As("vp-logistics"), form.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
  EXPECT_THAT(Inbox(As("vp-logistics")), ElementsAre());
  EXPECT_THAT(Inbox(principal()), Contains(form.name()));
  On(9, 11);
  EXPECT_THAT(Approve(principal(), form.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
  EXPECT_THAT(Approve(As("vp-logistics"), form.review()), IsOk()) << "back again";
}

// 「科室全体人员」
// RPCs: PersonnelService.UpdatePerson, ReviewService.AddOpinion, ReviewService.Decide
TEST_F(ExceptionTest, WhoeverIsOnLeaveDoesNotCountAgainstTheQuorum) {
  On(9, 1);
  GoOnLeave("storekeeper", Day(kYear, 9, 1), Day(kYear, 9, 10));
  const auto form = HandInBuyersMeasure();
  EXPECT_EQ(Ids(ReviewNamed(form.review()).steps(0).assignees()),
            (std::set<std::string>{"supply-head"}));
  EXPECT_THAT(Opine(As("storekeeper"), form.review(), grading::v1::STANCE_AGREE),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  ASSERT_THAT(Opine(head("supply"), form.review(), grading::v1::STANCE_AGREE), IsOk());
  EXPECT_THAT(Approve(head("supply"), form.review()), IsOk());
}

// 「从学校领导至每位教职员工，都要依据目前的岗位职责」
// RPCs: PersonnelService.CreateAppointment, RiskService.CreateSelfCheck,
// GradingService.ProposeGrades
TEST_F(ExceptionTest, APersonWithTwoPostsWritesAFormForEach) {
  On(5, 20);
  Appoint("storekeeper", "cashier", Day(kYear, 5, 1));
  HandInSelfCheck("storekeeper");
  auto second = NewSelfCheck("storekeeper");
  second.set_self_check_id("sc-second");
  EXPECT_THAT(Call(As("storekeeper"), &RiskStub::CreateSelfCheck, second),
              FailsWith(ERROR_REASON_RESOURCE_EXISTS))
      << "one a post";
  second.clear_request_id();
  second.mutable_self_check()->set_post(Post("buyer"));
  EXPECT_THAT(Call(As("storekeeper"), &RiskStub::CreateSelfCheck, second), Not(IsOk()))
      << "not his post";
  second.mutable_self_check()->set_post(Post("cashier"));
  const auto created = Call(As("storekeeper"), &RiskStub::CreateSelfCheck, second);
  ASSERT_THAT(created, IsOk());
  std::set<std::string> posts;
  for (const auto& piece : Pieces("self-checks")) {
    if (piece.person() == Person("storekeeper")) posts.insert(piece.subject());
  }
  EXPECT_EQ(posts, (std::set<std::string>{Post("cashier"), Post("storekeeper")}));
}

// 「校主要负责人的岗位风险由分管厅领导审核」
// RPCs: PersonnelService.CreateAppointment, ReviewService.GetReview, ReviewService.Decide,
// RiskService.GetSelfCheck
TEST_F(ExceptionTest, WhoeverBecomesAPrincipalIsReviewedByTheSuperiorFromThatDayOn) {
  On(5, 20);
  const auto form = HandInSelfCheck("vp-logistics");
  ASSERT_EQ(ReviewNamed(form.review()).steps(0).role(), grading::v1::REVIEWER_ROLE_PRINCIPAL);
  Appoint("vp-logistics", "principal", Day(kYear, 5, 20));
  const auto review = ReviewNamed(form.review());
  ASSERT_EQ(review.steps_size(), 1);
  EXPECT_EQ(review.steps(0).role(), grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER);
  EXPECT_THAT(Approve(principal(), form.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
  EXPECT_THAT(Approve(As("vp-logistics"), form.review()), FailsWith(ERROR_REASON_OWN_RECORD));
  ASSERT_THAT(Approve(superior_leader(), form.review()), IsOk());
  EXPECT_EQ(SelfCheckOf("vp-logistics").state(), risk::v1::SELF_CHECK_STATE_APPROVED);
}

// 「从学校领导至每位教职员工」
// RPCs: RiskService.SubmitSelfCheck, GradingService.ProposeGrades, RiskService.CreateSubmission
TEST_F(ExceptionTest, APostWithTwoHoldersNeedsTheFormOfBoth) {
  On(6, 20);
  ApproveSelfCheck("teacher-a");
  EXPECT_EQ(WhyUngraded("teacher"), grading::v1::UngradedPost::REASON_NO_APPROVED_SELF_CHECK);
  ApproveSelfCheck("teacher-b");
  EXPECT_EQ(WhyUngraded("teacher"), grading::v1::UngradedPost::REASON_UNSPECIFIED);
  EXPECT_EQ(ConfirmGrade("teacher").level(), RISK_LEVEL_LOW);
  EXPECT_EQ(Ids(SignOf(Post("teacher")).responsible()),
            (std::set<std::string>{"teacher-a", "teacher-b"}));
  // A measure of the post is both holders' own: neither discusses it.
  Must(Propose(As("teacher-a"), "m", Named("riskPoints", "sc-teacher-b-1"), "teacher"));
  const auto form =
      Must(HandIn(As("teacher-b"), risk::v1::SUBMISSION_KIND_POST_MEASURES, Post("teacher")));
  EXPECT_EQ(Ids(ReviewNamed(form.review()).steps(0).assignees()),
            (std::set<std::string>{"registrar", "teaching-head"}));
  EXPECT_THAT(Opine(As("teacher-a"), form.review(), grading::v1::STANCE_AGREE),
              FailsWith(ERROR_REASON_OWN_RECORD));
}

// 「由科室负责人填报有关表格」
// RPCs: PersonnelService.UpdateDepartment, RiskService.CreateSubmission, ReviewService.AddOpinion,
// ResponsibilityService.DraftLetters
TEST_F(ExceptionTest, ADepartmentWithoutAHeadIsActedForByTheLeaderInCharge) {
  On(6, 20);
  ConfirmGradesOf({"buyer"});
  const std::string point = RegisterPoint("stock", "supply");
  SetHead("supply", "");
  EXPECT_THAT(
      HandIn(head("supply"), risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES, Department("supply")),
      FailsWith(ERROR_REASON_NOT_RECORD_OWNER))
      << "he is head no longer";
  // Whoever hands the form in for the department does not review it: the principal does.
  Must(Propose(As("vp-logistics"), "m", point, "storekeeper"));
  const auto form = Must(HandIn(As("vp-logistics"), risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES,
                                Department("supply")));
  EXPECT_THAT(Approve(As("vp-logistics"), form.review()), FailsWith(ERROR_REASON_OWN_RECORD));
  ASSERT_THAT(Approve(principal(), form.review()), IsOk());
  // The joint review of a post is convened by the leader in charge.
  Must(Propose(As("buyer"), "own", Named("riskPoints", "sc-buyer-1"), "buyer"));
  const auto own =
      Must(HandIn(As("buyer"), risk::v1::SUBMISSION_KIND_POST_MEASURES, Post("buyer")));
  EXPECT_EQ(Ids(ReviewNamed(own.review()).steps(0).convenors()),
            (std::set<std::string>{"vp-logistics"}));
  // A letter goes to the next above.
  bool vacant = false;
  const auto drafted = DraftLetters();
  for (const auto& subject : drafted.letterless()) {
    vacant |= subject.subject() == Department("supply") &&
              subject.reason() == grading::v1::LetterlessSubject::REASON_VACANT;
  }
  EXPECT_TRUE(vacant);
  EXPECT_THAT(LetterOf("buyer").party_a(), ElementsAre(Person("vp-logistics")));
}

// 「经组织严格审核把关后」
// RPCs: PersonnelService.ArchiveLeadingGroupMember, RiskService.CreateSubmission
TEST_F(ExceptionTest, AFormThatNobodyCouldReviewIsRefusedWhenItIsHandedIn) {
  On(6, 1);
  DraftRiskPoint("decisions", "");
  KeepInLeadingGroup({});
  const auto refused = HandIn(office(), risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS, kUnit);
  EXPECT_THAT(refused, FailsWith(ERROR_REASON_NO_REVIEWER));
  EXPECT_EQ(RiskPointOf(Named("riskPoints", "decisions")).state(), risk::v1::RISK_POINT_STATE_DRAFT)
      << "it is not lost, and can be handed in when the directory is complete";
}

}  // namespace
}  // namespace lianfang::acceptance
