// Phase 3, 「1.针对自查风险制定防范措施」: measures of posts and departments.
#include <string>

#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

class MeasureTest : public YearTest {
 protected:
  // A measure of the buyer against a risk of his post, handed in on the first of September.
  risk::v1::Submission HandInBuyersMeasure() {
    On(5, 20);
    const std::string point = PointOf("buyer");
    On(9, 1);
    measure_ = Must(Propose(As("buyer"), "two-quotes", point, "buyer")).name();
    return Must(HandIn(As("buyer"), risk::v1::SUBMISSION_KIND_POST_MEASURES, Post("buyer")));
  }
  // The same with the joint review behind it.
  risk::v1::Submission HandInAndDiscuss() {
    auto form = HandInBuyersMeasure();
    ApproveSteps(form.review(), 1);
    return form;
  }

  std::string measure_;
};

// 「针对岗位风险，由本人对照与岗位职责、业务工作相关的各项法规制度，提出防控风险的具体措施和办法」
// RPCs: RiskService.CreateMeasure, RiskService.UpdateMeasure, RiskService.CreateSubmission
TEST_F(MeasureTest, TheHolderHimselfProposesAgainstTheRisksOfHisPost) {
  On(5, 20);
  const std::string point = PointOf("buyer");
  On(7, 16);
  EXPECT_THAT(Propose(As("storekeeper"), "m", point, "buyer"),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(HandIn(As("buyer"), risk::v1::SUBMISSION_KIND_POST_MEASURES, Post("buyer")),
              FailsWith(ERROR_REASON_NOTHING_TO_SUBMIT));
  const auto measure = Must(Propose(As("buyer"), "m", point, "buyer"));
  EXPECT_EQ(measure.state(), risk::v1::MEASURE_STATE_PROPOSED);
  EXPECT_THAT(HandIn(As("storekeeper"), risk::v1::SUBMISSION_KIND_POST_MEASURES, Post("buyer")),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));

  const auto form =
      Must(HandIn(As("buyer"), risk::v1::SUBMISSION_KIND_POST_MEASURES, Post("buyer")));
  ASSERT_EQ(form.items_size(), 1);
  EXPECT_EQ(form.items(0).name(), measure.name());
  EXPECT_EQ(MeasureOf(measure.name()).state(), risk::v1::MEASURE_STATE_IN_REVIEW);
  risk::v1::UpdateMeasureRequest update;
  update.mutable_measure()->set_name(measure.name());
  update.mutable_measure()->set_content("改为三家比价。");
  update.mutable_update_mask()->add_paths("content");
  EXPECT_THAT(Call(As("buyer"), &RiskStub::UpdateMeasure, update),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION))
      << "what is being discussed does not change underneath";
}

// 「通过前期预防、中期监控、后期处置等措施，对可能发生的腐败行为实施有效控制」
// RPCs: RiskService.CreateMeasure, ReportingService.GetStatistics
TEST_F(MeasureTest, EveryMeasureWorksAtOneOfThreeStages) {
  On(5, 20);
  const std::string point = PointOf("buyer");
  On(8, 1);
  auto request = NewMeasure("m0", point, "buyer");
  request.mutable_measure()->clear_stage();
  EXPECT_THAT(Call(As("buyer"), &RiskStub::CreateMeasure, request),
              FailsWith(ERROR_REASON_REQUIRED_FIELD));
  for (const auto stage : {MEASURE_STAGE_EARLY_PREVENTION, MEASURE_STAGE_INTERIM_MONITORING,
                           MEASURE_STAGE_LATER_DISPOSAL}) {
    request.set_measure_id(absl::StrCat("m", stage));
    request.mutable_measure()->set_stage(stage);
    ASSERT_THAT(Call(As("buyer"), &RiskStub::CreateMeasure, request), IsOk());
  }
  HandInAndApprove(As("buyer"), risk::v1::SUBMISSION_KIND_POST_MEASURES, Post("buyer"));
  const auto total = Statistics().total();
  EXPECT_EQ(total.measure_count(), 3);
  ASSERT_EQ(total.measures_by_stage_size(), 3);
  for (const auto& stage : total.measures_by_stage()) EXPECT_EQ(stage.count(), 1);
}

