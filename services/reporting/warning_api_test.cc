// Warnings over real gRPC.
#include <string>
#include <vector>

#include "lianfang/reporting/v1/campaign.grpc.pb.h"
#include "lianfang/reporting/v1/warning.grpc.pb.h"
#include "services/reporting/reporting_fixture.h"

namespace lianfang::reporting {
namespace {

using v1::WarningService;
using WarningStub = v1::WarningService::Stub;

class WarningApiTest : public ReportingFixture {
 protected:
  WarningApiTest() {
    PutUnit();
    personnel::v1::Department department;
    department.set_name("units/u/departments/general");
    department.set_display_name("总务处");
    department.set_head("units/u/persons/of-head");
    department.set_vice_principal("units/u/persons/of-vice");
    department.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    Put("personnel", directory::DepartmentKind(), department);
    PutPost("vice", "副校长", "");
    PutPost("head", "总务主任", "general");
    PutPost("buyer", "采购员", "general");
    PutPoint("a", "buyer");
    PutGrade("buyer", common::v1::RISK_LEVEL_HIGH);
  }
  client::Client& Office() { return server_.As("units/u/persons/office", {"control_office"}); }
  client::Client& Person(const std::string& id, const std::string& role) {
    return server_.As("units/u/persons/of-" + id, {role}, {"u"});
  }

  std::vector<v1::Warning> List(client::Client& client, v1::ListWarningsRequest request) {
    request.set_parent("units/u");
    std::vector<v1::Warning> warnings;
    for (int pages = 0; pages < 200; ++pages) {
      const auto page =
          Read<ReportingService>(client, &ReportingService::Stub::ListWarnings, request);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      warnings.insert(warnings.end(), page->warnings().begin(), page->warnings().end());
      request.set_page_token(page->next_page_token());
      if (request.page_token().empty()) break;
    }
    return warnings;
  }
  std::vector<v1::Warning> OfKind(client::Client& client, v1::WarningKind kind) {
    v1::ListWarningsRequest request;
    request.set_kind(kind);
    return List(client, request);
  }
  // The warning about the risk point, which was registered on the day on which the clock starts.
  std::string Untreated() {
    const auto warnings = OfKind(Office(), v1::WARNING_KIND_HIGH_WITHOUT_MEASURE);
    EXPECT_EQ(warnings.size(), 1u);
    return warnings.empty() ? "" : warnings[0].name();
  }
  absl::StatusOr<v1::GetWarningResponse> Get(client::Client& client, const std::string& name) {
    v1::GetWarningRequest request;
    request.set_name(name);
    return Read<WarningService>(client, &WarningStub::GetWarning, request);
  }
  v1::AdjudicateWarningRequest Verdict(const std::string& name) {
    v1::AdjudicateWarningRequest request;
    request.set_name(name);
    request.set_verdict(v1::WARNING_VERDICT_RISK);
    request.set_disposal(v1::WARNING_DISPOSAL_RECTIFICATION);
    request.set_reason("限期制定措施");
    return request;
  }
};

TEST_F(WarningApiTest, ComeAndGoWithTheFacts) {
  Today(2026, 6, 11);
  EXPECT_EQ(OfKind(Office(), v1::WARNING_KIND_HIGH_WITHOUT_MEASURE).size(), 0u) << "29 days";
  Today(2026, 6, 12);
  const auto warnings = OfKind(Office(), v1::WARNING_KIND_HIGH_WITHOUT_MEASURE);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0].colour(), v1::WARNING_COLOUR_YELLOW);
  EXPECT_EQ(warnings[0].subject(), "units/u/riskPoints/a");
  EXPECT_EQ(warnings[0].state(), v1::WARNING_STATE_OPEN);
  EXPECT_EQ(warnings[0].escalation().role(), v1::ESCALATION_ROLE_DEPARTMENT_HEAD);
  EXPECT_EQ(warnings[0].escalation().persons(0), "units/u/persons/of-head");
  Today(2026, 8, 11);
  const auto later = OfKind(Office(), v1::WARNING_KIND_HIGH_WITHOUT_MEASURE);
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later[0].name(), warnings[0].name());
  EXPECT_EQ(later[0].colour(), v1::WARNING_COLOUR_RED);
  PutMeasure("m", "a", "buyer");
  EXPECT_EQ(OfKind(Office(), v1::WARNING_KIND_HIGH_WITHOUT_MEASURE).size(), 0u);
  EXPECT_THAT(Get(Office(), warnings[0].name()),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND))
      << "nobody ever adjudicated it";
}

