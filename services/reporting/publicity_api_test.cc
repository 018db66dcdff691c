// PublicityService and ListPublications over real gRPC.
#include <string>

#include "lianfang/reporting/v1/publicity.grpc.pb.h"
#include "services/reporting/reporting_fixture.h"

namespace lianfang::reporting {
namespace {

using v1::PublicityService;
using PublicityStub = v1::PublicityService::Stub;

class PublicityApiTest : public ReportingFixture {
 protected:
  PublicityApiTest() {
    PutUnit();
    PutDepartment("general", "总务处");
    PutPost("buyer", "采购员", "general");
    PutPoint("a", "buyer");
    PutMeasure("m", "a", "buyer");
  }
  client::Client& Office() { return server_.As("units/u/persons/office", {"control_office"}); }
  client::Client& Staff() { return server_.As("units/u/persons/of-buyer", {"staff"}, {"u"}); }

  v1::CreatePublicationRequest Request(v1::PublicationKind kind, const std::string& subject) {
    v1::CreatePublicationRequest request;
    request.set_parent("units/u");
    v1::Publication* publication = request.mutable_publication();
    publication->set_kind(kind);
    publication->set_year(2026);
    publication->set_title("公示");
    publication->add_subjects("units/u/" + subject);
    publication->set_scope(common::v1::PUBLICITY_SCOPE_LIMITED);
    return request;
  }
  absl::StatusOr<v1::CreatePublicationResponse> Create(v1::CreatePublicationRequest request) {
    return Change<PublicityService>(Office(), &PublicityStub::CreatePublication,
                                    std::move(request));
  }
  absl::StatusOr<v1::ClosePublicationResponse> Close(const std::string& name,
                                                     const std::string& etag = "") {
    v1::ClosePublicationRequest request;
    request.set_name(name);
    request.set_etag(etag);
    return Change<PublicityService>(Office(), &PublicityStub::ClosePublication, request);
  }
  int Listed(v1::ListPublicationsRequest request) {
    request.set_parent("units/u");
    const auto list = testing::Call<ReportingService>(
        Staff(), &ReportingService::Stub::ListPublications, request);
    EXPECT_THAT(list, IsOk());
    return list.ok() ? list->publications_size() : -1;
  }
};

TEST_F(PublicityApiTest, ShowsWhatIsApprovedOnly) {
  EXPECT_THAT(Create(Request(v1::PUBLICATION_KIND_RISK_POINTS, "riskPoints/none")),
              FailsWith(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND));
  EXPECT_THAT(Create(Request(v1::PUBLICATION_KIND_POST_DUTIES, "postDuties/none")),
              FailsWith(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND));
  risk::v1::RiskPoint draft = Point("d", "buyer");
  draft.set_state(risk::v1::RISK_POINT_STATE_DRAFT);
  Put("risk", KindOf<risk::v1::RiskPoint>("riskPoints"), draft);
  EXPECT_THAT(Create(Request(v1::PUBLICATION_KIND_RISK_POINTS, "riskPoints/d")),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(Create(Request(v1::PUBLICATION_KIND_RISK_POINTS, "measures/m")),
              FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
  // What was registered a moment ago is known: the service catches up before it refuses.
  PutPoint("now", "buyer");
  const auto created = Create(Request(v1::PUBLICATION_KIND_RISK_POINTS, "riskPoints/now"));
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->publication().publisher(), "units/u/persons/office");
  EXPECT_EQ(created->publication().end_date().day(), 17);
  EXPECT_THAT(Create(Request(v1::PUBLICATION_KIND_MEASURES, "measures/m")), IsOk());

  personnel::v1::PostDuty duty;
  duty.set_name("units/u/postDuties/d");
  duty.set_post("units/u/posts/buyer");
  duty.set_year(2026);
  duty.set_state(personnel::v1::POST_DUTY_STATE_IN_REVIEW);
  Put("personnel", KindOf<personnel::v1::PostDuty>("postDuties"), duty);
  EXPECT_THAT(Create(Request(v1::PUBLICATION_KIND_POST_DUTIES, "postDuties/d")),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  duty.set_approved_revision(1);
  Put("personnel", KindOf<personnel::v1::PostDuty>("postDuties"), duty);
  EXPECT_THAT(Create(Request(v1::PUBLICATION_KIND_POST_DUTIES, "postDuties/d")), IsOk());
}

TEST_F(PublicityApiTest, PersonalFormsStayInASmallCircle) {
  risk::v1::SelfCheck check;
  check.set_name("units/u/selfChecks/s");
  check.set_post("units/u/posts/buyer");
  check.set_year(2026);
  check.set_state(risk::v1::SELF_CHECK_STATE_APPROVED);
  Put("risk", KindOf<risk::v1::SelfCheck>("selfChecks"), check);
  auto request = Request(v1::PUBLICATION_KIND_PERSONAL_FORMS, "selfChecks/s");
  request.mutable_publication()->set_scope(common::v1::PUBLICITY_SCOPE_WITHIN_SCHOOL);
  EXPECT_THAT(Create(request), FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
  request.mutable_publication()->set_scope(common::v1::PUBLICITY_SCOPE_DEPARTMENT);
  request.mutable_publication()->set_department("units/u/departments/none");
  EXPECT_THAT(Create(request), FailsWith(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND));
  request.mutable_publication()->set_department("units/u/departments/general");
  EXPECT_THAT(Create(request), IsOk());
}

TEST_F(PublicityApiTest, ClosesAfterItsDaysAndItsObjections) {
  const auto created = Create(Request(v1::PUBLICATION_KIND_RISK_POINTS, "riskPoints/a"));
  ASSERT_THAT(created, IsOk());
  const std::string name = created->publication().name();
  EXPECT_THAT(Close(name), FailsWith(common::v1::ERROR_REASON_PERIOD_NOT_OVER));

  v1::AddObjectionRequest objection;
  objection.set_name(name);
  objection.set_content("漏了一个风险点");
  const auto objected = Change<PublicityService>(Staff(), &PublicityStub::AddObjection, objection);
  ASSERT_THAT(objected, IsOk());
  EXPECT_EQ(objected->publication().objections(0).objector(), "units/u/persons/of-buyer");

  Today(2026, 5, 18);
  EXPECT_THAT(Close(name), FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  v1::HandleObjectionRequest handle;
  handle.set_name(name);
  handle.set_number(1);
  handle.set_answer("已核对，没有遗漏");
  EXPECT_THAT(Change<PublicityService>(Staff(), &PublicityStub::HandleObjection, handle),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  auto& both = server_.As("units/u/persons/of-buyer", {"control_office"});
  EXPECT_THAT(Change<PublicityService>(both, &PublicityStub::HandleObjection, handle),
              FailsWith(common::v1::ERROR_REASON_OWN_RECORD));
  handle.set_etag(created->publication().etag());
  EXPECT_THAT(Change<PublicityService>(Office(), &PublicityStub::HandleObjection, handle),
              FailsWith(common::v1::ERROR_REASON_ETAG_MISMATCH));
  handle.clear_etag();
  const auto handled = Change<PublicityService>(Office(), &PublicityStub::HandleObjection, handle);
  ASSERT_THAT(handled, IsOk());
  EXPECT_THAT(Close(name, created->publication().etag()),
              FailsWith(common::v1::ERROR_REASON_ETAG_MISMATCH));
  const auto closed = Close(name, handled->publication().etag());
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->publication().state(), v1::PUBLICATION_STATE_CLOSED);
  EXPECT_THAT(Change<PublicityService>(Staff(), &PublicityStub::AddObjection, objection),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
}

TEST_F(PublicityApiTest, AreCountedUntilTheyAreWithdrawn) {
  auto request = Request(v1::PUBLICATION_KIND_RISK_POINTS, "riskPoints/a");
  request.set_publication_id("points");
  request.set_request_id(server_.RequestId());
  ASSERT_THAT(Create(request), IsOk());
  ASSERT_THAT(Create(request), IsOk()) << "the same request";
  request.set_request_id(server_.RequestId());
  EXPECT_THAT(Create(request), FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS));
  ASSERT_THAT(Create(Request(v1::PUBLICATION_KIND_MEASURES, "measures/m")), IsOk());
  EXPECT_EQ(Statistics()->total().publication_count(), 2);
  EXPECT_EQ(Statistics()->departments(0).statistics().publication_count(), 2) << "the unit's";
  EXPECT_EQ(Listed({}), 2);
  v1::ListPublicationsRequest filter;
  filter.set_kind(v1::PUBLICATION_KIND_MEASURES);
  EXPECT_EQ(Listed(filter), 1);
  filter.Clear();
  filter.set_year(2025);
  EXPECT_EQ(Listed(filter), 0);

  v1::WithdrawPublicationRequest withdraw;
  withdraw.set_name("units/u/publications/points");
  withdraw.set_reason("内容有误");
  EXPECT_THAT(Change<PublicityService>(Staff(), &PublicityStub::WithdrawPublication, withdraw),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  ASSERT_THAT(Change<PublicityService>(Office(), &PublicityStub::WithdrawPublication, withdraw),
              IsOk());
  EXPECT_EQ(Statistics()->total().publication_count(), 1);
  filter.Clear();
  filter.set_state(v1::PUBLICATION_STATE_OPEN);
  EXPECT_EQ(Listed(filter), 1);
  v1::GetPublicationRequest get;
  get.set_name(withdraw.name());
  const auto got = testing::Call<PublicityService>(Staff(), &PublicityStub::GetPublication, get);
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->publication().close_note(), "内容有误");
}

TEST_F(PublicityApiTest, UnitsStayApart) {
  auto request = Request(v1::PUBLICATION_KIND_RISK_POINTS, "riskPoints/a");
  auto& other = server_.As("units/v/persons/x", {"control_office"}, {"v"});
  EXPECT_THAT(Change<PublicityService>(other, &PublicityStub::CreatePublication, request),
              FailsWith(common::v1::ERROR_REASON_UNIT_NOT_COVERED));
  request.set_parent("units/v");
  EXPECT_THAT(Change<PublicityService>(other, &PublicityStub::CreatePublication, request),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND))
      << "there is no such unit";
}

}  // namespace
}  // namespace lianfang::reporting
