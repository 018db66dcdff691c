// The grading service through its API, between a directory and a risk service that the test plays
// by writing their ledgers.
#include <future>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/directory/directory_kinds.h"
#include "common/testing/test_server.h"
#include "lianfang/grading/v1/grading.grpc.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "services/grading/grading_kinds.h"
#include "services/grading/module.h"

namespace lianfang::grading {
namespace {

using namespace common::v1;  // NOLINT: reasons and levels
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using Grading = v1::GradingService::Stub;
using Reviews = v1::ReviewService::Stub;

const store::RecordKind& SelfChecks() {
  static const auto& kind =
      *new store::RecordKind("self_checks", "selfChecks", risk::v1::SelfCheck::default_instance(),
                             std::vector<std::string>());
  return kind;
}
const store::RecordKind& RiskPoints() {
  static const auto& kind =
      *new store::RecordKind("risk_points", "riskPoints", risk::v1::RiskPoint::default_instance(),
                             std::vector<std::string>());
  return kind;
}
constexpr EmbeddedFile kRiskSchema[] = {
    {"0001_risk.sql",
     "CREATE TABLE self_checks (unit_id {ID} NOT NULL, id {ID} NOT NULL, sequence {INT} NOT NULL, "
     "body {BYTES} NOT NULL, PRIMARY KEY (unit_id, id)) {OPTIONS};\n"
     "CREATE TABLE risk_points (unit_id {ID} NOT NULL, id {ID} NOT NULL, sequence {INT} NOT NULL, "
     "body {BYTES} NOT NULL, PRIMARY KEY (unit_id, id)) {OPTIONS};\n"}};

std::string PersonName(const std::string& id) { return "units/a/persons/" + id; }

// Unit a: posts principal and secretary (principal responsible, group leaders), buyer
// (procurement), clerk (nothing) and desk (vacant); each post but the last is held by the person of
// its name.
class GradingApiTest : public ::testing::Test {
 protected:
  GradingApiTest() {
    server::ModuleSpec personnel{
        .name = "personnel",
        .schemas = {{"directory", directory::Schema()}},
        .wire = [this](server::ModuleContext& context) { return Meet(context, &personnel_); }};
    server::ModuleSpec risk{
        .name = "risk",
        .schemas = {{"risk", kRiskSchema}},
        .wire = [this](server::ModuleContext& context) { return Meet(context, &risk_); }};
    server_ = std::make_unique<testing::TestServer>(
        std::vector<server::ModuleSpec>{personnel, risk, GradingModule()});
    personnel::v1::Unit unit;
    unit.set_name("units/a");
    Put(personnel_, directory::UnitKind(), unit);
    for (const std::string id : {"principal", "secretary", "buyer", "clerk", "desk"}) {
      const bool leads = id == "principal" || id == "secretary";
      personnel::v1::Post post;
      post.set_name("units/a/posts/" + id);
      post.set_display_name(id);
      post.set_is_unit_head(leads);
      post.set_principal_responsible(leads);
      if (id == "buyer") post.add_functions(POST_FUNCTION_PROCUREMENT);
      post.set_state(personnel::v1::RECORD_STATE_ACTIVE);
      Put(personnel_, directory::PostKind(), post);
      if (id == "desk") continue;
      personnel::v1::Person person;
      person.set_name(PersonName(id));
      person.set_display_name(id);
      person.set_state(personnel::v1::RECORD_STATE_ACTIVE);
      Put(personnel_, directory::PersonKind(), person);
      personnel::v1::Appointment appointment;
      appointment.set_name("units/a/appointments/" + id);
      appointment.set_person(person.name());
      appointment.set_post(post.name());
      appointment.mutable_start_date()->set_year(2020);
      appointment.mutable_start_date()->set_month(9);
      appointment.mutable_start_date()->set_day(1);
      appointment.set_state(personnel::v1::RECORD_STATE_ACTIVE);
      Put(personnel_, directory::AppointmentKind(), appointment);
      if (!leads) continue;
      personnel::v1::LeadingGroupMember member;
      member.set_name("units/a/leadingGroupMembers/" + id);
      member.set_person(person.name());
      member.set_role(personnel::v1::LEADING_GROUP_ROLE_LEADER);
      member.set_state(personnel::v1::RECORD_STATE_ACTIVE);
      Put(personnel_, directory::LeadingGroupMemberKind(), member);
    }
  }

