// Phase 3, measures of the school and of its leaders.
#include <string>

#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using ::testing::Contains;

const std::set<std::string> kCadres = {"secretary",         "principal",   "vp-teaching",
                                       "vp-logistics",      "supply-head", "finance-head",
                                       "party-office-head", "moral-head",  "teaching-head"};

class SchoolMeasureTest : public YearTest {
 protected:
  // A measure of the school, handed in by the control office.
  risk::v1::Submission HandInSchoolMeasure() {
    On(7, 1);
    const std::string point = RegisterPoint("decisions", "");
    On(9, 1);
    measure_ = Must(Propose(principal(), "minutes", point, "principal")).name();
    return Must(HandIn(office(), risk::v1::SUBMISSION_KIND_UNIT_MEASURES, kUnit));
  }
  std::set<std::string> Without(const std::string& person) {
    std::set<std::string> others = kCadres;
    others.erase(person);
    return others;
  }

  std::string measure_;
};

// 「针对学校风险，由校领导班子围绕决策、执行过程和监督、检查、考核等关键环节，研究制定具体防控措施和相关工作程序」
// RPCs: RiskService.CreateMeasure, RiskService.CreateSubmission
TEST_F(SchoolMeasureTest, TheLeadershipDrawsUpTheSchoolsMeasures) {
  On(7, 1);
  const std::string point = RegisterPoint("decisions", "");
  On(9, 1);
  EXPECT_THAT(Propose(head("supply"), "minutes", point, "principal"),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  ASSERT_THAT(Propose(principal(), "minutes", point, "principal"), IsOk());
  EXPECT_THAT(HandIn(head("supply"), risk::v1::SUBMISSION_KIND_UNIT_MEASURES, kUnit),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  const auto form = HandIn(principal(), risk::v1::SUBMISSION_KIND_UNIT_MEASURES, kUnit);
  ASSERT_THAT(form, IsOk());
  EXPECT_EQ(form->items_size(), 1);
  EXPECT_EQ(ReviewNamed(form->review()).owner_kind(), grading::v1::OWNER_KIND_UNIT);
}

// 「召开中层以上干部会议，进行联查和综合评议」
// RPCs: ReviewService.AddOpinion, ReviewService.Decide
TEST_F(SchoolMeasureTest, TheCadresMeetOverTheSchoolsMeasures) {
  const auto form = HandInSchoolMeasure();
  const auto review = ReviewNamed(form.review());
  ASSERT_EQ(review.steps_size(), 2);
  ASSERT_EQ(review.steps(0).kind(), grading::v1::STEP_KIND_JOINT_REVIEW);
  EXPECT_EQ(Ids(review.steps(0).assignees()), kCadres);
  EXPECT_THAT(Opine(As("buyer"), review.name(), grading::v1::STANCE_AGREE),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));

  // Nine members: at 67 of a hundred, six are no quorum and seven are.
  int spoken = 0;
  for (const std::string& cadre : kCadres) {
    if (++spoken == 7) {
      EXPECT_THAT(Approve(office(), review.name()), FailsWith(ERROR_REASON_QUORUM_NOT_REACHED));
    }
    ASSERT_THAT(Opine(As(cadre), review.name(), grading::v1::STANCE_AGREE), IsOk());
    if (spoken == 7) break;
  }
  EXPECT_THAT(Approve(principal(), review.name()), FailsWith(ERROR_REASON_NOT_REVIEWER))
      << "the office keeps the meeting's record";
  const auto concluded = Approve(office(), review.name());
  ASSERT_THAT(concluded, IsOk());
  EXPECT_EQ(concluded->opinions_size(), 7);
  EXPECT_EQ(MeasureOf(measure_).state(), risk::v1::MEASURE_STATE_IN_REVIEW);
}

// 「学校及主要负责人防控措施由厅分管领导审核后，9月30日前报厅防控办」
// RPCs: ReviewService.Decide, RiskService.GetMeasure
TEST_F(SchoolMeasureTest, TheSuperiorReviewsTheSchoolsAndThePrincipalsMeasures) {
  const auto form = HandInSchoolMeasure();
  EXPECT_THAT(Approve(superior_leader(), form.review()), FailsWith(ERROR_REASON_NOT_REVIEWER))
      << "the meeting comes first";
  ApproveSteps(form.review(), 1);
  EXPECT_THAT(Approve(principal(), form.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
  EXPECT_THAT(Approve(superior_office(), form.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
  ASSERT_THAT(Approve(superior_leader(), form.review()), IsOk());
  EXPECT_EQ(MeasureOf(measure_).state(), risk::v1::MEASURE_STATE_FILED);

  // Both who share the overall responsibility: neither for himself, nor one for the other.
  for (const std::string person : {"principal", "secretary"}) {
    const std::string other = person == "principal" ? "secretary" : "principal";
    const std::string point = PointOf(person);
    const auto own = Must(Propose(As(person), "own-" + person, point, person));
    const auto handed =
        Must(HandIn(As(person), risk::v1::SUBMISSION_KIND_POST_MEASURES, Post(person)));
    const auto review = ReviewNamed(handed.review());
    ASSERT_EQ(review.steps_size(), 2) << person;
    // The meeting looks at the leaders' measures too; nobody sits in it over his own.
    EXPECT_EQ(review.steps(0).kind(), grading::v1::STEP_KIND_JOINT_REVIEW);
    EXPECT_EQ(Ids(review.steps(0).assignees()), Without(person));
    EXPECT_EQ(review.steps(1).role(), grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER);
    EXPECT_THAT(Approve(As(person), handed.review()), FailsWith(ERROR_REASON_OWN_RECORD));
    EXPECT_THAT(Approve(superior_leader(), handed.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
    ApproveSteps(handed.review(), 1);
    EXPECT_THAT(Approve(As(other), handed.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
    EXPECT_THAT(Approve(office(), handed.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
    // A person of the school is not its superior, whatever his token says.
    EXPECT_THAT(Approve(With(Person(other), {"superior_leader"}), handed.review()),
                FailsWith(ERROR_REASON_NOT_REVIEWER));
    ASSERT_THAT(Approve(superior_leader(), handed.review()), IsOk());
    EXPECT_EQ(MeasureOf(own.name()).state(), risk::v1::MEASURE_STATE_FILED);
  }
}

// 「针对学校领导干部自查出的风险点、防范举措以及科室、学校自查、评查的所有风险点和防范举措，召开中层以上干部会议」
// RPCs: ReviewService.AddOpinion, ReviewService.Decide, RiskService.GetMeasure
TEST_F(SchoolMeasureTest, AVicePrincipalsOwnMeasuresGoOverTheMeetingToThePrincipal) {
  On(6, 1);
  const std::string point = PointOf("vp-logistics");
  On(9, 1);
  const auto own = Must(Propose(As("vp-logistics"), "m", point, "vp-logistics"));
  const auto form = Must(
      HandIn(As("vp-logistics"), risk::v1::SUBMISSION_KIND_POST_MEASURES, Post("vp-logistics")));
  const auto review = ReviewNamed(form.review());
  ASSERT_EQ(review.steps_size(), 3);
  EXPECT_EQ(review.steps(0).kind(), grading::v1::STEP_KIND_JOINT_REVIEW);
  EXPECT_EQ(Ids(review.steps(0).assignees()), Without("vp-logistics"));
  EXPECT_EQ(Ids(review.steps(1).assignees()), (std::set<std::string>{"principal", "secretary"}));
  EXPECT_THAT(Opine(As("vp-logistics"), form.review(), grading::v1::STANCE_AGREE),
              FailsWith(ERROR_REASON_OWN_RECORD));
  ApproveSteps(form.review(), 1);
  EXPECT_THAT(Approve(As("vp-logistics"), form.review()), FailsWith(ERROR_REASON_OWN_RECORD));
  EXPECT_THAT(Approve(As("vp-teaching"), form.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
  ASSERT_THAT(Approve(principal(), form.review()), IsOk());
  ASSERT_THAT(Approve(office(), form.review()), IsOk());
  EXPECT_EQ(MeasureOf(own.name()).state(), risk::v1::MEASURE_STATE_FILED);
}

// 「统一以流程图或表格等形式10月5日前在一定范围内予以公开」
// RPCs: PublicityService.CreatePublication, RiskService.GetMeasure,
// CampaignService.ListCampaignTasks
TEST_F(SchoolMeasureTest, FiledMeasuresAreMadePublic) {
  const auto form = HandInSchoolMeasure();
  const auto request = NewPublication(reporting::v1::PUBLICATION_KIND_MEASURES, {measure_});
  EXPECT_THAT(Call(office(), &PublicityStub::CreatePublication, request),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION))
      << "not before it is filed";
  ApproveSteps(form.review());
  On(10, 4);
  EXPECT_THAT(Call(head("supply"), &PublicityStub::CreatePublication, request),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  const auto created = Call(office(), &PublicityStub::CreatePublication, request);
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->publication().scope(), PUBLICITY_SCOPE_LIMITED);
  EXPECT_EQ(MeasureOf(measure_).state(), risk::v1::MEASURE_STATE_PUBLICISED);
  const auto pieces = Pieces("measure-publication");
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_EQ(pieces[0].state(), reporting::v1::TASK_STATE_DONE);
  EXPECT_FALSE(pieces[0].late());
}

}  // namespace
}  // namespace lianfang::acceptance
