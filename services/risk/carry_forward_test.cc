// A new year, through the API.
#include <string>

#include "services/risk/risk_fixture.h"

namespace lianfang::risk {
namespace {

using Stub = v1::RiskService::Stub;

class CarryForwardTest : public RiskFixture {
 protected:
  absl::StatusOr<v1::CarryForwardResponse> Carry(const std::string& who = "office", int from = 2026,
                                                 int to = 2027) {
    v1::CarryForwardRequest request;
    request.set_parent("units/a");
    request.set_from_year(from);
    request.set_to_year(to);
    request.set_request_id(server_->RequestId());
    return Call(As(who), &Stub::CarryForward, request);
  }
  void Archive(const std::string& point) {
    v1::ArchiveRiskPointRequest archive;
    archive.set_name("units/a/riskPoints/" + point);
    archive.set_request_id(server_->RequestId());
    ASSERT_THAT(Call(As("office"), &Stub::ArchiveRiskPoint, archive), IsOk());
  }
};

TEST_F(CarryForwardTest, ANewYearBeginsWithDraftsOfTheOld) {
  ASSERT_THAT(Call(As("head"), &Stub::CreateRiskPoint, NewPoint("rp")), IsOk());
  auto draft = NewPoint("draft");
  draft.set_draft(true);
  ASSERT_THAT(Call(As("head"), &Stub::CreateRiskPoint, draft), IsOk());
  ASSERT_THAT(Call(As("head"), &Stub::CreateRiskPoint, NewPoint("gone")), IsOk());
  Archive("gone");
  ASSERT_THAT(Call(As("head"), &Stub::CreateMeasure, NewMeasure("m", "rp")), IsOk());
  HandInAndApprove(v1::SUBMISSION_KIND_DEPARTMENT_MEASURES);
  ASSERT_THAT(Call(As("head"), &Stub::CreateMeasure, NewMeasure("proposed", "rp")), IsOk());
  ASSERT_THAT(Create("buyer", "sc", 2), IsOk());
  const auto self_check = Submit("buyer", "sc");
  ASSERT_THAT(self_check, IsOk());
  Decide(*self_check, grading::v1::REVIEW_STATE_APPROVED);
  ASSERT_EQ(Form("sc").state(), v1::SELF_CHECK_STATE_APPROVED);

  const auto carried = Carry();
  ASSERT_THAT(carried, IsOk());
  EXPECT_EQ(carried->self_checks(), 1);
  EXPECT_EQ(carried->risk_points(), 1);
  EXPECT_EQ(carried->measures(), 1);
  EXPECT_FALSE(carried->more());
  EXPECT_GT(carried->position().sequence(), 0);
  const v1::RiskPoint point = Point("rp-2027");
  EXPECT_EQ(point.state(), v1::RISK_POINT_STATE_DRAFT);
  EXPECT_EQ(point.year(), 2027);
  EXPECT_EQ(point.carried_from(), "units/a/riskPoints/rp");
  const v1::Measure measure = Measure("m-2027");
  EXPECT_EQ(measure.state(), v1::MEASURE_STATE_DRAFT);
  EXPECT_EQ(measure.risk_point(), point.name());
  EXPECT_EQ(measure.carried_from(), "units/a/measures/m");
  const v1::SelfCheck form = Form("sc-2027");
  EXPECT_EQ(form.state(), v1::SELF_CHECK_STATE_DRAFT);
  EXPECT_EQ(form.carried_from(), "units/a/selfChecks/sc");
  ASSERT_EQ(form.findings_size(), 2);
  EXPECT_EQ(form.findings(0).carried_from(), "units/a/riskPoints/sc-1");

  // Nothing is copied twice.
  const auto again = Carry();
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->self_checks() + again->risk_points() + again->measures(), 0);
  EXPECT_FALSE(again->has_position());
  // Nor does it come back when it was taken off in the new year.
  v1::ArchiveMeasureRequest archive;
  archive.set_name(measure.name());
  archive.set_request_id(server_->RequestId());
  ASSERT_THAT(Call(As("office"), &Stub::ArchiveMeasure, archive), IsOk());
  Archive("rp-2027");
  EXPECT_EQ(Carry()->risk_points(), 0);
  EXPECT_EQ(Carry()->measures(), 0);
}

TEST_F(CarryForwardTest, AnApprovedSelfCheckContinuesItsPointsAndTheirMeasures) {
  ASSERT_THAT(Create("buyer", "sc", 1), IsOk());
  const auto first = Submit("buyer", "sc");
  ASSERT_THAT(first, IsOk());
  Decide(*first, grading::v1::REVIEW_STATE_APPROVED);
  ASSERT_EQ(Form("sc").state(), v1::SELF_CHECK_STATE_APPROVED);
  ASSERT_THAT(Call(As("buyer"), &Stub::CreateMeasure, NewMeasure("m", "sc-1")), IsOk());
  const auto measures = HandIn("buyer", v1::SUBMISSION_KIND_POST_MEASURES, "posts/buyer");
  ASSERT_THAT(measures, IsOk());
  Decide(*measures, grading::v1::REVIEW_STATE_APPROVED);
  AwaitArrival();
  const auto carried = Carry();
  ASSERT_THAT(carried, IsOk());
  EXPECT_EQ(carried->self_checks(), 1);
  // The point of the new year is not there before its form is approved.
  EXPECT_EQ(carried->measures(), 0);
  const auto second = Submit("buyer", "sc-2027");
  ASSERT_THAT(second, IsOk());
  Decide(*second, grading::v1::REVIEW_STATE_APPROVED);
  EXPECT_EQ(Point("sc-2027-1").carried_from(), "units/a/riskPoints/sc-1");
  EXPECT_EQ(Carry()->measures(), 1);
  EXPECT_EQ(Measure("m-2027").risk_point(), "units/a/riskPoints/sc-2027-1");
}

TEST_F(CarryForwardTest, WhoLeftThePostOrHasBegunGetsNoDraft) {
  for (const char* who : {"buyer", "clerk"}) {
    ASSERT_THAT(Create(who, std::string("sc-") + who, 1), IsOk());
    const auto form = Submit(who, std::string("sc-") + who);
    ASSERT_THAT(form, IsOk());
    Decide(*form, grading::v1::REVIEW_STATE_APPROVED);
  }
  auto begun = NewForm("clerk", "own", 1);
  begun.mutable_self_check()->set_year(2027);
  ASSERT_THAT(Call(As("clerk"), &Stub::CreateSelfCheck, begun), IsOk());
  PutAppointment("buyer", "buyer", 12);
  AwaitArrival();
  const auto carried = Carry();
  ASSERT_THAT(carried, IsOk());
  EXPECT_EQ(carried->self_checks(), 0);
}

TEST_F(CarryForwardTest, ALargeSchoolIsCarriedInSeveralCalls) {
  for (int i = 0; i < 203; ++i) {
    ASSERT_THAT(Call(As("head"), &Stub::CreateRiskPoint, NewPoint("rp-" + std::to_string(i))),
                IsOk());
  }
  const auto first = Carry();
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->risk_points(), 200);
  EXPECT_TRUE(first->more());
  const auto rest = Carry();
  ASSERT_THAT(rest, IsOk());
  EXPECT_EQ(rest->risk_points(), 3);
  EXPECT_FALSE(rest->more());
}

