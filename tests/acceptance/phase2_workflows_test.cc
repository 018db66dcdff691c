// 「4、梳理工作流程」: a chart of each power, with its risk points marked, and the unit's volume.
#include <set>
#include <string>
#include <vector>

#include "tests/acceptance/volume_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using risk::v1::FILING_STATE_COMPILED;
using risk::v1::FILING_STATE_DRAFT;
using risk::v1::FILING_STATE_FILED;
using risk::v1::FILING_STATE_SUBMITTED;
using risk::v1::Submission;
using risk::v1::SUBMISSION_KIND_WORKFLOW_CHARTS;
using risk::v1::Workflow;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class WorkflowCharts : public VolumeTest {
 protected:
  WorkflowCharts()
      : VolumeTest(risk::v1::VOLUME_KIND_WORKFLOW_CHARTS, SUBMISSION_KIND_WORKFLOW_CHARTS) {}

  absl::StatusOr<risk::v1::CreateWorkflowResponse> Draw(
      client::Client& client, const risk::v1::CreateWorkflowRequest& request) {
    return Call(client, &RiskStub::CreateWorkflow, request);
  }
  // Draws the chart of the power of the same id again, as `request` has it.
  absl::StatusOr<risk::v1::UpdateWorkflowResponse> Redraw(
      client::Client& client, const std::string& id,
      const risk::v1::CreateWorkflowRequest& request) {
    risk::v1::UpdateWorkflowRequest update;
    *update.mutable_workflow() = request.workflow();
    update.mutable_workflow()->set_name(Named("workflows", id));
    for (const char* field : {"nodes", "edges", "risk_marks"}) {
      update.mutable_update_mask()->add_paths(field);
    }
    return Call(client, &RiskStub::UpdateWorkflow, update);
  }
  Workflow ChartNamed(const std::string& id) {
    return Get(&RiskStub::GetWorkflow, Named("workflows", id)).workflow();
  }
};

