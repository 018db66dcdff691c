// Phase 4, 「（四）检查考核修正」: self-inspection, examination and rectification.
#include <string>

#include "tests/acceptance/phase3_steps.h"

namespace lianfang::acceptance {
namespace {

using namespace common::v1;  // NOLINT: reasons
using ::testing::Contains;

class InspectionTest : public YearTest {
 protected:
  absl::StatusOr<grading::v1::SelfInspectionReport> Begin(client::Client& client,
                                                          const std::string& id,
                                                          const std::string& subject, bool met) {
    const auto created =
        Call(client, &InspectionStub::CreateSelfInspectionReport, NewReport(id, subject, met));
    if (!created.ok()) return created.status();
    return created->self_inspection_report();
  }
  // A round of the supply department, accepted by the leading group.
  grading::v1::SelfInspectionReport Round(const std::string& id, bool met) {
    const auto begun = Must(Begin(head("supply"), id, Department("supply"), met));
    ApproveSteps(Must(SubmitReport(head("supply"), begun.name())).review());
    return ReportOf(begun.name());
  }
  // The examination's one rectification, for which the buyer is responsible.
  std::string Examined() {
    On(11, 25);
    const auto created = Must(Call(office(), &InspectionStub::CreateExamination,
                                   NewExamination("e1", "supply", "buyer")));
    return Must(Do(office(), &InspectionStub::ConcludeExamination, created.examination().name()))
        .examination()
        .problems(0)
        .rectification();
  }
  absl::StatusOr<grading::v1::StartRectificationResponse> Start(client::Client& client,
                                                                const std::string& name,
                                                                const std::string& measure) {
    grading::v1::StartRectificationRequest request;
    request.set_name(name);
    request.set_measure(measure);
    return Call(client, &InspectionStub::StartRectification, request);
  }
  absl::StatusOr<grading::v1::SubmitRectificationResponse> Report(client::Client& client,
                                                                  const std::string& name) {
    grading::v1::SubmitRectificationRequest request;
    request.set_name(name);
    request.set_result("两张验收单已补签，值班表已改。");
    return Call(client, &InspectionStub::SubmitRectification, request);
  }
  absl::StatusOr<grading::v1::VerifyRectificationResponse> Verify(client::Client& client,
                                                                  const std::string& name,
                                                                  bool passed,
                                                                  const std::string& comment = "") {
    grading::v1::VerifyRectificationRequest request;
    request.set_name(name);
    request.set_passed(passed);
    request.set_comment(comment);
    return Call(client, &InspectionStub::VerifyRectification, request);
  }
};

// 「各科室对廉政风险防控工作的落实情况进行自查，形成自查报告」
// RPCs: InspectionService.CreateSelfInspectionReport, InspectionService.UpdateSelfInspectionReport,
// InspectionService.SubmitSelfInspectionReport
TEST_F(InspectionTest, EveryDepartmentWritesItsOwnReport) {
  On(11, 5);
  EXPECT_THAT(Begin(head("finance"), "r1", Department("supply"), true),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(Begin(As("buyer"), "r1", Department("supply"), true),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  auto empty = NewReport("r1", Department("supply"), true);
  empty.mutable_self_inspection_report()->clear_targets();
  const auto begun = Call(head("supply"), &InspectionStub::CreateSelfInspectionReport, empty);
  ASSERT_THAT(begun, IsOk());
  const std::string name = begun->self_inspection_report().name();
  EXPECT_THAT(SubmitReport(head("supply"), name), FailsWith(ERROR_REASON_REQUIRED_FIELD))
      << "a report checks at least one target";
  EXPECT_THAT(Begin(head("supply"), "r2", Department("supply"), true),
              FailsWith(ERROR_REASON_RESOURCE_EXISTS))
      << "one at a time";

  grading::v1::UpdateSelfInspectionReportRequest update;
  *update.mutable_self_inspection_report() =
      NewReport("", Department("supply"), true).self_inspection_report();
  update.mutable_self_inspection_report()->set_name(name);
  update.mutable_update_mask()->add_paths("targets");
  ASSERT_THAT(Call(head("supply"), &InspectionStub::UpdateSelfInspectionReport, update), IsOk());
  const auto handed_in = SubmitReport(head("supply"), name);
  ASSERT_THAT(handed_in, IsOk());
  EXPECT_EQ(handed_in->state(), grading::v1::SELF_INSPECTION_STATE_SUBMITTED);
  EXPECT_EQ(handed_in->submitter(), Person("supply-head"));
  EXPECT_THAT(Call(head("supply"), &InspectionStub::UpdateSelfInspectionReport, update),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
}

// 「要对比措施实施前后的效果，检查目标是否实现」
// RPCs: RiskService.AssessMeasure, InspectionService.CreateSelfInspectionReport
TEST_F(InspectionTest, AMeasureIsComparedBeforeAndAfter) {
  On(6, 1);
  const std::string point = RegisterPoint("stock", "supply");
  On(9, 1);
  const auto proposed = Must(Propose(head("supply"), "m", point, "storekeeper"));
  EXPECT_THAT(Assess(head("supply"), proposed.name(), risk::v1::MEASURE_EFFECT_EFFECTIVE,
                     "账实差三件", "账实相符"),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION))
      << "what is not in force has no effect";
  HandInAndApprove(head("supply"), risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES,
                   Department("supply"));
  On(11, 5);
  EXPECT_THAT(
      Assess(head("supply"), proposed.name(), risk::v1::MEASURE_EFFECT_EFFECTIVE, "", "账实相符"),
      FailsWith(ERROR_REASON_REQUIRED_FIELD))
      << "nothing to compare with";
  EXPECT_THAT(Assess(head("finance"), proposed.name(), risk::v1::MEASURE_EFFECT_EFFECTIVE,
                     "账实差三件", "账实相符"),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  const auto assessed = Assess(head("supply"), proposed.name(), risk::v1::MEASURE_EFFECT_EFFECTIVE,
                               "账实差三件", "账实相符");
  ASSERT_THAT(assessed, IsOk());
  EXPECT_EQ(assessed->outcome_before(), "账实差三件");
  EXPECT_EQ(assessed->outcome_after(), "账实相符");
  EXPECT_EQ(assessed->assessor(), Person("supply-head"));

  auto report = NewReport("r1", Department("supply"), true);
  auto& outcome = *report.mutable_self_inspection_report()->add_measures();
  outcome.set_measure(Named("measures", "nowhere"));
  EXPECT_THAT(Call(head("supply"), &InspectionStub::CreateSelfInspectionReport, report),
              FailsWith(ERROR_REASON_REFERENCE_NOT_FOUND));
  report.clear_request_id();
  outcome.set_measure(proposed.name());
  outcome.set_carried_out(true);
  outcome.set_before(assessed->outcome_before());
  outcome.set_after(assessed->outcome_after());
  const auto created = Call(head("supply"), &InspectionStub::CreateSelfInspectionReport, report);
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->self_inspection_report().measures(0).after(), "账实相符");
}

// 「对没有实现预定目标的，要分析查找原因并完善有关措施，直至达标」
// RPCs: InspectionService.SubmitSelfInspectionReport, InspectionService.CreateSelfInspectionReport,
// InspectionService.GetSelfInspectionReport, ReportingService.GetStatistics
TEST_F(InspectionTest, ATargetThatIsNotMetStaysOpenRoundAfterRound) {
  On(11, 5);
  auto unexplained = NewReport("r1", Department("supply"), false);
  unexplained.mutable_self_inspection_report()->mutable_targets(0)->clear_cause();
  const std::string first =
      Must(Call(head("supply"), &InspectionStub::CreateSelfInspectionReport, unexplained))
          .self_inspection_report()
          .name();
  EXPECT_THAT(SubmitReport(head("supply"), first), FailsWith(ERROR_REASON_TARGET_NOT_MET));
  grading::v1::UpdateSelfInspectionReportRequest update;
  *update.mutable_self_inspection_report() =
      NewReport("", Department("supply"), false).self_inspection_report();
  update.mutable_self_inspection_report()->set_name(first);
  update.mutable_update_mask()->add_paths("targets");
  Must(Call(head("supply"), &InspectionStub::UpdateSelfInspectionReport, update));
  ApproveSteps(Must(SubmitReport(head("supply"), first)).review());
  EXPECT_EQ(ReportOf(first).state(), grading::v1::SELF_INSPECTION_STATE_IMPROVING)
      << "accepted, and not done with";
  EXPECT_EQ(Statistics().total().targets_unmet(), 1);

  // The next round brings the open target with it, and cannot leave it out.
  On(11, 20);
  auto second = NewReport("r2", Department("supply"), false);
  second.mutable_self_inspection_report()->mutable_targets(0)->set_id("another");
  const std::string next =
      Must(Call(head("supply"), &InspectionStub::CreateSelfInspectionReport, second))
          .self_inspection_report()
          .name();
  EXPECT_EQ(ReportOf(next).round(), 2);
  EXPECT_EQ(ReportOf(next).previous(), first);
  EXPECT_THAT(SubmitReport(head("supply"), next), FailsWith(ERROR_REASON_TARGET_NOT_MET));
  update.mutable_self_inspection_report()->set_name(next);
  Must(Call(head("supply"), &InspectionStub::UpdateSelfInspectionReport, update));
  ApproveSteps(Must(SubmitReport(head("supply"), next)).review());
  EXPECT_EQ(ReportOf(next).state(), grading::v1::SELF_INSPECTION_STATE_IMPROVING);
  EXPECT_EQ(Statistics().total().targets_unmet(), 1) << "the same one, in its newest round";

  On(12, 20);
  EXPECT_EQ(Round("r3", true).state(), grading::v1::SELF_INSPECTION_STATE_ACCEPTED);
  for (const std::string& earlier : {first, next}) {
    EXPECT_EQ(ReportOf(earlier).state(), grading::v1::SELF_INSPECTION_STATE_ACCEPTED);
    EXPECT_EQ(ReportOf(earlier).met_by(), Named("selfInspectionReports", "r3"));
  }
  EXPECT_EQ(Statistics().total().targets_unmet(), 0);
  EXPECT_THAT(Begin(head("supply"), "r4", Department("supply"), true),
              FailsWith(ERROR_REASON_RESOURCE_EXISTS))
      << "it is met";
}

// 「各处室自查报告与《处室廉政风险防控统计表》（附件11）于11月15日前报学校领导小组」
// RPCs: ReviewService.Decide, ReviewService.ListReviewTasks, ReportingService.GetStatistics,
// CampaignService.ListCampaignTasks
TEST_F(InspectionTest, ADepartmentsReportGoesToTheLeadingGroupWithForm11) {
  On(6, 1);
  RegisterPoint("stock", "supply");
  ApproveSelfCheck("buyer");
  On(11, 15, 23);
  const auto begun = Must(Begin(head("supply"), "r1", Department("supply"), true));
  const auto report = Must(SubmitReport(head("supply"), begun.name()));
  EXPECT_THAT(Inbox(As("vp-teaching")), Contains(report.name()));
  EXPECT_THAT(Approve(head("supply"), report.review()), FailsWith(ERROR_REASON_OWN_RECORD));
  EXPECT_THAT(Approve(superior_office(), report.review()),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  ASSERT_THAT(Return(As("vp-logistics"), report.review(), "请附对比数据"), IsOk());
  EXPECT_EQ(ReportOf(report.name()).state(), grading::v1::SELF_INSPECTION_STATE_RETURNED);
  On(11, 18);
  ApproveSteps(Must(SubmitReport(head("supply"), report.name())).review());
  EXPECT_EQ(ReportOf(report.name()).state(), grading::v1::SELF_INSPECTION_STATE_ACCEPTED);
  for (const auto& piece : Pieces("department-inspections")) {
    const bool supply = piece.subject() == Department("supply");
    EXPECT_EQ(piece.state() == reporting::v1::TASK_STATE_DONE, supply) << piece.subject();
    EXPECT_FALSE(piece.late()) << "handed in on the last day";
    EXPECT_EQ(piece.overdue(), !supply) << piece.subject();
  }

  // 附件11 beside it: counted, never typed.
  bool found = false;
  const auto statistics = Statistics();
  for (const auto& row : statistics.departments()) {
    if (row.department() != Department("supply")) continue;
    found = true;
    EXPECT_EQ(row.statistics().post_count(), 3);
    EXPECT_EQ(row.statistics().self_checks_due(), 3);
    EXPECT_EQ(row.statistics().self_checks_approved(), 1);
    EXPECT_EQ(row.statistics().risk_point_count(), 3) << "two of the buyer's, one of its own";
    EXPECT_EQ(row.statistics().risk_points_without_measure(), 3);
    EXPECT_EQ(row.statistics().inspections_submitted(), 1);
  }
  EXPECT_TRUE(found);
}

// 「学校报告及有关表格11月30日前报厅防控办」
// RPCs: InspectionService.CreateSelfInspectionReport, ReviewService.Decide,
// InspectionService.GetSelfInspectionReport, ReportingService.GetStatistics
TEST_F(InspectionTest, TheSchoolsReportGoesOverTheLeadingGroupToTheSuperiorsOffice) {
  On(11, 28);
  EXPECT_THAT(Begin(head("supply"), "s1", kUnit, true), FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  const auto begun = Must(Begin(office(), "s1", kUnit, true));
  const auto report = Must(SubmitReport(office(), begun.name()));
  EXPECT_THAT(Approve(superior_office(), report.review()), FailsWith(ERROR_REASON_NOT_REVIEWER))
      << "the leading group first";
  ASSERT_THAT(Approve(principal(), report.review()), IsOk());
  EXPECT_EQ(ReportOf(report.name()).state(), grading::v1::SELF_INSPECTION_STATE_SUBMITTED);
  EXPECT_THAT(Approve(superior_leader(), report.review()), FailsWith(ERROR_REASON_NOT_REVIEWER));
  ASSERT_THAT(Approve(superior_office(), report.review()), IsOk());
  EXPECT_EQ(ReportOf(report.name()).state(), grading::v1::SELF_INSPECTION_STATE_ACCEPTED);
  // The superior has the tables, too.
  reporting::v1::GetStatisticsRequest tables;
  tables.set_unit(kUnit);
  tables.set_year(kYear);
  const auto seen = Call(superior_office(), &ReportingStub::GetStatistics, tables);
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(seen->total().inspections_submitted(), 1);
}

// 「学校防控小组于2013年11月下旬起对各处室廉政风险防控工作完成情况进行检查和考核」
// RPCs: InspectionService.CreateExamination, InspectionService.UpdateExamination,
// InspectionService.ConcludeExamination
TEST_F(InspectionTest, TheGroupExaminesEveryDepartmentButNobodyHisOwn) {
  On(11, 25);
  const auto request = NewExamination("e1", "supply", "buyer");
  EXPECT_THAT(Call(head("supply"), &InspectionStub::CreateExamination, request),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Call(With(Person("supply-head"), {"leading_group"}),
                   &InspectionStub::CreateExamination, request),
              FailsWith(ERROR_REASON_OWN_RECORD));
  auto with_head = request;
  with_head.mutable_examination()->add_examiners(Person("supply-head"));
  EXPECT_THAT(Call(As("vp-teaching"), &InspectionStub::CreateExamination, with_head),
              FailsWith(ERROR_REASON_OWN_RECORD));
  auto unfinished = request;
  unfinished.mutable_examination()->clear_result();
  const auto created = Call(As("vp-teaching"), &InspectionStub::CreateExamination, unfinished);
  ASSERT_THAT(created, IsOk());
  const std::string name = created->examination().name();
  EXPECT_EQ(Ids(created->examination().examiners()), (std::set<std::string>{"vp-teaching"}));
  EXPECT_THAT(Do(As("vp-teaching"), &InspectionStub::ConcludeExamination, name),
              FailsWith(ERROR_REASON_REQUIRED_FIELD))
      << "without a result";

  grading::v1::UpdateExaminationRequest update;
  update.mutable_examination()->set_name(name);
  update.mutable_examination()->set_result(grading::v1::EXAMINATION_RESULT_BASICALLY_QUALIFIED);
  update.mutable_update_mask()->add_paths("result");
  ASSERT_THAT(Call(As("vp-teaching"), &InspectionStub::UpdateExamination, update), IsOk());
  const auto concluded = Do(As("vp-teaching"), &InspectionStub::ConcludeExamination, name);
  ASSERT_THAT(concluded, IsOk());
  EXPECT_EQ(concluded->examination().concluder(), Person("vp-teaching"));
  EXPECT_THAT(Call(As("vp-teaching"), &InspectionStub::UpdateExamination, update),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  for (const auto& piece : Pieces("examinations")) {
    EXPECT_EQ(piece.state() == reporting::v1::TASK_STATE_DONE,
              piece.subject() == Department("supply"))
        << piece.subject();
  }
}

// 「根据考核结果，纠正存在问题，督促整改落实」
// RPCs: InspectionService.StartRectification, InspectionService.SubmitRectification,
// InspectionService.VerifyRectification, InspectionService.CloseRectification,
// InspectionService.ReopenRectification
TEST_F(InspectionTest, EveryProblemIsPutRightAndCheckedBySomebodyElse) {
  const std::string name = Examined();
  const auto open = Get(&InspectionStub::GetRectification, name).rectification();
  EXPECT_EQ(open.state(), grading::v1::RECTIFICATION_STATE_OPEN);
  EXPECT_EQ(open.responsible(), Person("buyer"));
  EXPECT_EQ(open.source_record(), Named("examinations", "e1"));
  EXPECT_THAT(Start(As("storekeeper"), name, "补签"), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Start(As("buyer"), name, ""), FailsWith(ERROR_REASON_REQUIRED_FIELD));
  ASSERT_THAT(Start(As("buyer"), name, "补签两张验收单，改值班表"), IsOk());
  On(12, 11);
  const auto late = Report(As("buyer"), name);
  ASSERT_THAT(late, IsOk()) << "late is flagged, never refused";
  EXPECT_TRUE(late->rectification().late());
  EXPECT_THAT(Do(office(), &InspectionStub::CloseRectification, name),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION))
      << "nobody has checked it";
  EXPECT_THAT(Verify(With(Person("buyer"), {"control_office"}), name, true),
              FailsWith(ERROR_REASON_OWN_RECORD));
  EXPECT_THAT(Verify(office(), name, false), FailsWith(ERROR_REASON_REASON_REQUIRED));
  ASSERT_THAT(Verify(office(), name, false, "值班表未见改动"), IsOk());

  ASSERT_THAT(Start(As("buyer"), name, "值班表改为两人"), IsOk());
  ASSERT_THAT(Report(As("buyer"), name), IsOk());
  ASSERT_THAT(Verify(office(), name, true), IsOk());
  ASSERT_THAT(Do(office(), &InspectionStub::CloseRectification, name), IsOk());
  EXPECT_EQ(Statistics().total().rectifications_closed(), 1);

  // The problem came back.
  grading::v1::ReopenRectificationRequest reopen;
  reopen.set_name(name);
  reopen.set_reason("十二月又有一张单人签字");
  const auto reopened = Call(As("vp-logistics"), &InspectionStub::ReopenRectification, reopen);
  ASSERT_THAT(reopened, IsOk());
  EXPECT_EQ(reopened->rectification().reopen_count(), 2);
  EXPECT_EQ(Statistics().total().rectifications_closed(), 0);
}

// 「学校党总支适时召开总结会，对廉政风险防控工作进行总结」
// RPCs: ReportingService.GetUnitReport, CampaignService.GetCampaignProgress
TEST_F(InspectionTest, TheYearsWorkLiesBeforeTheMeetingInFigures) {
  On(6, 1);
  RegisterPoint("stock", "supply");
  On(11, 10);
  Round("r1", true);
  On(12, 20);
  const std::string campaign = Named("campaigns", absl::StrCat(kYear));
  EXPECT_THAT(Do(As("buyer"), &CampaignStub::GetCampaignProgress, campaign),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  int done = 0;
  const auto progress = Must(Do(secretary(), &CampaignStub::GetCampaignProgress, campaign));
  for (const auto& task : progress.tasks()) {
    if (task.task().id() != "department-inspections") continue;
    EXPECT_EQ(task.total().expected(), 5);
    EXPECT_EQ(task.total().done(), 1);
    EXPECT_EQ(task.total().overdue(), 4);
    ++done;
  }
  EXPECT_EQ(done, 1);
  reporting::v1::GetUnitReportRequest report;
  report.set_unit(kUnit);
  const auto issued = Must(Call(secretary(), &ReportingStub::GetUnitReport, report)).report();
  EXPECT_EQ(issued.year(), kYear);
  EXPECT_EQ(issued.total().SerializeAsString(), Statistics().total().SerializeAsString());
}

}  // namespace
}  // namespace lianfang::acceptance