  static absl::Status Meet(server::ModuleContext& context, rpc::Service** service) {
    *service = &context.service();
    return absl::OkStatus();
  }

  // Writes a record of another service; returns where it stands.
  LedgerPosition Put(rpc::Service* host, const store::RecordKind& kind,
                     const google::protobuf::Message& record) {
    std::promise<int64_t> written;
    store::Mutation mutation;
    mutation.unit_id = "a";
    mutation.actor = std::make_shared<auth::Identity>(auth::Identity{.subject = "services/test"});
    mutation.method = "test";
    mutation.apply = [&](store::WriteTx& tx) {
      const std::unique_ptr<google::protobuf::Message> copy(record.New());
      copy->CopyFrom(record);
      return tx.Put(kind, *copy);
    };
    mutation.done = [&](absl::StatusOr<store::Committed> outcome) {
      EXPECT_THAT(outcome, IsOk());
      written.set_value(outcome.ok() ? outcome->sequence : 0);
    };
    host->writer->Submit(std::move(mutation));
    LedgerPosition position;
    position.set_unit("units/a");
    position.set_service(host->name);
    position.set_sequence(written.get_future().get());
    return position;
  }

  // The form of a person, `sc-{who}`, as risk's ledger shows it.
  LedgerPosition Form(const std::string& who, risk::v1::SelfCheckState state, int revision = 1) {
    risk::v1::SelfCheck form;
    form.set_name("units/a/selfChecks/sc-" + who);
    form.set_person(PersonName(who));
    form.set_post("units/a/posts/" + who);
    form.set_year(2026);
    form.set_state(state);
    form.set_revision(revision);
    form.set_revision_digest(absl::StrCat("digest-", revision));
    form.set_review(absl::StrCat("units/a/reviews/sc-", who, "-r", revision));
    return Put(risk_, SelfChecks(), form);
  }

  client::Client& As(const std::string& who, const std::vector<std::string>& roles) {
    return server_->As(PersonName(who), roles, {"a"});
  }
  client::Client& Superior(const std::string& role) {
    return server_->As("superiors/" + role, {role}, {"a"});
  }
  client::Client& Office() { return server_->As(PersonName("office"), {"control_office"}, {"a"}); }

  std::vector<std::string> Tasks(client::Client& client, const LedgerPosition& at) {
    v1::ListReviewTasksRequest request;
    request.set_parent("units/a");
    *request.add_not_before() = at;
    const auto response =
        testing::Call<v1::ReviewService>(client, &Reviews::ListReviewTasks, request);
    EXPECT_THAT(response, IsOk());
    std::vector<std::string> names;
    if (!response.ok()) return names;
    for (const auto& review : response->reviews()) names.push_back(review.name());
    return names;
  }