// 「科室全体人员联查和综合评议」
// RPCs: ReviewService.AddOpinion, ReviewService.Decide, ReviewService.ListReviewTasks
TEST_F(MeasureTest, TheWholeDepartmentDiscussesIt) {
  const auto form = HandInBuyersMeasure();
  const auto review = ReviewNamed(form.review());
  ASSERT_EQ(review.steps_size(), 3);
  EXPECT_EQ(review.steps(0).kind(), grading::v1::STEP_KIND_JOINT_REVIEW);
  EXPECT_EQ(Ids(review.steps(0).assignees()),
            (std::set<std::string>{"storekeeper", "supply-head"}));
  EXPECT_THAT(Inbox(As("storekeeper")), ElementsAre(form.name()));

  EXPECT_THAT(Opine(As("buyer"), review.name(), grading::v1::STANCE_AGREE),
              FailsWith(ERROR_REASON_OWN_RECORD));
  EXPECT_THAT(Opine(As("cashier"), review.name(), grading::v1::STANCE_AGREE),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND))
      << "of another department";
  EXPECT_THAT(Opine(As("storekeeper"), review.name(), grading::v1::STANCE_DISAGREE),
              FailsWith(ERROR_REASON_REASON_REQUIRED));
  ASSERT_THAT(
      Opine(As("storekeeper"), review.name(), grading::v1::STANCE_DISAGREE, "没有说由谁比价"),
      IsOk());
  EXPECT_THAT(Inbox(As("storekeeper")), ElementsAre());

  EXPECT_THAT(Approve(head("supply"), review.name()), FailsWith(ERROR_REASON_QUORUM_NOT_REACHED));
  ASSERT_THAT(Opine(head("supply"), review.name(), grading::v1::STANCE_AGREE), IsOk());
  EXPECT_THAT(Approve(head("supply"), review.name()), FailsWith(ERROR_REASON_NOT_AGREED));
  // A member who has been convinced says so; his opinion takes the place of the first.
  const auto convinced = Opine(As("storekeeper"), review.name(), grading::v1::STANCE_AGREE);
  ASSERT_THAT(convinced, IsOk());
  EXPECT_EQ(convinced->opinions_size(), 2);
  EXPECT_THAT(Approve(As("vp-logistics"), review.name()), FailsWith(ERROR_REASON_NOT_REVIEWER))
      << "the head convenes it";
  const auto concluded = Approve(head("supply"), review.name());
  ASSERT_THAT(concluded, IsOk());
  EXPECT_EQ(concluded->current_step(), 1);
  EXPECT_EQ(concluded->opinions_size(), 2);
}

