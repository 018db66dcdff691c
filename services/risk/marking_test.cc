// What changes in the directory, in powers and charts, and in publications bring about.
#include <functional>
#include <string>

#include "common/directory/directory_kinds.h"
#include "services/risk/risk_fixture.h"

namespace lianfang::risk {
namespace {

using common::v1::MarkCause;
using Stub = v1::RiskService::Stub;

class MarkingTest : public RiskFixture {
 protected:
  // A registered point `rp` of affairs about power `p`, with a filed measure `m` and a proposed
  // one.
  MarkingTest() {
    EXPECT_THAT(Call(As("head"), &Stub::CreatePower, NewPower("p")), IsOk());
    auto point = NewPoint("rp");
    point.mutable_risk_point()->set_power("units/a/powers/p");
    EXPECT_THAT(Call(As("head"), &Stub::CreateRiskPoint, point), IsOk());
    EXPECT_THAT(Call(As("head"), &Stub::CreateMeasure, NewMeasure("m", "rp")), IsOk());
    HandInAndApprove(v1::SUBMISSION_KIND_DEPARTMENT_MEASURES);
    EXPECT_THAT(Call(As("head"), &Stub::CreateMeasure, NewMeasure("proposed", "rp")), IsOk());
  }

  void ExpectMarked(MarkCause cause, const std::string& source) {
    const v1::RiskPoint point = Point("rp");
    ASSERT_EQ(point.marks_size(), 1);
    EXPECT_EQ(point.marks(0).cause(), cause);
    EXPECT_EQ(point.marks(0).source(), source);
    EXPECT_FALSE(point.marks(0).reason().empty());
    EXPECT_TRUE(point.marks(0).has_time());
    ExpectMeasureMarked(cause, source);
  }
  void ExpectMeasureMarked(MarkCause cause, const std::string& source) {
    const v1::Measure measure = Measure("m");
    ASSERT_EQ(measure.marks_size(), 1);
    EXPECT_EQ(measure.marks(0).cause(), cause);
    EXPECT_EQ(measure.marks(0).source(), source);
    EXPECT_EQ(Measure("proposed").marks_size(), 0);
  }
  void UpdatePower(const std::string& content) {
    v1::UpdatePowerRequest update;
    update.mutable_power()->set_name("units/a/powers/p");
    update.mutable_power()->set_content(content);
    update.mutable_update_mask()->add_paths("content");
    update.set_request_id(server_->RequestId());
    ASSERT_THAT(Call(As("head"), &Stub::UpdatePower, update), IsOk());
  }
};

TEST_F(MarkingTest, AnotherHeadMarksTheDepartmentsPointsAndMeasures) {
  personnel::v1::Department department;
  department.set_name("units/a/departments/affairs");
  department.set_display_name("总务处");
  department.set_head("units/a/persons/clerk");
  department.set_vice_principal("units/a/persons/vp");
  department.set_state(personnel::v1::RECORD_STATE_ACTIVE);
  PutPersonnel(directory::DepartmentKind(), department);
  ExpectMarked(common::v1::MARK_CAUSE_DEPARTMENT, department.name());
  // The same record again is no change, and another change of it is the same mark.
  const std::string etag = Point("rp").etag();
  PutPersonnel(directory::DepartmentKind(), department);
  EXPECT_EQ(Point("rp").etag(), etag);
  department.set_head("units/a/persons/buyer");
  PutPersonnel(directory::DepartmentKind(), department);
  ExpectMarked(common::v1::MARK_CAUSE_DEPARTMENT, department.name());
}

TEST_F(MarkingTest, AnotherHolderOrFunctionMarksThePostsPoints) {
  ASSERT_THAT(Create("buyer", "sc", 1), IsOk());
  const auto form = Submit("buyer", "sc");
  ASSERT_THAT(form, IsOk());
  Decide(*form, grading::v1::REVIEW_STATE_APPROVED);
  ASSERT_EQ(Point("sc-1").marks_size(), 0);
  PutAppointment("clerk", "buyer");
  ASSERT_EQ(Point("sc-1").marks_size(), 1);
  EXPECT_EQ(Point("sc-1").marks(0).cause(), common::v1::MARK_CAUSE_APPOINTMENT);
  EXPECT_EQ(Point("sc-1").marks(0).source(), "units/a/appointments/clerk-buyer");
  personnel::v1::Post post;
  post.set_name("units/a/posts/buyer");
  post.set_department("units/a/departments/affairs");
  post.add_functions(common::v1::POST_FUNCTION_PROCUREMENT);
  post.set_state(personnel::v1::RECORD_STATE_ACTIVE);
  PutPersonnel(directory::PostKind(), post);
  ASSERT_EQ(Point("sc-1").marks_size(), 2);
  EXPECT_EQ(Point("sc-1").marks(1).cause(), common::v1::MARK_CAUSE_POST_FUNCTIONS);
  // The department's own are not touched.
  EXPECT_EQ(Point("rp").marks_size(), 0);

  v1::ConfirmRiskPointRequest confirm;
  confirm.set_name("units/a/riskPoints/sc-1");
  confirm.set_request_id(server_->RequestId());
  EXPECT_THAT(Call(As("head"), &Stub::ConfirmRiskPoint, confirm),
              FailsWith(common::v1::ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(Call(As("buyer"), &Stub::ConfirmRiskPoint, confirm),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  const auto confirmed = Call(As("office"), &Stub::ConfirmRiskPoint, confirm);
  ASSERT_THAT(confirmed, IsOk());
  EXPECT_EQ(confirmed->risk_point().marks_size(), 0);
}

TEST_F(MarkingTest, APowerMarksWhenItIsChangedAfterItWasFiled) {
  UpdatePower("草稿中的修改不影响别的。");
  EXPECT_EQ(Point("rp").marks_size(), 0);
  HandInAndApprove(v1::SUBMISSION_KIND_POWER_CATALOGUE);
  UpdatePower("组织大宗物资的招标采购。");
  ExpectMarked(common::v1::MARK_CAUSE_POWER, "units/a/powers/p");
  // A measure that is confirmed, and a point that is changed, have been looked at.
  v1::ConfirmMeasureRequest confirm;
  confirm.set_name("units/a/measures/m");
  confirm.set_request_id(server_->RequestId());
  ASSERT_THAT(Call(As("head"), &Stub::ConfirmMeasure, confirm), IsOk());
  EXPECT_EQ(Measure("m").marks_size(), 0);
  v1::UpdateRiskPointRequest update;
  update.mutable_risk_point()->set_name("units/a/riskPoints/rp");
  update.mutable_risk_point()->set_manifestation("招标流于形式。");
  update.mutable_update_mask()->add_paths("manifestation");
  update.set_request_id(server_->RequestId());
  ASSERT_THAT(Call(As("head"), &Stub::UpdateRiskPoint, update), IsOk());
  EXPECT_EQ(Point("rp").marks_size(), 0);
  ExpectMeasureMarked(common::v1::MARK_CAUSE_RISK_POINT, "units/a/riskPoints/rp");
  v1::ReviseMeasureRequest revise;
  revise.set_name("units/a/measures/m");
  revise.set_request_id(server_->RequestId());
  const auto revised = Call(As("head"), &Stub::ReviseMeasure, revise);
  ASSERT_THAT(revised, IsOk());
  EXPECT_EQ(revised->measure().marks_size(), 0);
}

TEST_F(MarkingTest, AChartMarksWhenItIsChangedOrArchivedAfterItWasFiled) {
  auto chart = NewChart("w", "p");
  v1::RiskMark& mark = *chart.mutable_workflow()->add_risk_marks();
  mark.set_node("check");
  mark.set_risk_point("units/a/riskPoints/rp");
  ASSERT_THAT(Call(As("head"), &Stub::CreateWorkflow, chart), IsOk());
  HandInAndApprove(v1::SUBMISSION_KIND_WORKFLOW_CHARTS);
  ASSERT_EQ(Chart("w").state(), v1::FILING_STATE_FILED);
  EXPECT_EQ(Point("rp").marks_size(), 0);
  v1::ArchiveWorkflowRequest archive;
  archive.set_name("units/a/workflows/w");
  archive.set_request_id(server_->RequestId());
  const auto archived = Call(As("head"), &Stub::ArchiveWorkflow, archive);
  ASSERT_THAT(archived, IsOk());
  EXPECT_EQ(archived->workflow().state(), v1::FILING_STATE_ARCHIVED);
  ExpectMarked(common::v1::MARK_CAUSE_WORKFLOW, "units/a/workflows/w");
}

TEST_F(MarkingTest, AReportThatIsAcceptedWithATargetUnmetMarksItsMeasures) {
  grading::v1::SelfInspectionReport report;
  report.set_name("units/a/selfInspectionReports/r");
  report.add_targets()->set_met(true);
  report.add_targets()->set_met(false);
  for (const char* name : {"units/a/measures/m", "units/a/measures/proposed",
                           "units/a/measures/none", "units/b/measures/m"}) {
    report.add_measures()->set_measure(name);
  }
  for (const auto state : {grading::v1::SELF_INSPECTION_STATE_SUBMITTED,
                           grading::v1::SELF_INSPECTION_STATE_ACCEPTED}) {
    report.set_state(state);
    PutReport(report);
    EXPECT_EQ(Measure("m").marks_size(), 0);
  }
  report.set_state(grading::v1::SELF_INSPECTION_STATE_IMPROVING);
  PutReport(report);
  ExpectMeasureMarked(common::v1::MARK_CAUSE_INSPECTION, report.name());
  EXPECT_EQ(Measure("m").marks(0).reason(), "自查有1项目标没有实现");
  EXPECT_EQ(Point("rp").marks_size(), 0);
}

TEST_F(MarkingTest, PublicationsShowInTheStates) {
  const std::vector<std::string> subjects = {"units/a/riskPoints/rp", "units/a/measures/m",
                                             "units/a/measures/proposed", "units/a/measures/none",
                                             "units/b/riskPoints/rp"};
  Publish(subjects);
  EXPECT_EQ(Point("rp").state(), v1::RISK_POINT_STATE_PUBLICISED);
  EXPECT_EQ(Measure("m").state(), v1::MEASURE_STATE_PUBLICISED);
  EXPECT_EQ(Measure("proposed").state(), v1::MEASURE_STATE_PROPOSED);
  Publish(subjects, reporting::v1::PUBLICATION_STATE_CLOSED);
  EXPECT_EQ(Point("rp").state(), v1::RISK_POINT_STATE_PUBLICISED);
  Publish(subjects, reporting::v1::PUBLICATION_STATE_WITHDRAWN);
  EXPECT_EQ(Point("rp").state(), v1::RISK_POINT_STATE_REGISTERED);
  EXPECT_EQ(Measure("m").state(), v1::MEASURE_STATE_FILED);

  // A published point that says something else has to be published again.
  Publish(subjects);
  v1::UpdateRiskPointRequest update;
  update.mutable_risk_point()->set_name("units/a/riskPoints/rp");
  update.mutable_risk_point()->set_description("验收无人复核。");
  update.mutable_update_mask()->add_paths("description");
  update.set_request_id(server_->RequestId());
  ASSERT_EQ(Point("rp").state(), v1::RISK_POINT_STATE_PUBLICISED);
  ASSERT_THAT(Call(As("head"), &Stub::UpdateRiskPoint, update), IsOk());
  EXPECT_EQ(Point("rp").state(), v1::RISK_POINT_STATE_REGISTERED);

  // An objection to the old publication does not publish the new words.
  Publish(subjects, reporting::v1::PUBLICATION_STATE_OPEN, "p", /*objections=*/1);
  EXPECT_EQ(Point("rp").state(), v1::RISK_POINT_STATE_REGISTERED);
  // A new one does, and the end of the old one changes nothing of that.
  Publish(subjects, reporting::v1::PUBLICATION_STATE_OPEN, "q");
  EXPECT_EQ(Point("rp").state(), v1::RISK_POINT_STATE_PUBLICISED);
  Publish(subjects, reporting::v1::PUBLICATION_STATE_WITHDRAWN, "p", /*objections=*/1);
  EXPECT_EQ(Point("rp").state(), v1::RISK_POINT_STATE_PUBLICISED);
}

TEST_F(MarkingTest, WhatTwoPublicationsShowStaysPublishedUntilBothAreWithdrawn) {
  const std::vector<std::string> subjects = {"units/a/riskPoints/rp", "units/a/measures/m"};
  Publish(subjects, reporting::v1::PUBLICATION_STATE_OPEN, "p");
  Publish(subjects, reporting::v1::PUBLICATION_STATE_OPEN, "q");
  Publish(subjects, reporting::v1::PUBLICATION_STATE_WITHDRAWN, "p");
  EXPECT_EQ(Point("rp").state(), v1::RISK_POINT_STATE_PUBLICISED);
  EXPECT_THAT(Point("rp").publications(), ::testing::ElementsAre("units/a/publications/q"));
  EXPECT_EQ(Measure("m").state(), v1::MEASURE_STATE_PUBLICISED);
  Publish(subjects, reporting::v1::PUBLICATION_STATE_WITHDRAWN, "q");
  EXPECT_EQ(Point("rp").state(), v1::RISK_POINT_STATE_REGISTERED);
  EXPECT_EQ(Measure("m").state(), v1::MEASURE_STATE_FILED);
}

}  // namespace
}  // namespace lianfang::risk
