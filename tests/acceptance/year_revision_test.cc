// 「3、修正完善」: what changes in the school is seen on everything that rests on it.
#include <string>

#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using ::testing::IsEmpty;

class RevisionTest : public YearTest {
 protected:
  template <class Record>
  static std::set<MarkCause> Causes(const Record& record) {
    std::set<MarkCause> causes;
    for (const ReviewMark& mark : record.marks()) {
      EXPECT_FALSE(mark.reason().empty());
      EXPECT_FALSE(mark.source().empty());
      causes.insert(static_cast<MarkCause>(mark.cause()));
    }
    return causes;
  }
  // Power `buying` of the supply department with a registered risk and a filed measure.
  void FilePowerWithRisk() {
    On(6, 1);
    FilePower("buying", "supply");
    DraftRiskPoint("one-quote", "supply", "buying");
    HandInAndApprove(head("supply"), risk::v1::SUBMISSION_KIND_POWER_RISKS, Department("supply"));
    point_ = Named("riskPoints", "one-quote");
    measure_ = FileDepartmentMeasure("three-quotes", "supply", point_);
  }

  std::string point_;
  std::string measure_;
};

const std::set<MarkCause> kNone;

// 「坚持边实施、边总结、边提炼、边完善」
// RPCs: RiskService.ReviseMeasure, RiskService.ConfirmMeasure, RiskService.GetMeasure
TEST_F(RevisionTest, AFiledMeasureIsRevisedAndReviewedAgain) {
  On(6, 1);
  const std::string name = FileDepartmentMeasure("m", "supply", RegisterPoint("stock", "supply"));
  On(10, 20);
  risk::v1::UpdateMeasureRequest update;
  update.mutable_measure()->set_name(name);
  update.mutable_measure()->set_content("验收须三人签字。");
  update.mutable_update_mask()->add_paths("content");
  EXPECT_THAT(Call(head("supply"), &RiskStub::UpdateMeasure, update),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION))
      << "what is filed does not change behind the office's back";
  EXPECT_THAT(Do(head("finance"), &RiskStub::ReviseMeasure, name),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  ASSERT_THAT(Do(head("supply"), &RiskStub::ReviseMeasure, name), IsOk());
  ASSERT_THAT(Call(head("supply"), &RiskStub::UpdateMeasure, update), IsOk());
  HandInAndApprove(head("supply"), risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES,
                   Department("supply"));
  const auto revised = MeasureOf(name);
  EXPECT_EQ(revised.state(), risk::v1::MEASURE_STATE_FILED);
  EXPECT_EQ(revised.revision(), 2);
  EXPECT_EQ(revised.content(), "验收须三人签字。");
}