TEST_F(WarningApiTest, OverduePiecesOfThisYear) {
  Today(2026, 5, 14);
  const auto count = [&](v1::WarningColour colour) {
    v1::ListWarningsRequest request;
    request.set_kind(v1::WARNING_KIND_OVERDUE);
    request.set_colour(colour);
    return List(Office(), request).size();
  };
  EXPECT_EQ(count(v1::WARNING_COLOUR_YELLOW), 3u) << "the duties of three posts, due on the 13th";
  Today(2026, 5, 20);
  EXPECT_EQ(count(v1::WARNING_COLOUR_ORANGE), 3u);
  EXPECT_EQ(count(v1::WARNING_COLOUR_YELLOW), 2u) << "the volume and its publication";
  v1::ListWarningsRequest request;
  request.set_department("units/u/departments/general");
  EXPECT_EQ(List(Office(), request).size(), 2u);
  Today(2027, 1, 2);
  EXPECT_EQ(OfKind(Office(), v1::WARNING_KIND_OVERDUE).size(), 0u) << "nobody opened last year";

  v1::CreateCampaignRequest open;
  open.set_parent("units/u");
  open.mutable_campaign()->set_year(2026);
  ASSERT_THAT(
      Change<v1::CampaignService>(Office(), &v1::CampaignService::Stub::CreateCampaign, open),
      IsOk());
  const auto old = OfKind(Office(), v1::WARNING_KIND_OVERDUE);
  ASSERT_GT(old.size(), 10u);
  for (const auto& warning : old) EXPECT_EQ(warning.year(), 2026);
}