// 「依据《职权目录表》，针对每一项职权，梳理权力运行流程」
// RPCs: RiskService.CreateWorkflow, RiskService.UpdateWorkflow, RiskService.ArchiveWorkflow,
// RiskService.ListWorkflows, RiskService.CreateSubmission
TEST_F(WorkflowCharts, EachPowerOfTheCatalogueHasOneChartThatIsDrawnToItsEnd) {
  On(6, 16);
  FilePower("buying", "supply");
  for (const auto& request : {NewChart("letting", "supply"), NewChart("selling", "supply")}) {
    EXPECT_THAT(Draw(head("supply"), request),
                FailsAt(ERROR_REASON_REFERENCE_NOT_FOUND, "workflow.power"))
        << "not in the catalogue";
  }
  for (client::Client* other : {&head("finance"), &leader_of("teaching")}) {
    EXPECT_THAT(Draw(*other, NewChart("buying", "supply")),
                FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  }
  EXPECT_THAT(Draw(staff("buyer"), NewChart("buying", "supply")),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  auto nobody = NewChart("buying", "supply");
  nobody.mutable_workflow()->mutable_nodes(1)->set_post(Post("porter"));
  EXPECT_THAT(Draw(head("supply"), nobody),
              FailsAt(ERROR_REASON_REFERENCE_NOT_FOUND, "workflow.nodes[1].post"));

  // One that is in force, and no more.
  DraftChart("buying", "supply");
  auto second = NewChart("buying", "supply");
  second.set_workflow_id("buying-anew");
  EXPECT_THAT(Draw(head("supply"), second), FailsWith(ERROR_REASON_RESOURCE_EXISTS));
  Must(Do(head("supply"), &RiskStub::ArchiveWorkflow, Named("workflows", "buying")));
  Must(Draw(head("supply"), second));
  risk::v1::ListWorkflowsRequest list;
  list.set_power(Named("powers", "buying"));
  const auto current = Must(Call(staff("buyer"), &RiskStub::ListWorkflows, list));
  ASSERT_THAT(current.workflows(), SizeIs(1));
  EXPECT_EQ(current.workflows(0).name(), Named("workflows", "buying-anew"));
  EXPECT_EQ(current.workflows(0).department(), Department("supply"));

  // The course of the power: from one beginning to every step.
  const auto hand_in_as = [&](auto change) {
    auto request = NewChart("buying", "supply");
    change(*request.mutable_workflow());
    Must(Redraw(head("supply"), "buying-anew", request));
    return HandInForm(head("supply"), "supply");
  };
  EXPECT_THAT(hand_in_as([](Workflow& chart) {
                chart.clear_nodes();
                chart.clear_edges();
              }),
              FailsAt(ERROR_REASON_REQUIRED_FIELD, "nodes"));
  EXPECT_THAT(hand_in_as([](Workflow& chart) { chart.mutable_edges()->RemoveLast(); }),
              FailsAt(ERROR_REASON_INVALID_FIELD, "nodes"))
      << "paying hangs in the air: two beginnings";
  EXPECT_THAT(hand_in_as([](Workflow& chart) { chart.mutable_edges(1)->set_to("store"); }),
              FailsAt(ERROR_REASON_INVALID_FIELD, "edges[1]"));
  EXPECT_THAT(hand_in_as([](Workflow& chart) {
                // apply; check ⇄ pay
                chart.mutable_edges(0)->set_from("pay");
              }),
              FailsAt(ERROR_REASON_INVALID_FIELD, "nodes[1]"))
      << "nothing leads from the beginning to the check";
  EXPECT_EQ(ChartNamed("buying-anew").state(), FILING_STATE_DRAFT) << "a refusal leaves no trace";
  EXPECT_EQ(ChartNamed("buying-anew").revision(), 0);
  const auto form = hand_in_as([](Workflow&) {});
  ASSERT_THAT(form, IsOk());
  EXPECT_EQ(form->title(), "2013年工作流程图：总务处（1项）");

  // Only what is no power any more needs none.
  EXPECT_THAT(Do(head("supply"), &RiskStub::ArchivePower, Named("powers", "buying")),
              FailsWith(ERROR_REASON_STILL_IN_USE));
}

// 「各科室绘制工作流程图，对于风险点要在流程图上作出特别提示」
// RPCs: RiskService.CreateWorkflow, RiskService.UpdateWorkflow, RiskService.CreateSubmission,
// RiskService.GetWorkflow, RiskService.GetRiskPoint, ReviewService.Decide
TEST_F(WorkflowCharts, EveryRiskOfThePowerStandsOnAStepOfItsChart) {
  On(6, 10);
  FilePower("buying", "supply");
  FilePower("paying", "finance");
  for (const std::string point : {"quotes", "stock"}) DraftRiskPoint(point, "supply", "buying");
  DraftRiskPoint("cash", "finance", "paying");
  DraftRiskPoint("no-power", "supply");
  HandInAndApprove(head("supply"), risk::v1::SUBMISSION_KIND_POWER_RISKS, Department("supply"));

  On(6, 18);
  DraftChart("buying", "supply");
  auto refused = HandInForm(head("supply"), "supply");
  EXPECT_THAT(refused, FailsAt(ERROR_REASON_CHART_INCOMPLETE, "risk_marks"));
  for (const std::string point : {"quotes", "stock"}) {
    EXPECT_THAT(ToRpcStatus(refused.status()).DebugString(), HasSubstr(Named("riskPoints", point)));
  }
  Must(Redraw(head("supply"), "buying", NewChart("buying", "supply", {"quotes"})));
  refused = HandInForm(head("supply"), "supply");
  EXPECT_THAT(refused, FailsAt(ERROR_REASON_CHART_INCOMPLETE, "risk_marks"));
  EXPECT_THAT(
      FieldsAtFault(refused.status())["risk_marks"],
      AllOf(HasSubstr(Named("riskPoints", "stock")), Not(HasSubstr(Named("riskPoints", "quotes")))))
      << "the one that is missing is named";
  for (const std::string other : {"cash", "no-power", "unheard-of"}) {
    Must(
        Redraw(head("supply"), "buying", NewChart("buying", "supply", {"quotes", "stock", other})));
    EXPECT_THAT(HandInForm(head("supply"), "supply"),
                FailsAt(ERROR_REASON_INVALID_FIELD, "risk_marks[2].risk_point"))
        << other << " is no risk of this power";
  }
  auto beside = NewChart("buying", "supply", {"quotes", "stock"});
  beside.mutable_workflow()->mutable_risk_marks(1)->set_node("store");
  Must(Redraw(head("supply"), "buying", beside));
  EXPECT_THAT(HandInForm(head("supply"), "supply"),
              FailsAt(ERROR_REASON_INVALID_FIELD, "risk_marks[1].node"));

  const auto marked = NewChart("buying", "supply", {"quotes", "stock"});
  Must(Redraw(head("supply"), "buying", marked));
  const Submission form = Must(HandInForm(head("supply"), "supply"));
  EXPECT_THAT(Redraw(head("supply"), "buying", NewChart("buying", "supply")),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION))
      << "nobody takes a mark off while it is under review";
  ApproveSteps(form.review());
  // Whoever works by the chart sees the marks on it.
  const auto filed =
      Must(Do(staff("buyer"), &RiskStub::GetWorkflow, Named("workflows", "buying"))).workflow();
  EXPECT_EQ(filed.state(), FILING_STATE_FILED);
  ASSERT_THAT(filed.risk_marks(), SizeIs(2));
  for (const auto& mark : filed.risk_marks()) EXPECT_EQ(mark.node(), "check");

  // A risk that is found later has to be marked before the chart is filed again, and whoever keeps
  // the other risks is told to look at them.
  DraftRiskPoint("splitting", "supply", "buying");
  auto longer = marked;
  longer.mutable_workflow()->mutable_nodes(1)->set_title("两人验收");
  EXPECT_THAT(Redraw(head("finance"), "buying", longer), FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  Must(Redraw(head("supply"), "buying", longer));
  EXPECT_EQ(ChartNamed("buying").state(), FILING_STATE_DRAFT);
  const auto told = Get(&RiskStub::GetRiskPoint, Named("riskPoints", "stock")).risk_point();
  ASSERT_THAT(told.marks(), SizeIs(1));
  EXPECT_EQ(told.marks(0).cause(), MARK_CAUSE_WORKFLOW);
  refused = HandInForm(head("supply"), "supply");
  EXPECT_THAT(refused, FailsAt(ERROR_REASON_CHART_INCOMPLETE, "risk_marks"));
  EXPECT_THAT(FieldsAtFault(refused.status())["risk_marks"],
              HasSubstr(Named("riskPoints", "splitting")));
  Must(Do(head("supply"), &RiskStub::ArchiveRiskPoint, Named("riskPoints", "splitting")));
  HandInAndApprove(head("supply"), SUBMISSION_KIND_WORKFLOW_CHARTS, Department("supply"));
  EXPECT_EQ(ChartNamed("buying").revision(), 2) << "what is no risk needs no mark";
}

// 「6月20日交校防控办，领导小组组织编制单位职权目录」
// RPCs: RiskService.CreateSubmission, ReviewService.GetReview, ReviewService.Decide,
// RiskService.CompileVolume, RiskService.GetWorkflow, CampaignService.ListCampaignTasks
TEST_F(WorkflowCharts, ChartsAreDueOnTheTwentiethOfJuneAndCompiledByTheLeadingGroup) {
  On(6, 12);
  for (const std::string power : {"buying", "repairs"}) FilePower(power, "supply");
  FilePower("paying", "finance");
  DraftChart("buying", "supply");
  DraftChart("paying", "finance");
  On(6, 20, 23);
  EXPECT_THAT(HandInForm(head("finance"), "supply"), FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(HandInForm(head("supply"), "supply", /*nil_return=*/true),
              FailsAt(ERROR_REASON_INVALID_FIELD, "submission.nil_return"));
  EXPECT_THAT(HandInForm(head("moral"), "moral"), FailsWith(ERROR_REASON_NOTHING_TO_SUBMIT));
  const Submission form = Must(HandInForm(leader_of("supply"), "supply"));
  for (const std::string department : {"moral", "party-office"}) {
    HandInAndApprove(head(department), SUBMISSION_KIND_WORKFLOW_CHARTS, Department(department),
                     /*nil_return=*/true);
  }
  for (const auto& piece : Pieces("workflow-charts")) {
    EXPECT_EQ(piece.due_date().month() * 100 + piece.due_date().day(), 620);
    EXPECT_FALSE(piece.overdue()) << piece.subject() << ": still the day";
  }
  On(6, 21, 0);
  EXPECT_TRUE(Piece("workflow-charts", Department("finance")).overdue());
  const Submission late = Must(HandInForm(head("finance"), "finance"));
  EXPECT_EQ(late.state(), risk::v1::SUBMISSION_STATE_SUBMITTED) << "late, not blocked";
  EXPECT_TRUE(Piece("workflow-charts", Department("finance")).late());
  EXPECT_FALSE(Piece("workflow-charts", Department("supply")).late());
  EXPECT_TRUE(Piece("workflow-charts", Department("teaching")).overdue());

  // Handed in by the leader in charge, it is not his to review.
  for (client::Client* own : {&leader_of("supply"), &head("supply")}) {
    EXPECT_THAT(Approve(*own, form.review()), FailsWith(ERROR_REASON_OWN_RECORD));
  }
  Must(Approve(principal(), form.review()));
  const auto step = ReviewNamed(form.review()).steps(1);
  EXPECT_EQ(step.kind(), grading::v1::STEP_KIND_FILING);
  EXPECT_EQ(step.clause(), "6月20日交校防控办");
  EXPECT_THAT(Inbox(office()), Contains(form.name()));
  EXPECT_THAT(Inbox(office()), Not(Contains(late.name()))) << "with the leader in charge first";
  EXPECT_EQ(ChartNamed("buying").state(), FILING_STATE_SUBMITTED);
  Must(Approve(office(), form.review()));
  EXPECT_EQ(ChartNamed("buying").state(), FILING_STATE_FILED);

  // The volume: a chart of each power, of each department.
  EXPECT_THAT(Compile(head("supply")), FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Missing(), ElementsAre(Department("teaching"), Named("powers", "repairs"),
                                     Named("workflows", "paying")))
      << "a department that said nothing, a power without a chart, one under review";
  ApproveSteps(late.review());
  HandInAndApprove(head("teaching"), SUBMISSION_KIND_WORKFLOW_CHARTS, Department("teaching"),
                   /*nil_return=*/true);
  EXPECT_THAT(Missing(), ElementsAre(Named("powers", "repairs")));
  FileChart("repairs", "supply", {});
  EXPECT_EQ(Piece("unit-workflow-charts", kUnit).state(), reporting::v1::TASK_STATE_NOT_STARTED);
  On(7, 15, 23);
  const auto volume = Must(Compile(secretary()));
  EXPECT_EQ(volume.compiler(), Person("secretary"));
  std::vector<std::string> compiled;
  for (const auto& item : volume.items()) {
    compiled.push_back(item.name());
    EXPECT_EQ(Get(&RiskStub::GetWorkflow, item.name()).workflow().state(), FILING_STATE_COMPILED);
  }
  EXPECT_THAT(compiled, ElementsAre(Named("workflows", "paying"), Named("workflows", "buying"),
                                    Named("workflows", "repairs")));
  EXPECT_THAT(volume.nil_departments(),
              ElementsAre(Department("moral"), Department("party-office"), Department("teaching")));
  EXPECT_EQ(Piece("unit-workflow-charts", kUnit).state(), reporting::v1::TASK_STATE_DONE);
  EXPECT_FALSE(Piece("unit-workflow-charts", kUnit).late());
  EXPECT_THAT(Pieces("unit-power-catalogue"), SizeIs(1)) << "another volume";
  EXPECT_EQ(Piece("unit-power-catalogue", kUnit).state(), reporting::v1::TASK_STATE_NOT_STARTED);
}

}  // namespace
}  // namespace lianfang::acceptance