  v1::Review GetReview(const std::string& id, const LedgerPosition& at = {}) {
    v1::GetReviewRequest request;
    request.set_name("units/a/reviews/" + id);
    if (at.sequence() > 0) *request.add_not_before() = at;
    const auto response = testing::Call<v1::ReviewService>(Office(), &Reviews::GetReview, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->review() : v1::Review();
  }

  v1::DecideRequest Verdict(const v1::Review& review, v1::Decision decision,
                            const std::string& comment = "") {
    v1::DecideRequest request;
    request.set_name(review.name());
    request.set_request_id(server_->RequestId());
    request.set_decision(decision);
    request.set_comment(comment);
    request.set_revision_digest(review.revision_digest());
    return request;
  }
  absl::StatusOr<v1::DecideResponse> Decide(client::Client& client,
                                            const v1::DecideRequest& request) {
    return testing::Call<v1::ReviewService>(client, &Reviews::Decide, request);
  }

  absl::StatusOr<v1::ProposeGradesResponse> Propose(const std::string& policy = "") {
    v1::ProposeGradesRequest request;
    request.set_parent("units/a");
    request.set_year(2026);
    request.set_policy(policy);
    request.set_request_id(server_->RequestId());
    return testing::Call<v1::GradingService>(Office(), &Grading::ProposeGrades, request);
  }
  v1::Grade GetGrade(const std::string& id) {
    v1::GetGradeRequest request;
    request.set_name("units/a/grades/" + id);
    const auto response = testing::Call<v1::GradingService>(Office(), &Grading::GetGrade, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->grade() : v1::Grade();
  }

  rpc::Service* personnel_ = nullptr;
  rpc::Service* risk_ = nullptr;
  std::unique_ptr<testing::TestServer> server_;
};

TEST_F(GradingApiTest, AFormGoesToThePrincipalsAndTheirsToTheSuperior) {
  Form("buyer", risk::v1::SELF_CHECK_STATE_SUBMITTED);
  const auto at = Form("principal", risk::v1::SELF_CHECK_STATE_SUBMITTED);
  const v1::Review buyers = GetReview("sc-buyer-r1", at);
  EXPECT_EQ(buyers.state(), v1::REVIEW_STATE_OPEN);
  EXPECT_EQ(buyers.owner(), PersonName("buyer"));
  EXPECT_EQ(buyers.owner_kind(), v1::OWNER_KIND_STAFF);
  EXPECT_EQ(buyers.revision_digest(), "digest-1");
  ASSERT_EQ(buyers.steps_size(), 1);
  EXPECT_THAT(buyers.steps(0).assignees(),
              ElementsAre(PersonName("principal"), PersonName("secretary")));
  EXPECT_THAT(buyers.steps(0).clause(), HasSubstr("校主要负责"));
  const v1::Review principals = GetReview("sc-principal-r1");
  EXPECT_EQ(principals.owner_kind(), v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE);
  EXPECT_EQ(principals.steps(0).role(), v1::REVIEWER_ROLE_SUPERIOR_LEADER);

  auto& principal = As("principal", {"principal", "staff"});
  auto& superior = Superior("superior_leader");
  EXPECT_THAT(Tasks(principal, at), ElementsAre("units/a/reviews/sc-buyer-r1"));
  EXPECT_THAT(Tasks(superior, at), ElementsAre("units/a/reviews/sc-principal-r1"));
  EXPECT_THAT(Tasks(As("clerk", {"principal"}), at), IsEmpty());

  const auto yes = [&](const v1::Review& review) { return Verdict(review, v1::DECISION_APPROVE); };
  EXPECT_THAT(Decide(principal, yes(principals)), FailsWith(ERROR_REASON_OWN_RECORD));
  EXPECT_THAT(Decide(As("secretary", {"principal"}), yes(principals)),
              FailsWith(ERROR_REASON_NOT_REVIEWER));
  EXPECT_THAT(Decide(As("secretary", {"superior_leader"}), yes(principals)),
              FailsWith(ERROR_REASON_NOT_REVIEWER));
  EXPECT_THAT(Decide(As("clerk", {"staff"}), yes(buyers)),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  v1::DecideRequest stale = yes(buyers);
  stale.set_revision_digest("digest-0");
  EXPECT_THAT(Decide(principal, stale), FailsWith(ERROR_REASON_REVISION_CHANGED));
  stale = yes(buyers);
  stale.set_etag("e0");
  EXPECT_THAT(Decide(principal, stale), FailsWith(ERROR_REASON_ETAG_MISMATCH));
  EXPECT_THAT(Decide(principal, Verdict(buyers, v1::DECISION_RETURN)),
              FailsWith(ERROR_REASON_REASON_REQUIRED));

  const v1::DecideRequest request = yes(buyers);
  const auto decided = Decide(principal, request);
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->review().state(), v1::REVIEW_STATE_APPROVED);
  EXPECT_EQ(decided->review().decisions(0).decider(), PersonName("principal"));
  const auto again = Decide(principal, request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), decided->SerializeAsString());
  EXPECT_THAT(Decide(principal, yes(buyers)), FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(Decide(superior, Verdict(principals, v1::DECISION_RETURN, "请补充")), IsOk());
  EXPECT_THAT(Tasks(principal, at), IsEmpty());
}

TEST_F(GradingApiTest, AFormTakenBackWithdrawsItsReview) {
  Form("buyer", risk::v1::SELF_CHECK_STATE_SUBMITTED);
  auto at = Form("buyer", risk::v1::SELF_CHECK_STATE_DRAFT);
  const v1::Review withdrawn = GetReview("sc-buyer-r1", at);
  EXPECT_EQ(withdrawn.state(), v1::REVIEW_STATE_WITHDRAWN);
  EXPECT_THAT(Decide(As("principal", {"principal"}), Verdict(withdrawn, v1::DECISION_APPROVE)),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  at = Form("buyer", risk::v1::SELF_CHECK_STATE_SUBMITTED, 2);
  EXPECT_EQ(GetReview("sc-buyer-r2", at).state(), v1::REVIEW_STATE_OPEN);
}

TEST_F(GradingApiTest, GradesAreProposedReviewedAndConfirmed) {
  Form("buyer", risk::v1::SELF_CHECK_STATE_APPROVED);
  Form("clerk", risk::v1::SELF_CHECK_STATE_SUBMITTED);
  risk::v1::RiskPoint point;
  point.set_name("units/a/riskPoints/sc-buyer-1");
  point.set_layer(RISK_LAYER_POST);
  point.set_owner("units/a/posts/buyer");
  point.set_year(2026);
  point.set_category(RISK_CATEGORY_MORALITY);
  point.set_state(risk::v1::RISK_POINT_STATE_REGISTERED);
  Put(risk_, RiskPoints(), point);

  const auto proposed = Propose();
  ASSERT_THAT(proposed, IsOk());
  ASSERT_EQ(proposed->grades_size(), 1);
  const v1::Grade& grade = proposed->grades(0);
  EXPECT_EQ(grade.name(), "units/a/grades/buyer-2026");
  EXPECT_EQ(grade.level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(grade.holder(), PersonName("buyer"));
  EXPECT_EQ(grade.profile().risk_kind_count(), 1);
  EXPECT_EQ(grade.review(), "units/a/reviews/buyer-2026-g1");
  ASSERT_EQ(proposed->ungraded_size(), 4);
  for (const auto& ungraded : proposed->ungraded()) {
    EXPECT_EQ(ungraded.reason(), ungraded.post() == "units/a/posts/desk"
                                     ? v1::UngradedPost::REASON_VACANT
                                     : v1::UngradedPost::REASON_NO_APPROVED_SELF_CHECK);
  }
  // Nothing changed: nothing is written.
  const auto again = Propose();
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->grades_size(), 0);
  EXPECT_EQ(again->ungraded_size(), 4);
  EXPECT_FALSE(again->has_position());
  EXPECT_THAT(Propose("nowhere"), FailsWith(ERROR_REASON_POLICY_NOT_FOUND));

  const v1::Review review = GetReview("buyer-2026-g1");
  EXPECT_EQ(review.revision_digest(), grade.revision_digest());
  auto& superior = Superior("superior_office");
  EXPECT_THAT(Decide(superior, Verdict(review, v1::DECISION_APPROVE)),
              FailsWith(ERROR_REASON_NOT_REVIEWER));
  ASSERT_THAT(Decide(As("secretary", {"leading_group"}), Verdict(review, v1::DECISION_APPROVE)),
              IsOk());
  EXPECT_EQ(GetGrade("buyer-2026").state(), v1::GRADE_STATE_SUPERIOR_REVIEW);
  ASSERT_THAT(Decide(superior, Verdict(review, v1::DECISION_APPROVE, "同意")), IsOk());
  const v1::Grade confirmed = GetGrade("buyer-2026");
  EXPECT_EQ(confirmed.state(), v1::GRADE_STATE_CONFIRMED);
  EXPECT_TRUE(confirmed.has_school_review_time());
  EXPECT_TRUE(confirmed.has_confirm_time());
  // A confirmed grade with unchanged inputs stays.
  EXPECT_EQ(Propose()->grades_size(), 0);
  // Another policy is another input.
  const auto other = Propose("scheme-2013-count");
  ASSERT_THAT(other, IsOk());
  ASSERT_EQ(other->grades_size(), 1);
  EXPECT_EQ(other->grades(0).revision(), 2);
  EXPECT_FALSE(other->grades(0).has_confirm_time());
}

TEST_F(GradingApiTest, AnOverrideReplacesTheReview) {
  Form("clerk", risk::v1::SELF_CHECK_STATE_APPROVED);
  ASSERT_THAT(Propose(), IsOk());
  const auto request = [&](RiskLevel level, const std::string& reason) {
    v1::OverrideGradeRequest override;
    override.set_name("units/a/grades/clerk-2026");
    override.set_level(level);
    override.set_reason(reason);
    override.set_request_id(server_->RequestId());
    return override;
  };
  const auto call = [&](client::Client& client, const v1::OverrideGradeRequest& override) {
    return testing::Call<v1::GradingService>(client, &Grading::OverrideGrade, override);
  };
  EXPECT_THAT(call(As("clerk", {"control_office"}), request(RISK_LEVEL_HIGH, "")),
              FailsWith(ERROR_REASON_OWN_RECORD));
  const auto raised = call(Office(), request(RISK_LEVEL_HIGH, "经手印章"));
  ASSERT_THAT(raised, IsOk());
  EXPECT_EQ(raised->grade().level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(raised->grade().review(), "units/a/reviews/clerk-2026-g2");
  const v1::Review earlier = GetReview("clerk-2026-g1");
  EXPECT_EQ(earlier.state(), v1::REVIEW_STATE_WITHDRAWN);
  EXPECT_THAT(Decide(As("principal", {"leading_group"}), Verdict(earlier, v1::DECISION_APPROVE)),
              FailsWith(ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(call(Office(), request(RISK_LEVEL_MEDIUM, "")),
              FailsWith(ERROR_REASON_REASON_REQUIRED));
  ASSERT_THAT(Decide(As("principal", {"leading_group"}),
                     Verdict(GetReview("clerk-2026-g2"), v1::DECISION_RETURN, "再议")),
              IsOk());
  EXPECT_EQ(GetGrade("clerk-2026").state(), v1::GRADE_STATE_RETURNED);
  EXPECT_EQ(GetGrade("clerk-2026").review_comment(), "再议");
  // What was sent back is proposed again.
  const auto proposed = Propose();
  ASSERT_THAT(proposed, IsOk());
  ASSERT_EQ(proposed->grades_size(), 1);
  EXPECT_EQ(proposed->grades(0).revision(), 3);
  EXPECT_EQ(proposed->grades(0).level(), RISK_LEVEL_LOW);
}

TEST_F(GradingApiTest, NobodyLeftToReviewIsSaidAndChangesNothing) {
  // Both leaders hold the one post that is graded.
  personnel::v1::Appointment second;
  second.set_name("units/a/appointments/secretary-2");
  second.set_person(PersonName("secretary"));
  second.set_post("units/a/posts/principal");
  second.mutable_start_date()->set_year(2020);
  second.mutable_start_date()->set_month(9);
  second.mutable_start_date()->set_day(1);
  second.set_state(personnel::v1::RECORD_STATE_ACTIVE);
  Put(personnel_, directory::AppointmentKind(), second);
  Form("principal", risk::v1::SELF_CHECK_STATE_APPROVED);
  risk::v1::SelfCheck form;
  form.set_name("units/a/selfChecks/second");
  form.set_person(PersonName("secretary"));
  form.set_post("units/a/posts/principal");
  form.set_year(2026);
  form.set_state(risk::v1::SELF_CHECK_STATE_APPROVED);
  Put(risk_, SelfChecks(), form);
  EXPECT_THAT(Propose(), FailsWith(ERROR_REASON_NO_REVIEWER));
}

TEST_F(GradingApiTest, StatelessMethods) {
  auto& oa = server_->As("services/oa", {"integration"}, {});
  v1::BatchGradePostsRequest batch;
  batch.add_profiles()->add_functions(POST_FUNCTION_FINANCE);
  batch.add_profiles()->add_functions(static_cast<PostFunction>(77));
  batch.add_profiles()->set_post("third");
  const auto results = testing::Call<v1::GradingService>(oa, &Grading::BatchGradePosts, batch);
  ASSERT_THAT(results, IsOk());
  ASSERT_EQ(results->results_size(), 3);
  EXPECT_EQ(results->results(0).grade().level(), RISK_LEVEL_HIGH);
  EXPECT_TRUE(results->results(1).has_error());
  EXPECT_THAT(FromRpcStatus(results->results(1).error()),
              FailsWith(ERROR_REASON_UNKNOWN_ENUM_VALUE));
  EXPECT_EQ(results->results(2).grade().level(), RISK_LEVEL_LOW);
  EXPECT_EQ(results->results(2).grade().post(), "third");
  batch.set_policy("nowhere");
  EXPECT_THAT(testing::Call<v1::GradingService>(oa, &Grading::BatchGradePosts, batch),
              FailsWith(ERROR_REASON_POLICY_NOT_FOUND));
  EXPECT_THAT(testing::Call<v1::GradingService>(oa, &Grading::BatchGradePosts,
                                                v1::BatchGradePostsRequest()),
              FailsWith(ERROR_REASON_REQUIRED_FIELD));

  v1::AssessRiskRequest assess;
  assess.mutable_factors()->set_likelihood(risk::v1::LIKELIHOOD_CERTAIN);
  EXPECT_THAT(testing::Call<v1::GradingService>(oa, &Grading::AssessRisk, assess),
              FailsWith(ERROR_REASON_REQUIRED_FIELD));
  assess.mutable_factors()->set_consequence(risk::v1::CONSEQUENCE_MAJOR);
  const auto risk = testing::Call<v1::GradingService>(oa, &Grading::AssessRisk, assess);
  ASSERT_THAT(risk, IsOk());
  EXPECT_EQ(risk->score(), 1000);
  const auto policy =
      testing::Call<v1::GradingService>(oa, &Grading::GetPolicy, v1::GetPolicyRequest());
  ASSERT_THAT(policy, IsOk());
  EXPECT_EQ(policy->policy().id(), "scheme-2013");

  const auto stub = v1::GradingService::NewStub(oa.channel());
  grpc::ClientContext context;
  ASSERT_THAT(oa.Prepare(context, absl::Seconds(20)), IsOk());
  const auto stream = stub->StreamGradePosts(&context);
  v1::StreamGradePostsResponse answer;
  for (int i = 0; i < 3; ++i) {
    v1::StreamGradePostsRequest message;
    message.mutable_profile()->set_post(absl::StrCat("post-", i));
    if (i == 1) message.mutable_profile()->add_functions(POST_FUNCTION_UNSPECIFIED);
    ASSERT_TRUE(stream->Write(message));
    ASSERT_TRUE(stream->Read(&answer));
    EXPECT_EQ(answer.result().has_error(), i == 1);
    if (i != 1) {
      EXPECT_EQ(answer.result().grade().post(), absl::StrCat("post-", i));
    }
  }
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace lianfang::grading