TEST_F(CarryForwardTest, OnlyTheControlOfficeCarriesAndOnlyForward) {
  EXPECT_THAT(Carry("head"), FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Carry("office", 2027, 2027), FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Carry("office", 2027, 2026), FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST_F(CarryForwardTest, AChartMarksAPointOnceForAllYears) {
  ASSERT_THAT(Call(As("head"), &Stub::CreatePower, NewPower("p")), IsOk());
  auto point = NewPoint("rp");
  point.mutable_risk_point()->set_power("units/a/powers/p");
  ASSERT_THAT(Call(As("head"), &Stub::CreateRiskPoint, point), IsOk());
  auto chart = NewChart("w", "p");
  v1::RiskMark& mark = *chart.mutable_workflow()->add_risk_marks();
  mark.set_node("check");
  mark.set_risk_point("units/a/riskPoints/rp");
  ASSERT_THAT(Call(As("head"), &Stub::CreateWorkflow, chart), IsOk());
  ASSERT_THAT(Carry(), IsOk());
  v1::CreateSubmissionRequest request;
  request.set_parent("units/a");
  request.set_request_id(server_->RequestId());
  request.mutable_submission()->set_kind(v1::SUBMISSION_KIND_WORKFLOW_CHARTS);
  request.mutable_submission()->set_owner("units/a/departments/affairs");
  request.mutable_submission()->set_year(2027);
  EXPECT_THAT(Call(As("head"), &Stub::CreateSubmission, request), IsOk());
}

}  // namespace
}  // namespace lianfang::risk
