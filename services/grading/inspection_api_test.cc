// Self-inspection, examination and rectification through the API.
#include "lianfang/grading/v1/inspection.grpc.pb.h"
#include "services/grading/grading_fixture.h"

namespace lianfang::grading {
namespace {

using namespace common::v1;  // NOLINT: reasons
using testing::FailsWith;
using testing::IsOk;
using v1::InspectionService;
using InspectionStub = InspectionService::Stub;

class InspectionApiTest : public SchoolFixture {
 protected:
  template <class Request>
  Request Named(const std::string& name, const std::string& etag = "") {
    Request request;
    request.set_name(name);
    request.set_etag(etag);
    request.set_request_id(server_->RequestId());
    return request;
  }

  v1::CreateSelfInspectionReportRequest Report(const std::string& id, const std::string& subject,
                                               bool met) {
    v1::CreateSelfInspectionReportRequest request;
    request.set_parent("units/a");
    request.set_self_inspection_report_id(id);
    request.set_request_id(server_->RequestId());
    auto* report = request.mutable_self_inspection_report();
    report->set_subject(subject);
    report->set_year(2026);
    report->set_implementation("措施已落实");
    auto* target = report->add_targets();
    target->set_id("t1");
    target->set_target("采购全部公示");
    target->set_met(met);
    if (!met) {
      target->set_cause("公示栏未启用");
      target->set_improvement("六月底前启用");
    }
    return request;
  }
  absl::StatusOr<v1::CreateSelfInspectionReportResponse> Create(
      client::Client& client, const v1::CreateSelfInspectionReportRequest& request) {
    return testing::Call<InspectionService>(client, &InspectionStub::CreateSelfInspectionReport,
                                            request);
  }
  absl::StatusOr<v1::SubmitSelfInspectionReportResponse> Submit(client::Client& client,
                                                                const std::string& id) {
    return testing::Call<InspectionService>(
        client, &InspectionStub::SubmitSelfInspectionReport,
        Named<v1::SubmitSelfInspectionReportRequest>("units/a/selfInspectionReports/" + id));
  }
  v1::SelfInspectionReport Get(const std::string& id) {
    v1::GetSelfInspectionReportRequest request;
    request.set_name("units/a/selfInspectionReports/" + id);
    const auto response = testing::Call<InspectionService>(
        Office(), &InspectionStub::GetSelfInspectionReport, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->self_inspection_report() : v1::SelfInspectionReport();
  }
  client::Client& Group() { return As("secretary", {"leading_group"}); }
  client::Client& Head() { return As("head", {"department_head"}); }

  const std::string supply_ = "units/a/departments/supply";
};

TEST_F(InspectionApiTest, RoundAfterRoundUntilTheTargetIsMet) {
  EXPECT_THAT(Create(As("bob", {"department_head"}), Report("r1", supply_, false)),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(Create(As("ann", {"staff"}), Report("r1", supply_, false)),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Create(Head(), Report("r1", "units/a", false)),
              FailsWith(ERROR_REASON_NOT_RECORD_OWNER));
  EXPECT_THAT(Create(Head(), Report("r1", "units/b", false)),
              FailsWith(ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Create(Office(), Report("r1", "units/a/departments/none", false)),
              FailsWith(ERROR_REASON_REFERENCE_NOT_FOUND));
  v1::CreateSelfInspectionReportRequest request = Report("r1", supply_, false);
  auto* outcome = request.mutable_self_inspection_report()->add_measures();
  outcome->set_measure("units/a/measures/m1");
  EXPECT_THAT(Create(Head(), request), FailsWith(ERROR_REASON_REFERENCE_NOT_FOUND));
  risk::v1::Measure measure;
  measure.set_name("units/a/measures/m1");
  Put(risk_, Measures(), measure);
  request.set_request_id(server_->RequestId());
  const auto created = Create(Head(), request);
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(Create(Head(), request)->SerializeAsString(), created->SerializeAsString());
  EXPECT_EQ(created->self_inspection_report().round(), 1);
  EXPECT_EQ(created->self_inspection_report().department(), supply_);
  EXPECT_THAT(Create(Head(), Report("r2", supply_, true)), FailsWith(ERROR_REASON_RESOURCE_EXISTS));

  v1::UpdateSelfInspectionReportRequest update;
  *update.mutable_self_inspection_report() = created->self_inspection_report();
  update.mutable_self_inspection_report()->mutable_targets(0)->clear_cause();
  update.mutable_update_mask()->add_paths("targets");
  update.set_request_id(server_->RequestId());
  ASSERT_THAT(
      testing::Call<InspectionService>(Head(), &InspectionStub::UpdateSelfInspectionReport, update),
      IsOk());
  EXPECT_THAT(Submit(Head(), "r1"), FailsWith(ERROR_REASON_TARGET_NOT_MET));
  update.mutable_self_inspection_report()->mutable_targets(0)->set_cause("公示栏未启用");
  update.set_request_id(server_->RequestId());
  EXPECT_THAT(
      testing::Call<InspectionService>(Head(), &InspectionStub::UpdateSelfInspectionReport, update),
      FailsWith(ERROR_REASON_ETAG_MISMATCH));
  update.mutable_self_inspection_report()->clear_etag();
  update.set_request_id(server_->RequestId());
  ASSERT_THAT(
      testing::Call<InspectionService>(Head(), &InspectionStub::UpdateSelfInspectionReport, update),
      IsOk());

  ASSERT_THAT(Submit(Head(), "r1"), IsOk());
  EXPECT_THAT(Submit(Head(), "r1"), FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  const auto withdraw =
      Named<v1::WithdrawSelfInspectionReportRequest>("units/a/selfInspectionReports/r1");
  ASSERT_THAT(testing::Call<InspectionService>(
                  Head(), &InspectionStub::WithdrawSelfInspectionReport, withdraw),
              IsOk());
  EXPECT_EQ(GetReview("r1-i1").state(), v1::REVIEW_STATE_WITHDRAWN);
  ASSERT_THAT(Submit(Head(), "r1"), IsOk());
  const v1::Review review = GetReview("r1-i2");
  EXPECT_EQ(review.record_kind(), v1::RECORD_KIND_SELF_INSPECTION);
  EXPECT_EQ(review.title(), "2026年自查报告：总务处（第1轮）");
  EXPECT_EQ(review.steps_size(), 1);
  ASSERT_THAT(Decide(Group(), Verdict(review, v1::DECISION_RETURN, "补充对比")), IsOk());
  EXPECT_EQ(Get("r1").state(), v1::SELF_INSPECTION_STATE_RETURNED);
  EXPECT_EQ(Get("r1").review_comment(), "补充对比");
  ASSERT_THAT(Submit(Head(), "r1"), IsOk());
  ASSERT_THAT(Decide(Group(), Verdict(GetReview("r1-i3"), v1::DECISION_APPROVE)), IsOk());
  EXPECT_EQ(Get("r1").state(), v1::SELF_INSPECTION_STATE_IMPROVING);

  // The next round leaves the target out, then meets it.
  v1::CreateSelfInspectionReportRequest next = Report("r2", supply_, true);
  next.mutable_self_inspection_report()->mutable_targets(0)->set_id("t2");
  ASSERT_THAT(Create(Head(), next), IsOk());
  EXPECT_EQ(Get("r2").round(), 2);
  EXPECT_EQ(Get("r2").previous(), "units/a/selfInspectionReports/r1");
  EXPECT_THAT(Submit(Head(), "r2"), FailsWith(ERROR_REASON_TARGET_NOT_MET));
  *update.mutable_self_inspection_report() = Get("r2");
  update.mutable_self_inspection_report()->mutable_targets(0)->set_id("t1");
  update.set_request_id(server_->RequestId());
  ASSERT_THAT(
      testing::Call<InspectionService>(Head(), &InspectionStub::UpdateSelfInspectionReport, update),
      IsOk());
  ASSERT_THAT(Submit(Head(), "r2"), IsOk());
  ASSERT_THAT(Decide(Group(), Verdict(GetReview("r2-i1"), v1::DECISION_APPROVE)), IsOk());
  EXPECT_EQ(Get("r2").state(), v1::SELF_INSPECTION_STATE_ACCEPTED);
  EXPECT_EQ(Get("r1").state(), v1::SELF_INSPECTION_STATE_ACCEPTED);
  EXPECT_EQ(Get("r1").met_by(), "units/a/selfInspectionReports/r2");
  EXPECT_THAT(Create(Head(), Report("r3", supply_, true)), FailsWith(ERROR_REASON_RESOURCE_EXISTS));
}

TEST_F(InspectionApiTest, TheSchoolsReportGoesUp) {
  ASSERT_THAT(Create(Office(), Report("s1", "units/a", true)), IsOk());
  ASSERT_THAT(Submit(Office(), "s1"), IsOk());
  const v1::Review review = GetReview("s1-i1");
  ASSERT_EQ(review.steps_size(), 2);
  EXPECT_EQ(review.owner_kind(), v1::OWNER_KIND_UNIT);
  ASSERT_THAT(Decide(Group(), Verdict(review, v1::DECISION_APPROVE)), IsOk());
  EXPECT_EQ(Get("s1").state(), v1::SELF_INSPECTION_STATE_SUBMITTED);
  ASSERT_THAT(Decide(Superior("superior_office"), Verdict(review, v1::DECISION_APPROVE)), IsOk());
  EXPECT_EQ(Get("s1").state(), v1::SELF_INSPECTION_STATE_ACCEPTED);
  v1::ListSelfInspectionReportsRequest list;
  list.set_parent("units/a");
  list.set_subject("units/a");
  const auto listed = testing::Call<InspectionService>(
      Superior("superior_office"), &InspectionStub::ListSelfInspectionReports, list);
  ASSERT_THAT(listed, IsOk());
  EXPECT_EQ(listed->self_inspection_reports_size(), 1);
}

TEST_F(InspectionApiTest, FromExaminationToRectification) {
  v1::CreateExaminationRequest request;
  request.set_parent("units/a");
  request.set_examination_id("e1");
  request.set_request_id(server_->RequestId());
  auto* examination = request.mutable_examination();
  examination->set_department(supply_);
  examination->set_year(2026);
  *examination->mutable_examine_date() = Day(2026, 11, 25);
  auto* problem = examination->add_problems();
  problem->set_problem("台账不全");
  problem->set_responsible(PersonName("ann"));
  *problem->mutable_due_date() = Day(2026, 5, 12);
  const auto create = [&](client::Client& client) {
    request.set_request_id(server_->RequestId());
    return testing::Call<InspectionService>(client, &InspectionStub::CreateExamination, request);
  };
  EXPECT_THAT(create(As("head", {"department_head"})), FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(create(As("head", {"leading_group"})), FailsWith(ERROR_REASON_OWN_RECORD));
  examination->add_examiners(PersonName("nobody"));
  EXPECT_THAT(create(Group()), FailsWith(ERROR_REASON_REFERENCE_NOT_FOUND));
  examination->set_examiners(0, PersonName("head"));
  EXPECT_THAT(create(Group()), FailsWith(ERROR_REASON_OWN_RECORD));
  examination->clear_examiners();
  examination->mutable_examine_date()->set_month(13);
  EXPECT_THAT(create(Group()), FailsWith(ERROR_REASON_INVALID_FIELD));
  examination->mutable_examine_date()->set_month(11);
  const auto created = create(Group());
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->examination().examiners(0), PersonName("secretary"));
  EXPECT_THAT(create(Group()), FailsWith(ERROR_REASON_RESOURCE_EXISTS));

  const std::string name = created->examination().name();
  const auto conclude = [&](client::Client& client, const std::string& etag = "") {
    return testing::Call<InspectionService>(client, &InspectionStub::ConcludeExamination,
                                            Named<v1::ConcludeExaminationRequest>(name, etag));
  };
  EXPECT_THAT(conclude(Group()), FailsWith(ERROR_REASON_REQUIRED_FIELD));
  v1::UpdateExaminationRequest update;
  *update.mutable_examination() = created->examination();
  update.mutable_examination()->set_result(v1::EXAMINATION_RESULT_BASICALLY_QUALIFIED);
  update.set_request_id(server_->RequestId());
  ASSERT_THAT(
      testing::Call<InspectionService>(Office(), &InspectionStub::UpdateExamination, update),
      IsOk());
  EXPECT_THAT(conclude(Group(), "e0"), FailsWith(ERROR_REASON_ETAG_MISMATCH));
  EXPECT_THAT(conclude(As("head", {"leading_group"})), FailsWith(ERROR_REASON_OWN_RECORD));
  const auto concluded = conclude(Group());
  ASSERT_THAT(concluded, IsOk());
  EXPECT_EQ(concluded->examination().state(), v1::EXAMINATION_STATE_CONCLUDED);
  EXPECT_THAT(conclude(Group()), FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  update.mutable_examination()->clear_etag();
  update.set_request_id(server_->RequestId());
  EXPECT_THAT(
      testing::Call<InspectionService>(Office(), &InspectionStub::UpdateExamination, update),
      FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));

  const std::string rectification = concluded->examination().problems(0).rectification();
  EXPECT_EQ(rectification, "units/a/rectifications/e1-p1");
  auto& ann = As("ann", {"staff"});
  const auto start = [&](client::Client& client, const std::string& measure) {
    auto step = Named<v1::StartRectificationRequest>(rectification);
    step.set_measure(measure);
    return testing::Call<InspectionService>(client, &InspectionStub::StartRectification, step);
  };
  const auto submit = [&](client::Client& client) {
    auto step = Named<v1::SubmitRectificationRequest>(rectification);
    step.set_result("已补齐");
    return testing::Call<InspectionService>(client, &InspectionStub::SubmitRectification, step);
  };
  const auto verify = [&](client::Client& client, bool passed, const std::string& comment) {
    auto step = Named<v1::VerifyRectificationRequest>(rectification);
    step.set_passed(passed);
    step.set_comment(comment);
    return testing::Call<InspectionService>(client, &InspectionStub::VerifyRectification, step);
  };
  EXPECT_THAT(start(As("bob", {"staff"}), "补"), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(start(ann, ""), FailsWith(ERROR_REASON_REQUIRED_FIELD));
  EXPECT_THAT(submit(ann), FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  ASSERT_THAT(start(ann, "逐本补登"), IsOk());
  const auto submitted = submit(ann);
  ASSERT_THAT(submitted, IsOk());
  EXPECT_TRUE(submitted->rectification().late());
  EXPECT_THAT(verify(ann, true, ""), FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(verify(As("ann", {"control_office"}), true, ""), FailsWith(ERROR_REASON_OWN_RECORD));
  EXPECT_THAT(verify(Office(), false, ""), FailsWith(ERROR_REASON_REASON_REQUIRED));
  ASSERT_THAT(verify(Office(), false, "仍缺两本"), IsOk());
  ASSERT_THAT(start(ann, ""), IsOk());
  ASSERT_THAT(submit(ann), IsOk());
  ASSERT_THAT(verify(Office(), true, ""), IsOk());
  const auto close = Named<v1::CloseRectificationRequest>(rectification);
  const auto closed =
      testing::Call<InspectionService>(Office(), &InspectionStub::CloseRectification, close);
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->rectification().state(), v1::RECTIFICATION_STATE_CLOSED);
  EXPECT_EQ(testing::Call<InspectionService>(Office(), &InspectionStub::CloseRectification, close)
                ->SerializeAsString(),
            closed->SerializeAsString());
  auto reopen = Named<v1::ReopenRectificationRequest>(rectification);
  reopen.set_reason("问题再现");
  const auto reopened =
      testing::Call<InspectionService>(Group(), &InspectionStub::ReopenRectification, reopen);
  ASSERT_THAT(reopened, IsOk());
  EXPECT_EQ(reopened->rectification().reopen_count(), 2);
}

TEST_F(InspectionApiTest, RectificationsFromElsewhereAndWhoSeesThem) {
  v1::CreateRectificationRequest request;
  request.set_parent("units/a");
  request.set_rectification_id("x1");
  auto* rectification = request.mutable_rectification();
  rectification->set_source(v1::RECTIFICATION_SOURCE_WARNING);
  rectification->set_year(2026);
  rectification->set_problem("逾期未交");
  rectification->set_responsible(PersonName("nobody"));
  *rectification->mutable_due_date() = Day(2026, 6, 30);
  const auto create = [&] {
    request.set_request_id(server_->RequestId());
    return testing::Call<InspectionService>(Office(), &InspectionStub::CreateRectification,
                                            request);
  };
  EXPECT_THAT(create(), FailsWith(ERROR_REASON_REFERENCE_NOT_FOUND));
  rectification->set_responsible(PersonName("ann"));
  rectification->set_source_record("units/b/warnings/w");
  EXPECT_THAT(create(), FailsWith(ERROR_REASON_INVALID_FIELD));
  rectification->clear_source_record();
  ASSERT_THAT(create(), IsOk());
  rectification->set_responsible(PersonName("bob"));
  request.set_rectification_id("x2");
  ASSERT_THAT(create(), IsOk());

  v1::ListRectificationsRequest list;
  list.set_parent("units/a");
  const auto own = testing::Call<InspectionService>(As("ann", {"staff"}),
                                                    &InspectionStub::ListRectifications, list);
  ASSERT_THAT(own, IsOk());
  ASSERT_EQ(own->rectifications_size(), 1);
  EXPECT_EQ(own->rectifications(0).name(), "units/a/rectifications/x1");
  const auto all =
      testing::Call<InspectionService>(Office(), &InspectionStub::ListRectifications, list);
  ASSERT_THAT(all, IsOk());
  EXPECT_EQ(all->rectifications_size(), 2);
  v1::GetRectificationRequest get;
  get.set_name("units/a/rectifications/x2");
  EXPECT_THAT(testing::Call<InspectionService>(As("ann", {"staff"}),
                                               &InspectionStub::GetRectification, get),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  // Of no department, it is no head's.
  EXPECT_THAT(testing::Call<InspectionService>(As("head", {"department_head"}),
                                               &InspectionStub::GetRectification, get),
              FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(testing::Call<InspectionService>(As("bob", {"staff"}),
                                               &InspectionStub::GetRectification, get),
              IsOk());

  v1::UpdateRectificationRequest update;
  update.mutable_rectification()->set_name("units/a/rectifications/x2");
  update.mutable_rectification()->set_responsible(PersonName("ann"));
  update.mutable_update_mask()->add_paths("responsible");
  update.set_request_id(server_->RequestId());
  const auto moved =
      testing::Call<InspectionService>(Office(), &InspectionStub::UpdateRectification, update);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->rectification().responsible(), PersonName("ann"));
  update.mutable_update_mask()->set_paths(0, "source");
  update.mutable_rectification()->set_source(v1::RECTIFICATION_SOURCE_FEEDBACK);
  update.set_request_id(server_->RequestId());
  EXPECT_THAT(
      testing::Call<InspectionService>(Office(), &InspectionStub::UpdateRectification, update),
      FailsWith(ERROR_REASON_INVALID_FIELD));
}

}  // namespace
}  // namespace lianfang::grading