// 「经分管科室领导审核后，填入表格相应栏目」
// RPCs: ReviewService.Decide, RiskService.UpdateMeasure, RiskService.CreateSubmission
TEST_F(MeasureTest, TheLeaderInChargeReviewsAndMayReturnIt) {
  const auto form = HandInAndDiscuss();
  EXPECT_THAT(Approve(As("vp-teaching"), form.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
  EXPECT_THAT(Return(As("vp-logistics"), form.review(), ""),
              FailsWith(ERROR_REASON_REASON_REQUIRED));
  ASSERT_THAT(Return(As("vp-logistics"), form.review(), "请写明比价的起点金额"), IsOk());
  const auto returned = MeasureOf(measure_);
  EXPECT_EQ(returned.state(), risk::v1::MEASURE_STATE_RETURNED);
  EXPECT_EQ(returned.review_comment(), "请写明比价的起点金额");

  risk::v1::UpdateMeasureRequest update;
  update.mutable_measure()->set_name(measure_);
  update.mutable_measure()->set_content("五百元以上的采购由两人询价，比价单存档。");
  update.mutable_update_mask()->add_paths("content");
  ASSERT_THAT(Call(As("buyer"), &RiskStub::UpdateMeasure, update), IsOk());
  const auto again =
      HandInAndApprove(As("buyer"), risk::v1::SUBMISSION_KIND_POST_MEASURES, Post("buyer"));
  EXPECT_EQ(again.revision(), 2);
  EXPECT_NE(again.revision_digest(), form.revision_digest());
  const auto filed = MeasureOf(measure_);
  EXPECT_EQ(filed.state(), risk::v1::MEASURE_STATE_FILED);
  EXPECT_EQ(filed.revision(), 2);

  // In the column of the form: with the risk that it is against.
  Must(ProposeGrades());
  ConfirmGrade("buyer");
  reporting::v1::GetRiskSummaryRequest summary;
  summary.set_unit(kUnit);
  summary.set_department(Department("supply"));
  summary.set_year(kYear);
  bool found = false;
  const auto table = Must(Call(office(), &ReportingStub::GetRiskSummary, summary));
  for (const auto& row : table.rows()) {
    if (row.risk_point() != filed.risk_point()) continue;
    ASSERT_EQ(row.measures_size(), 1);
    EXPECT_EQ(row.measures(0).content(), "五百元以上的采购由两人询价，比价单存档。");
    found = true;
  }
  EXPECT_TRUE(found);
}

// 「9月20日报学校防控办备案」
// RPCs: ReviewService.Decide, RiskService.GetMeasure, CampaignService.ListCampaignTasks
TEST_F(MeasureTest, TheControlOfficeFilesItAndLateIsFlaggedNotRefused) {
  const auto form = HandInAndDiscuss();
  EXPECT_THAT(Approve(office(), form.review()), FailsWith(ERROR_REASON_NOT_REVIEWER))
      << "not before the leader in charge";
  ASSERT_THAT(Approve(As("vp-logistics"), form.review()), IsOk());
  EXPECT_EQ(MeasureOf(measure_).state(), risk::v1::MEASURE_STATE_IN_REVIEW);
  EXPECT_THAT(Inbox(office()), Contains(form.name()));
  EXPECT_EQ(ReviewNamed(form.review()).steps(2).kind(), grading::v1::STEP_KIND_FILING);
  ASSERT_THAT(Approve(office(), form.review()), IsOk());
  EXPECT_EQ(MeasureOf(measure_).state(), risk::v1::MEASURE_STATE_FILED);

  const std::string point = PointOf("storekeeper");
  On(9, 21, 0);
  FilePostMeasure("late", "storekeeper", point);
  int seen = 0;
  for (const auto& piece : Pieces("post-measures")) {
    if (piece.subject() == Post("buyer")) {
      EXPECT_FALSE(piece.late());
      ++seen;
    }
    if (piece.subject() == Post("storekeeper")) {
      EXPECT_TRUE(piece.late());
      ++seen;
    }
    if (piece.subject() == Post("buyer") || piece.subject() == Post("storekeeper")) {
      EXPECT_EQ(piece.state(), reporting::v1::TASK_STATE_DONE);
    }
  }
  EXPECT_EQ(seen, 2);
}

// 「针对科室风险，由科室全体人员围绕人、财、物管理和行政审批等过程中的薄弱环节和风险隐患，研究制定具体防控措施和相关工作程序，由科室负责人填报有关表格」
// RPCs: RiskService.GetRiskPoint, RiskService.CreateMeasure, RiskService.CreateSubmission
TEST_F(MeasureTest, ADepartmentStudiesItsRisksAndItsHeadFillsInTheForm) {
  On(6, 1);
  const std::string point = RegisterPoint("stock", "supply");
  On(8, 1);
  // Everybody of the department has the risk before him, nobody of another one.
  EXPECT_THAT(Do(As("storekeeper"), &RiskStub::GetRiskPoint, point), IsOk());
  EXPECT_THAT(Do(As("counsellor"), &RiskStub::GetRiskPoint, point),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Propose(As("storekeeper"), "m", point, "storekeeper"),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(Propose(head("finance"), "m", point, "storekeeper"),
              FailsWith(ERROR_REASON_REFERENCE_NOT_FOUND));
  ASSERT_THAT(Propose(head("supply"), "m", point, "storekeeper"), IsOk());
  EXPECT_THAT(HandIn(As("storekeeper"), risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES,
                     Department("supply")),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(HandIn(head("supply"), risk::v1::SUBMISSION_KIND_POST_MEASURES, Department("supply")),
              FailsWith(ERROR_REASON_INVALID_FIELD));
  const auto form =
      HandIn(head("supply"), risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES, Department("supply"));
  ASSERT_THAT(form, IsOk());
  EXPECT_EQ(form->state(), risk::v1::SUBMISSION_STATE_SUBMITTED);
}

// 「分管校长审核后，9月20日报学校防控办审核备案」
// RPCs: ReviewService.Decide, RiskService.GetSubmission, RiskService.GetMeasure
TEST_F(MeasureTest, TheOfficeReviewsADepartmentsMeasuresWhenItFilesThem) {
  On(6, 1);
  const std::string point = RegisterPoint("stock", "supply");
  On(9, 10);
  const auto measure = Must(Propose(head("supply"), "m", point, "storekeeper"));
  auto form = Must(
      HandIn(head("supply"), risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES, Department("supply")));
  const auto review = ReviewNamed(form.review());
  ASSERT_EQ(review.steps_size(), 3);
  EXPECT_EQ(Ids(review.steps(0).assignees()), (std::set<std::string>{"vp-logistics"}));
  EXPECT_EQ(review.steps(1).kind(), grading::v1::STEP_KIND_REVIEW_AND_FILING);
  // 「召开中层以上干部会议，进行联查和综合评议」, by the 30th, after it was filed.
  EXPECT_EQ(review.steps(2).kind(), grading::v1::STEP_KIND_JOINT_REVIEW);
  EXPECT_EQ(review.steps(2).role(), grading::v1::REVIEWER_ROLE_CADRES);
  EXPECT_THAT(Approve(head("supply"), form.review()), FailsWith(ERROR_REASON_OWN_RECORD));
  EXPECT_THAT(Approve(office(), form.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
  ASSERT_THAT(Approve(As("vp-logistics"), form.review()), IsOk());
  // It is no mere filing: the office may send it back.
  ASSERT_THAT(Return(office(), form.review(), "缺少工作程序"), IsOk());
  EXPECT_EQ(MeasureOf(measure.name()).state(), risk::v1::MEASURE_STATE_RETURNED);
  EXPECT_EQ(Get(&RiskStub::GetSubmission, form.name()).submission().review_comment(),
            "缺少工作程序");
  HandInAndApprove(head("supply"), risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES,
                   Department("supply"));
  EXPECT_EQ(MeasureOf(measure.name()).state(), risk::v1::MEASURE_STATE_FILED);
}

}  // namespace
}  // namespace lianfang::acceptance