// 「及时调整风险点和风险防控措施」
// RPCs: PersonnelService.CreateAppointment, PersonnelService.UpdateAppointment,
// RiskService.ConfirmRiskPoint, RiskService.ConfirmMeasure, GradingService.GetGrade,
// GradingService.ProposeGrades
TEST_F(RevisionTest, WhoeverMovesLeavesMarksOnWhatRestedOnHim) {
  On(6, 20);
  ConfirmGradesOf({"buyer"});
  point_ = Named("riskPoints", "sc-buyer-1");
  measure_ = FilePostMeasure("m", "buyer", point_);
  PutUp(SignOf(Post("buyer")).name());
  DraftLetters();
  const auto letter = LetterOf("buyer");
  Must(SignLetter(head("supply"), letter));
  Must(SignLetter(As("buyer"), letter));
  EXPECT_EQ(Causes(RiskPointOf(point_)), kNone);

  On(9, 2);
  EndAppointment("buyer", "buyer", Day(kYear, 9, 1));
  Appoint("counsellor", "buyer", Day(kYear, 9, 2));
  const std::set<MarkCause> moved = {MARK_CAUSE_APPOINTMENT};
  EXPECT_EQ(Causes(RiskPointOf(point_)), moved);
  EXPECT_EQ(Causes(MeasureOf(measure_)), moved);
  EXPECT_EQ(Causes(GradeOf("buyer")), moved);
  EXPECT_EQ(GradeOf("buyer").state(), grading::v1::GRADE_STATE_CONFIRMED)
      << "in force until somebody says otherwise";
  const auto sign = SignOf(Post("buyer"));
  EXPECT_EQ(sign.state(), grading::v1::WARNING_SIGN_STATE_REVISED);
  EXPECT_EQ(Ids(sign.responsible()), (std::set<std::string>{"counsellor"}));
  DraftLetters();
  EXPECT_ANY_THROW(LetterOf("buyer")) << "his has expired";
  EXPECT_EQ(LetterOf("counsellor").state(), grading::v1::LETTER_STATE_DRAFT);

  // Looking at it again takes the mark off; whoever has left does not do it.
  EXPECT_THAT(Do(As("buyer"), &RiskStub::ConfirmMeasure, measure_),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  const auto confirmed = Do(As("counsellor"), &RiskStub::ConfirmMeasure, measure_);
  ASSERT_THAT(confirmed, IsOk());
  EXPECT_THAT(confirmed->measure().marks(), IsEmpty());
  ASSERT_THAT(Do(office(), &RiskStub::ConfirmRiskPoint, point_), IsOk());
  EXPECT_EQ(Causes(RiskPointOf(point_)), kNone);
  // A grade rests on the holder's own form: the new one has none yet.
  bool left_out = false;
  const auto proposed_now = Must(ProposeGrades());
  for (const auto& post : proposed_now.ungraded()) {
    left_out |= post.post() == Post("buyer") &&
                post.reason() == grading::v1::UngradedPost::REASON_NO_APPROVED_SELF_CHECK;
  }
  EXPECT_TRUE(left_out);
  EXPECT_EQ(Causes(GradeOf("buyer")), moved);
}

// 「职能转变」
// RPCs: PersonnelService.UpdatePost, GradingService.ProposeGrades, GradingService.GetGrade,
// RiskService.GetRiskPoint
TEST_F(RevisionTest, OtherFunctionsOfAPostAreMarkedAndGradedAnew) {
  On(6, 20);
  ConfirmGradesOf({"counsellor"});
  EXPECT_EQ(GradeOf("counsellor").level(), RISK_LEVEL_LOW);
  On(9, 2);
  SetFunctions("counsellor", {POST_FUNCTION_PROCUREMENT});
  EXPECT_EQ(Causes(GradeOf("counsellor")), (std::set<MarkCause>{MARK_CAUSE_POST_FUNCTIONS}));
  EXPECT_EQ(Causes(RiskPointOf(Named("riskPoints", "sc-counsellor-1"))),
            (std::set<MarkCause>{MARK_CAUSE_POST_FUNCTIONS}));
  Must(ProposeGrades());
  const auto proposed = GradeOf("counsellor");
  EXPECT_EQ(proposed.level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(proposed.confirmed_level(), RISK_LEVEL_LOW) << "until the superior has agreed";
  EXPECT_THAT(proposed.marks(), IsEmpty());
  EXPECT_EQ(ConfirmGrade("counsellor").confirmed_level(), RISK_LEVEL_HIGH);
}

// 「围绕教育事业发展、职能转变和预防腐败的新要求，及时调整风险点和风险防控措施」
// RPCs: RiskService.UpdatePower, RiskService.UpdateRiskPoint, RiskService.GetRiskPoint,
// RiskService.GetMeasure
TEST_F(RevisionTest, AnotherPowerMarksItsRisksAndTheirMeasures) {
  FilePowerWithRisk();
  risk::v1::UpdatePowerRequest update;
  update.mutable_power()->set_name(Named("powers", "buying"));
  update.mutable_power()->set_content("组织大宗物资的招标采购。");
  update.mutable_update_mask()->add_paths("content");
  EXPECT_THAT(Call(head("finance"), &RiskStub::UpdatePower, update),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  const auto updated = Call(head("supply"), &RiskStub::UpdatePower, update);
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->power().state(), risk::v1::FILING_STATE_DRAFT) << "to be handed in again";
  EXPECT_EQ(Causes(RiskPointOf(point_)), (std::set<MarkCause>{MARK_CAUSE_POWER}));
  EXPECT_EQ(Causes(MeasureOf(measure_)), (std::set<MarkCause>{MARK_CAUSE_POWER}));
  // A risk that is written anew has been looked at; its measure has not.
  risk::v1::UpdateRiskPointRequest rewrite;
  rewrite.mutable_risk_point()->set_name(point_);
  rewrite.mutable_risk_point()->set_manifestation("招标文件由一人编写。");
  rewrite.mutable_update_mask()->add_paths("manifestation");
  ASSERT_THAT(Call(head("supply"), &RiskStub::UpdateRiskPoint, rewrite), IsOk());
  EXPECT_EQ(Causes(RiskPointOf(point_)), kNone);
  EXPECT_EQ(Causes(MeasureOf(measure_)),
            (std::set<MarkCause>{MARK_CAUSE_POWER, MARK_CAUSE_RISK_POINT}));
}

// 「优化权力运行路径、简化办事程序」
// RPCs: RiskService.UpdateWorkflow, RiskService.GetRiskPoint, RiskService.GetMeasure
TEST_F(RevisionTest, AnotherProcessMarksTheRisksOnIt) {
  FilePowerWithRisk();
  const std::string chart = FileChart("buying", "supply", {"one-quote"});
  EXPECT_EQ(Causes(RiskPointOf(point_)), kNone);
  risk::v1::UpdateWorkflowRequest update;
  *update.mutable_workflow() = NewChart("buying", "supply", {"one-quote"}).workflow();
  update.mutable_workflow()->set_name(chart);
  update.mutable_workflow()->mutable_nodes(1)->set_title("两人验收");
  update.mutable_update_mask()->add_paths("nodes");
  ASSERT_THAT(Call(head("supply"), &RiskStub::UpdateWorkflow, update), IsOk());
  EXPECT_EQ(Causes(RiskPointOf(point_)), (std::set<MarkCause>{MARK_CAUSE_WORKFLOW}));
  EXPECT_EQ(Causes(MeasureOf(measure_)), (std::set<MarkCause>{MARK_CAUSE_WORKFLOW}));
}

// 「形成谁主管、谁负责，一级抓一级，层层抓落实的廉政风险监控推进机制」
// RPCs: PersonnelService.UpdateDepartment, RiskService.GetRiskPoint,
// ResponsibilityService.ListLetters, ResponsibilityService.ListWarningSigns
TEST_F(RevisionTest, AnotherHeadTakesOverSignsAndLetters) {
  On(6, 20);
  const std::string point = RegisterPoint("stock", "supply");
  ConfirmGradesOf({"buyer", "storekeeper"});
  PutUp(SignOf(Department("supply")).name());
  DraftLetters();
  SetHead("supply", "storekeeper");
  EXPECT_EQ(Causes(RiskPointOf(point)), (std::set<MarkCause>{MARK_CAUSE_DEPARTMENT}));
  const auto sign = SignOf(Department("supply"));
  EXPECT_EQ(sign.state(), grading::v1::WARNING_SIGN_STATE_REVISED);
  EXPECT_EQ(Ids(sign.responsible()), (std::set<std::string>{"storekeeper"}));
  DraftLetters();
  EXPECT_EQ(Ids(LetterOf("buyer").party_a()), (std::set<std::string>{"storekeeper"}));
  EXPECT_EQ(LetterOf("storekeeper").tier(), grading::v1::LETTER_TIER_DEPARTMENT_HEAD);
}

// 「反映较多的微观环节和具体的重要岗位」
// RPCs: RiskService.HandleFeedback, RiskService.GetRiskPoint
TEST_F(RevisionTest, FeedbackThatIsRightMarksWhatItIsAbout) {
  On(5, 20);
  point_ = PointOf("buyer");
  for (const bool right : {false, true}) {
    const auto sent =
        Must(Call(feedback_box(), &RiskStub::CreateFeedback, NewFeedback(Post("buyer"))));
    Must(Do(office(), &RiskStub::AcceptFeedback, sent.feedback().name()));
    risk::v1::HandleFeedbackRequest handle;
    handle.set_name(sent.feedback().name());
    handle.set_finding(right ? risk::v1::FEEDBACK_FINDING_CONFIRMED
                             : risk::v1::FEEDBACK_FINDING_NOT_CONFIRMED);
    handle.set_result("已核对。");
    Must(Call(office(), &RiskStub::HandleFeedback, handle));
    EXPECT_EQ(Causes(RiskPointOf(point_)),
              right ? (std::set<MarkCause>{MARK_CAUSE_FEEDBACK}) : kNone);
  }
}

}  // namespace
}  // namespace lianfang::acceptance
