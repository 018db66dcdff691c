// The grading service between a directory and a risk service that the test plays by writing their
// ledgers.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/directory/directory_kinds.h"
#include "common/testing/test_server.h"
#include "lianfang/grading/v1/grading.grpc.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/risk/v1/risk.pb.h"
#include "lianfang/risk/v1/submission.pb.h"
#include "services/grading/grading_kinds.h"
#include "services/grading/module.h"

namespace lianfang::grading {

using Grading = v1::GradingService::Stub;
using Reviews = v1::ReviewService::Stub;

inline const store::RecordKind& SelfChecks() {
  static const auto& kind =
      *new store::RecordKind("self_checks", "selfChecks", risk::v1::SelfCheck::default_instance(),
                             std::vector<std::string>());
  return kind;
}
inline const store::RecordKind& RiskPoints() {
  static const auto& kind =
      *new store::RecordKind("risk_points", "riskPoints", risk::v1::RiskPoint::default_instance(),
                             std::vector<std::string>());
  return kind;
}
inline const store::RecordKind& Submissions() {
  static const auto& kind =
      *new store::RecordKind("submissions", "submissions", risk::v1::Submission::default_instance(),
                             std::vector<std::string>());
  return kind;
}
inline const store::RecordKind& Measures() {
  static const auto& kind = *new store::RecordKind(
      "measures", "measures", risk::v1::Measure::default_instance(), std::vector<std::string>());
  return kind;
}
inline const store::RecordKind& PostDuties() {
  static const auto& kind = *new store::RecordKind("post_duties", "postDuties",
                                                   personnel::v1::PostDuty::default_instance(),
                                                   std::vector<std::string>());
  return kind;
}

// Tables of the services that the tests play.
inline constexpr EmbeddedFile kRiskSchema[] = {
    {"0001_risk.sql",
     "CREATE TABLE self_checks (unit_id {ID} NOT NULL, id {ID} NOT NULL, sequence {INT} NOT NULL, "
     "body {BYTES} NOT NULL, PRIMARY KEY (unit_id, id)) {OPTIONS};\n"
     "CREATE TABLE risk_points (unit_id {ID} NOT NULL, id {ID} NOT NULL, sequence {INT} NOT NULL, "
     "body {BYTES} NOT NULL, PRIMARY KEY (unit_id, id)) {OPTIONS};\n"
     "CREATE TABLE submissions (unit_id {ID} NOT NULL, id {ID} NOT NULL, sequence {INT} NOT NULL, "
     "body {BYTES} NOT NULL, PRIMARY KEY (unit_id, id)) {OPTIONS};\n"
     "CREATE TABLE measures (unit_id {ID} NOT NULL, id {ID} NOT NULL, sequence {INT} NOT NULL, "
     "body {BYTES} NOT NULL, PRIMARY KEY (unit_id, id)) {OPTIONS};\n"}};
inline constexpr EmbeddedFile kDutySchema[] = {
    {"0001_duty.sql",
     "CREATE TABLE post_duties (unit_id {ID} NOT NULL, id {ID} NOT NULL, sequence {INT} NOT NULL, "
     "body {BYTES} NOT NULL, PRIMARY KEY (unit_id, id)) {OPTIONS};\n"}};

inline std::string PersonName(const std::string& id) { return "units/a/persons/" + id; }

// Unit a: posts principal and secretary (principal responsible, group leaders), buyer
// (procurement), clerk (nothing) and desk (vacant); each post but the last is held by the person of
// its name.
class GradingFixture : public ::testing::Test {
 protected:
  GradingFixture() {
    server::ModuleSpec personnel{
        .name = "personnel",
        .schemas = {{"directory", directory::Schema()}, {"duty", kDutySchema}},
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
      if (id == "buyer") post.add_functions(common::v1::POST_FUNCTION_PROCUREMENT);
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
  common::v1::LedgerPosition Put(rpc::Service* host, const store::RecordKind& kind,
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
      EXPECT_THAT(outcome, testing::IsOk());
      written.set_value(outcome.ok() ? outcome->sequence : 0);
    };
    host->writer->Submit(std::move(mutation));
    common::v1::LedgerPosition position;
    position.set_unit("units/a");
    position.set_service(host->name);
    position.set_sequence(written.get_future().get());
    return position;
  }

  // The form of a person, `sc-{who}`, as risk's ledger shows it.
  common::v1::LedgerPosition Form(const std::string& who, risk::v1::SelfCheckState state,
                                  int revision = 1) {
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

  std::vector<std::string> Tasks(client::Client& client, const common::v1::LedgerPosition& at) {
    v1::ListReviewTasksRequest request;
    request.set_parent("units/a");
    *request.add_not_before() = at;
    const auto response =
        testing::Call<v1::ReviewService>(client, &Reviews::ListReviewTasks, request);
    EXPECT_THAT(response, testing::IsOk());
    std::vector<std::string> names;
    if (!response.ok()) return names;
    for (const auto& review : response->reviews()) names.push_back(review.name());
    return names;
  }

  v1::Review GetReview(const std::string& id, const common::v1::LedgerPosition& at = {}) {
    v1::GetReviewRequest request;
    request.set_name("units/a/reviews/" + id);
    if (at.sequence() > 0) *request.add_not_before() = at;
    const auto response = testing::Call<v1::ReviewService>(Office(), &Reviews::GetReview, request);
    EXPECT_THAT(response, testing::IsOk());
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
    EXPECT_THAT(response, testing::IsOk());
    return response.ok() ? response->grade() : v1::Grade();
  }

  rpc::Service* personnel_ = nullptr;
  rpc::Service* risk_ = nullptr;
  std::unique_ptr<testing::TestServer> server_;
};

// The same unit with a department: supply (总务处), headed by head, vp in charge, with the posts
// and holders head, ann and bob; vp's own post; and office, director of the control office.
class SchoolFixture : public GradingFixture {
 protected:
  SchoolFixture() {
    for (const std::string id : {"vp", "head", "ann", "bob", "office"}) {
      Person(id);
      Post(id, id == "vp" || id == "office" ? "" : "supply");
      Appoint(id, id, id);
    }
    Department("head", "vp");
    personnel::v1::LeadingGroupMember member;
    member.set_name("units/a/leadingGroupMembers/office");
    member.set_person(PersonName("office"));
    member.set_role(personnel::v1::LEADING_GROUP_ROLE_OFFICE_DIRECTOR);
    member.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    Put(personnel_, directory::LeadingGroupMemberKind(), member);
  }

  static google::type::Date Day(int year, int month, int day) {
    google::type::Date date;
    date.set_year(year);
    date.set_month(month);
    date.set_day(day);
    return date;
  }

  // A person, away for the whole of May 2026 or not.
  common::v1::LedgerPosition Person(const std::string& id, bool away = false) {
    personnel::v1::Person person;
    person.set_name(PersonName(id));
    person.set_display_name(id);
    person.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    if (away) {
      *person.add_absences()->mutable_start_date() = Day(2026, 5, 1);
      *person.mutable_absences(0)->mutable_end_date() = Day(2026, 5, 31);
    }
    return Put(personnel_, directory::PersonKind(), person);
  }
  common::v1::LedgerPosition Post(const std::string& id, const std::string& department,
                                  bool procurement = false) {
    personnel::v1::Post post;
    post.set_name("units/a/posts/" + id);
    post.set_display_name(id);
    if (!department.empty()) post.set_department("units/a/departments/" + department);
    if (procurement) post.add_functions(common::v1::POST_FUNCTION_PROCUREMENT);
    post.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    return Put(personnel_, directory::PostKind(), post);
  }
  common::v1::LedgerPosition Appoint(const std::string& id, const std::string& person,
                                     const std::string& post, bool ended = false) {
    personnel::v1::Appointment appointment;
    appointment.set_name("units/a/appointments/" + id);
    appointment.set_person(PersonName(person));
    appointment.set_post("units/a/posts/" + post);
    *appointment.mutable_start_date() = Day(2020, 9, 1);
    if (ended) *appointment.mutable_end_date() = Day(2026, 5, 12);
    appointment.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    return Put(personnel_, directory::AppointmentKind(), appointment);
  }
  common::v1::LedgerPosition Department(const std::string& head, const std::string& leader) {
    personnel::v1::Department department;
    department.set_name("units/a/departments/supply");
    department.set_display_name("总务处");
    department.set_head(PersonName(head));
    department.set_vice_principal(PersonName(leader));
    department.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    return Put(personnel_, directory::DepartmentKind(), department);
  }

  // Risk point `{id}` of a post or, without one, of the department; grave ones are high by the
  // matrix.
  common::v1::LedgerPosition Point(
      const std::string& id, const std::string& post, bool grave = false,
      risk::v1::RiskPointState state = risk::v1::RISK_POINT_STATE_REGISTERED) {
    risk::v1::RiskPoint point;
    point.set_name("units/a/riskPoints/" + id);
    point.set_layer(post.empty() ? common::v1::RISK_LAYER_DEPARTMENT : common::v1::RISK_LAYER_POST);
    point.set_owner(post.empty() ? "units/a/departments/supply" : "units/a/posts/" + post);
    point.set_department("units/a/departments/supply");
    point.set_year(2026);
    point.set_category(common::v1::RISK_CATEGORY_POST_DUTY);
    point.set_state(state);
    if (grave) {
      point.mutable_factors()->set_likelihood(risk::v1::LIKELIHOOD_CERTAIN);
      point.mutable_factors()->set_consequence(risk::v1::CONSEQUENCE_MAJOR);
    }
    return Put(risk_, RiskPoints(), point);
  }

  // Takes the review of a grade through the leading group and the superior.
  void Confirm(const std::string& review_id) {
    const v1::Review review = GetReview(review_id);
    ASSERT_THAT(Decide(As("secretary", {"leading_group"}), Verdict(review, v1::DECISION_APPROVE)),
                testing::IsOk());
    ASSERT_THAT(Decide(Superior("superior_office"), Verdict(review, v1::DECISION_APPROVE)),
                testing::IsOk());
  }
  // Confirmed grades of head, ann and bob, each with a risk point.
  void ConfirmSupply() {
    for (const std::string id : {"head", "ann", "bob"}) {
      Form(id, risk::v1::SELF_CHECK_STATE_APPROVED);
      Point("p-" + id, id);
    }
    ASSERT_THAT(Propose(), testing::IsOk());
    for (const std::string id : {"head", "ann", "bob"}) Confirm(id + "-2026-g1");
  }
  common::v1::LedgerPosition Here() {
    common::v1::LedgerPosition position;
    position.set_unit("units/a");
    position.set_service("grading");
    return position;
  }
};

}  // namespace lianfang::grading