TEST_F(WarningApiTest, TheMostUrgentComeFirstPageByPage) {
  Today(2026, 6, 20);
  const auto whole = List(Office(), {});
  ASSERT_GT(whole.size(), 8u);
  for (size_t i = 1; i < whole.size(); ++i) {
    EXPECT_TRUE(
        whole[i - 1].colour() > whole[i].colour() ||
        (whole[i - 1].colour() == whole[i].colour() && whole[i - 1].name() < whole[i].name()));
  }
  EXPECT_NE(whole.front().colour(), whole.back().colour());
  v1::ListWarningsRequest request;
  request.set_page_size(3);
  const auto pages = List(Office(), request);
  ASSERT_EQ(pages.size(), whole.size());
  for (size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(pages[i].name(), whole[i].name());
}

TEST_F(WarningApiTest, AreAdjudicatedAndRevoked) {
  Today(2026, 6, 12);
  const std::string name = Untreated();
  v1::AdjudicateWarningRequest request = Verdict(name);
  request.set_request_id(server_.RequestId());
  const auto judged = Change<WarningService>(Office(), &WarningStub::AdjudicateWarning, request);
  ASSERT_THAT(judged, IsOk());
  EXPECT_EQ(judged->warning().state(), v1::WARNING_STATE_ADJUDICATED);
  EXPECT_FALSE(judged->warning().has_escalation());
  EXPECT_EQ(judged->position().service(), "reporting");
  const auto again = Change<WarningService>(Office(), &WarningStub::AdjudicateWarning, request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->warning().history_size(), 1) << "the same request";
  EXPECT_THAT(Change<WarningService>(Office(), &WarningStub::AdjudicateWarning, Verdict(name)),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  v1::ListWarningsRequest open;
  open.set_kind(v1::WARNING_KIND_HIGH_WITHOUT_MEASURE);
  open.set_state(v1::WARNING_STATE_OPEN);
  EXPECT_EQ(List(Office(), open).size(), 0u);

  v1::RevokeAdjudicationRequest revoke;
  revoke.set_name(name);
  EXPECT_THAT(Change<WarningService>(Office(), &WarningStub::RevokeAdjudication, revoke),
              FailsWith(common::v1::ERROR_REASON_REQUIRED_FIELD));
  revoke.set_reason("情况有变");
  revoke.set_etag("1");
  EXPECT_THAT(Change<WarningService>(Office(), &WarningStub::RevokeAdjudication, revoke),
              FailsWith(common::v1::ERROR_REASON_ETAG_MISMATCH));
  revoke.set_etag(judged->warning().etag());
  const auto revoked = Change<WarningService>(Office(), &WarningStub::RevokeAdjudication, revoke);
  ASSERT_THAT(revoked, IsOk());
  EXPECT_EQ(revoked->warning().state(), v1::WARNING_STATE_OPEN);
  revoke.clear_etag();
  EXPECT_THAT(Change<WarningService>(Office(), &WarningStub::RevokeAdjudication, revoke),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  const auto got = Get(Office(), name);
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->warning().history_size(), 2);
  EXPECT_TRUE(got->warning().has_escalation());

  // It holds for its colour only, and is kept when the facts are gone.
  ASSERT_THAT(Change<WarningService>(Office(), &WarningStub::AdjudicateWarning, Verdict(name)),
              IsOk());
  Today(2026, 7, 12);
  EXPECT_EQ(Get(Office(), name)->warning().state(), v1::WARNING_STATE_OPEN) << "orange now";
  PutMeasure("m", "a", "buyer");
  EXPECT_EQ(Get(Office(), name)->warning().state(), v1::WARNING_STATE_GONE);
  EXPECT_EQ(OfKind(Office(), v1::WARNING_KIND_HIGH_WITHOUT_MEASURE).size(), 0u);
  v1::ListWarningsRequest gone;
  gone.set_state(v1::WARNING_STATE_GONE);
  EXPECT_EQ(List(Office(), gone).size(), 1u);
  EXPECT_THAT(Change<WarningService>(Office(), &WarningStub::AdjudicateWarning, Verdict(name)),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
}

TEST_F(WarningApiTest, ReachOneLeaderAfterTheOther) {
  Today(2026, 6, 12);
  const std::string name = Untreated();
  EXPECT_THAT(Get(Person("head", "department_head"), name), IsOk());
  EXPECT_THAT(Get(Person("vice", "vice_principal"), name),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND))
      << "not yet";
  EXPECT_THAT(Get(Person("buyer", "staff"), name),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Change<WarningService>(Person("head", "department_head"),
                                     &WarningStub::AdjudicateWarning, Verdict(name)),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  auto& superior = server_.As("superior/office", {"superior_office"}, {"u"});
  EXPECT_THAT(Get(superior, name), FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  Today(2026, 6, 15);
  EXPECT_THAT(Get(Person("head", "department_head"), name), IsOk()) << "he still sees it";
  const auto risen = Get(Person("vice", "vice_principal"), name);
  ASSERT_THAT(risen, IsOk());
  EXPECT_EQ(risen->warning().escalation().role(), v1::ESCALATION_ROLE_VICE_PRINCIPAL);
  EXPECT_EQ(risen->warning().escalation().step(), 2);
  Today(2026, 7, 13);
  EXPECT_THAT(Get(server_.As("superior/office", {"superior_office"}, {"u"}), name), IsOk());
  EXPECT_THAT(Change<WarningService>(Person("vice", "vice_principal"),
                                     &WarningStub::AdjudicateWarning, Verdict(name)),
              IsOk());
}

TEST_F(WarningApiTest, NobodyAdjudicatesHisOwn) {
  personnel::v1::Appointment appointment;
  appointment.set_name("units/u/appointments/of-buyer");
  appointment.set_post("units/u/posts/buyer");
  appointment.set_person("units/u/persons/of-buyer");
  appointment.mutable_start_date()->set_year(2018);
  appointment.mutable_start_date()->set_month(9);
  appointment.mutable_start_date()->set_day(1);
  appointment.set_state(personnel::v1::RECORD_STATE_ACTIVE);
  Put("personnel", directory::AppointmentKind(), appointment);
  const auto warnings = OfKind(Office(), v1::WARNING_KIND_LONG_HOLDER);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0].value(), 7);
  EXPECT_EQ(warnings[0].escalation().role(), v1::ESCALATION_ROLE_SUPERIOR_OFFICE)
      << "it began in 2023";
  EXPECT_THAT(Change<WarningService>(Person("buyer", "control_office"),
                                     &WarningStub::AdjudicateWarning, Verdict(warnings[0].name())),
              FailsWith(common::v1::ERROR_REASON_OWN_RECORD));
  v1::AdjudicateWarningRequest none = Verdict(warnings[0].name());
  none.set_verdict(v1::WARNING_VERDICT_NO_RISK);
  EXPECT_THAT(Change<WarningService>(Office(), &WarningStub::AdjudicateWarning, none),
              FailsWith(common::v1::ERROR_REASON_INVALID_FIELD))
      << "what is no risk has no disposal";
  none.clear_disposal();
  EXPECT_THAT(Change<WarningService>(Office(), &WarningStub::AdjudicateWarning, none), IsOk());
}

TEST_F(WarningApiTest, FeedbackAndMeasuresOfOtherLedgers) {
  risk::v1::Measure measure;
  measure.set_name("units/u/measures/m");
  measure.set_risk_point("units/u/riskPoints/a");
  measure.set_responsible_post("units/u/posts/buyer");
  measure.set_stage(common::v1::MEASURE_STAGE_INTERIM_MONITORING);
  measure.set_content("双人验收");
  measure.set_state(risk::v1::MEASURE_STATE_FILED);
  measure.set_effect(risk::v1::MEASURE_EFFECT_NONE);
  measure.mutable_assess_time()->set_seconds(absl::ToUnixSeconds(server_.clock().Now()));
  Put("risk", KindOf<risk::v1::Measure>("measures"), measure);
  EXPECT_EQ(OfKind(Office(), v1::WARNING_KIND_MEASURE_WITHOUT_EFFECT).size(), 1u);
  measure.set_effect(risk::v1::MEASURE_EFFECT_EFFECTIVE);
  Put("risk", KindOf<risk::v1::Measure>("measures"), measure);
  EXPECT_EQ(OfKind(Office(), v1::WARNING_KIND_MEASURE_WITHOUT_EFFECT).size(), 0u);

  risk::v1::Feedback feedback;
  for (const std::string id : {"f1", "f2"}) {
    feedback.set_name("units/u/feedback/" + id);
    feedback.set_subject("units/u/posts/buyer");
    feedback.set_owner("units/u/posts/buyer");
    feedback.set_state(risk::v1::FEEDBACK_STATE_RECEIVED);
    Put("risk", KindOf<risk::v1::Feedback>("feedback"), feedback);
  }
  const auto repeated = OfKind(Office(), v1::WARNING_KIND_REPEATED_FEEDBACK);
  ASSERT_EQ(repeated.size(), 1u);
  EXPECT_EQ(repeated[0].value(), 2);
  EXPECT_EQ(repeated[0].department(), "units/u/departments/general");

  feedback.set_state(risk::v1::FEEDBACK_STATE_HANDLED);
  feedback.set_accepter("units/u/persons/office");
  feedback.set_finding(risk::v1::FEEDBACK_FINDING_PARTLY_CONFIRMED);
  Put("risk", KindOf<risk::v1::Feedback>("feedback"), feedback);
  EXPECT_EQ(OfKind(Office(), v1::WARNING_KIND_REPEATED_FEEDBACK).size(), 1u);
  feedback.set_finding(risk::v1::FEEDBACK_FINDING_NOT_CONFIRMED);
  Put("risk", KindOf<risk::v1::Feedback>("feedback"), feedback);
  EXPECT_EQ(OfKind(Office(), v1::WARNING_KIND_REPEATED_FEEDBACK).size(), 0u);
}

}  // namespace
}  // namespace lianfang::reporting
