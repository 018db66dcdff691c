#include "services/risk/risk_fixture.h"

#include <future>

#include "absl/strings/str_cat.h"
#include "common/directory/directory_kinds.h"
#include "services/risk/module.h"

namespace lianfang::risk {
namespace {

constexpr EmbeddedFile kReviewSchema[] = {
    {"0001_reviews.sql",
     "CREATE TABLE reviews (unit_id {ID} NOT NULL, id {ID} NOT NULL, sequence {INT} NOT NULL, "
     "body {BYTES} NOT NULL, PRIMARY KEY (unit_id, id)) {OPTIONS};\n"}};

const store::RecordKind& ReviewKind() {
  static const auto& kind = *new store::RecordKind(
      "reviews", "reviews", grading::v1::Review::default_instance(), std::vector<std::string>());
  return kind;
}

constexpr EmbeddedFile kReportSchema[] = {
    {"0001_reports.sql",
     "CREATE TABLE reports (unit_id {ID} NOT NULL, id {ID} NOT NULL, sequence {INT} NOT NULL, "
     "body {BYTES} NOT NULL, PRIMARY KEY (unit_id, id)) {OPTIONS};\n"}};

const store::RecordKind& ReportKind() {
  static const auto& kind = *new store::RecordKind(
      "reports", "selfInspectionReports", grading::v1::SelfInspectionReport::default_instance(),
      std::vector<std::string>());
  return kind;
}

constexpr EmbeddedFile kPublicationSchema[] = {
    {"0001_publications.sql",
     "CREATE TABLE publications (unit_id {ID} NOT NULL, id {ID} NOT NULL, sequence {INT} NOT NULL, "
     "body {BYTES} NOT NULL, PRIMARY KEY (unit_id, id)) {OPTIONS};\n"}};

const store::RecordKind& PublicationKind() {
  static const auto& kind = *new store::RecordKind("publications", "publications",
                                                   reporting::v1::Publication::default_instance(),
                                                   std::vector<std::string>());
  return kind;
}

absl::Status NoWiring(server::ModuleContext&) { return absl::OkStatus(); }

std::string Person(const std::string& who) { return "units/a/persons/" + who; }
std::string PostName(const std::string& id) { return "units/a/posts/" + id; }

}  // namespace

server::ModuleSpec PlayedService::Module() {
  server::ModuleSpec spec = spec_;
  spec.wire = [this, wire = spec_.wire](server::ModuleContext& context) {
    host_ = &context.service();
    return wire(context);
  };
  return spec;
}

int64_t PlayedService::Put(const store::RecordKind& kind, const google::protobuf::Message& record,
                           const std::string& unit_id) {
  std::promise<int64_t> written;
  store::Mutation mutation;
  mutation.unit_id = unit_id;
  mutation.actor = std::make_shared<auth::Identity>(auth::Identity{.subject = "services/test"});
  mutation.method = "test";
  mutation.apply = [&](store::WriteTx& tx) {
    const std::unique_ptr<google::protobuf::Message> copy(record.New());
    copy->CopyFrom(record);
    return tx.Put(kind, *copy);
  };
  mutation.done = [&](absl::StatusOr<store::Committed> outcome) {
    EXPECT_THAT(outcome, IsOk());
    written.set_value(outcome.ok() ? outcome->sequence : -1);
  };
  host_->writer->Submit(std::move(mutation));
  return written.get_future().get();
}

RiskFixture::RiskFixture()
    : personnel_(
          {.name = "personnel", .schemas = {{"directory", directory::Schema()}}, .wire = NoWiring}),
      grading_({.name = "grading",
                .schemas = {{"reviews", kReviewSchema}, {"reports", kReportSchema}},
                .wire = NoWiring}),
      risk_(RiskModule()),
      reporting_({.name = "reporting",
                  .schemas = {{"publications", kPublicationSchema}},
                  .wire = NoWiring}),
      server_(std::make_unique<testing::TestServer>(std::vector<server::ModuleSpec>{
          personnel_.Module(), grading_.Module(), risk_.Module(), reporting_.Module()})) {
  personnel_at_.set_unit("units/a");
  personnel_at_.set_service("personnel");
  grading_at_.set_unit("units/a");
  grading_at_.set_service("grading");
  reporting_at_.set_unit("units/a");
  reporting_at_.set_service("reporting");

  personnel::v1::Unit unit;
  unit.set_name("units/a");
  unit.set_display_name("实验小学");
  personnel_.Put(directory::UnitKind(), unit);
  for (const std::string id : {"affairs", "old"}) {
    personnel::v1::Department department;
    department.set_name("units/a/departments/" + id);
    department.set_display_name(id == "old" ? "旧处室" : "总务处");
    department.set_head(Person("head"));
    department.set_vice_principal(Person("vp"));
    department.set_state(id == "old" ? personnel::v1::RECORD_STATE_ARCHIVED
                                     : personnel::v1::RECORD_STATE_ACTIVE);
    personnel_.Put(directory::DepartmentKind(), department);
  }
  for (const std::string id : {"buyer", "clerk", "head", "principal", "gone"}) {
    personnel::v1::Post post;
    post.set_name(PostName(id));
    post.set_display_name("岗位" + id);
    post.set_state(id == "gone" ? personnel::v1::RECORD_STATE_ARCHIVED
                                : personnel::v1::RECORD_STATE_ACTIVE);
    post.set_principal_responsible(id == "principal");
    if (id != "principal") post.set_department("units/a/departments/affairs");
    personnel_.Put(directory::PostKind(), post);
  }
  for (const std::string id : {"buyer", "clerk", "head", "principal", "vp", "officer"}) {
    personnel::v1::Person person;
    person.set_name(Person(id));
    person.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    personnel_.Put(directory::PersonKind(), person);
    if (id != "vp" && id != "officer") PutAppointment(id, id);
  }
  const std::pair<const char*, personnel::v1::LeadingGroupRole> group[] = {
      {"principal", personnel::v1::LEADING_GROUP_ROLE_LEADER},
      {"vp", personnel::v1::LEADING_GROUP_ROLE_DEPUTY_LEADER},
      {"officer", personnel::v1::LEADING_GROUP_ROLE_OFFICE_DIRECTOR}};
  for (const auto& [who, role] : group) {
    personnel::v1::LeadingGroupMember member;
    member.set_name(absl::StrCat("units/a/leadingGroupMembers/", who));
    member.set_person(Person(who));
    member.set_role(role);
    member.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    PutPersonnel(directory::LeadingGroupMemberKind(), member);
  }
  // A test is about a school that is known, not about the moment in which it becomes known.
  v1::ListRiskPointsRequest list;
  list.set_parent("units/a");
  NotBefore(&list);
  EXPECT_THAT(Call(As("office"), &v1::RiskService::Stub::ListRiskPoints, list), testing::IsOk());
}

void RiskFixture::PutAppointment(const std::string& who, const std::string& post, int last_day) {
  personnel::v1::Appointment appointment;
  appointment.set_name(absl::StrCat("units/a/appointments/", who, "-", post));
  appointment.set_person(Person(who));
  appointment.set_post(PostName(post));
  appointment.mutable_start_date()->set_year(2020);
  appointment.mutable_start_date()->set_month(9);
  appointment.mutable_start_date()->set_day(1);
  if (last_day > 0) {
    appointment.mutable_end_date()->set_year(2026);
    appointment.mutable_end_date()->set_month(5);
    appointment.mutable_end_date()->set_day(last_day);
  }
  appointment.set_state(personnel::v1::RECORD_STATE_ACTIVE);
  personnel_at_.set_sequence(personnel_.Put(directory::AppointmentKind(), appointment));
}

client::Client& RiskFixture::As(const std::string& who) {
  if (who == "office") return server_->As("services/office", {"control_office"}, {"a"});
  std::vector<std::string> roles = {"staff"};
  if (who == "head" || who == "vp") roles.push_back("department_head");
  if (who == "principal") roles.push_back("principal");
  return server_->As(Person(who), roles, {"a"});
}

v1::CreateSelfCheckRequest RiskFixture::NewForm(const std::string& who, const std::string& id,
                                                int findings) {
  v1::CreateSelfCheckRequest request;
  request.set_parent("units/a");
  request.set_self_check_id(id);
  request.set_request_id(server_->RequestId());
  v1::SelfCheck& form = *request.mutable_self_check();
  form.set_person(Person(who));
  form.set_post(PostName(who));
  form.set_year(2026);
  form.set_duties("负责物资采购。");
  for (int i = 1; i <= findings; ++i) {
    v1::Finding& finding = *form.add_findings();
    finding.set_category(common::v1::RISK_CATEGORY_RULE_EXECUTION);
    finding.set_description(absl::StrCat("风险", i));
    finding.set_manifestation("询价流于形式。");
    finding.set_kind(v1::FINDING_KIND_POTENTIAL);
    finding.set_method(common::v1::FINDING_METHOD_SELF);
  }
  return request;
}

v1::CreateRiskPointRequest RiskFixture::NewPoint(const std::string& id) {
  v1::CreateRiskPointRequest request;
  request.set_parent("units/a");
  request.set_risk_point_id(id);
  request.set_request_id(server_->RequestId());
  v1::RiskPoint& point = *request.mutable_risk_point();
  point.set_layer(common::v1::RISK_LAYER_DEPARTMENT);
  point.set_owner("units/a/departments/affairs");
  point.set_year(2026);
  point.set_category(common::v1::RISK_CATEGORY_BUSINESS_PROCESS);
  point.set_description("验收与采购由同一人经办。");
  point.set_manifestation("未见第二人签字。");
  point.set_method(common::v1::FINDING_METHOD_COLLECTIVE);
  return request;
}

v1::CreateMeasureRequest RiskFixture::NewMeasure(const std::string& id, const std::string& point) {
  v1::CreateMeasureRequest request;
  request.set_parent("units/a");
  request.set_measure_id(id);
  request.set_request_id(server_->RequestId());
  v1::Measure& measure = *request.mutable_measure();
  measure.set_risk_point("units/a/riskPoints/" + point);
  measure.set_stage(common::v1::MEASURE_STAGE_EARLY_PREVENTION);
  measure.set_content("验收须两人签字。");
  measure.set_responsible_post(PostName("head"));
  return request;
}

absl::StatusOr<v1::SelfCheck> RiskFixture::Create(const std::string& who, const std::string& id,
                                                  int findings) {
  LF_ASSIGN_OR_RETURN(const auto response, Call(As(who), &v1::RiskService::Stub::CreateSelfCheck,
                                                NewForm(who, id, findings)));
  return response.self_check();
}

absl::StatusOr<v1::SelfCheck> RiskFixture::Submit(const std::string& who, const std::string& id) {
  v1::SubmitSelfCheckRequest request;
  request.set_name("units/a/selfChecks/" + id);
  request.set_request_id(server_->RequestId());
  LF_ASSIGN_OR_RETURN(const auto response,
                      Call(As(who), &v1::RiskService::Stub::SubmitSelfCheck, request));
  return response.self_check();
}

absl::StatusOr<v1::SelfCheck> RiskFixture::Withdraw(const std::string& who, const std::string& id) {
  v1::WithdrawSelfCheckRequest request;
  request.set_name("units/a/selfChecks/" + id);
  request.set_request_id(server_->RequestId());
  LF_ASSIGN_OR_RETURN(const auto response,
                      Call(As(who), &v1::RiskService::Stub::WithdrawSelfCheck, request));
  return response.self_check();
}

v1::SelfCheck RiskFixture::Form(const std::string& id) {
  v1::GetSelfCheckRequest request;
  request.set_name("units/a/selfChecks/" + id);
  NotBefore(&request);
  const auto response = Call(As("principal"), &v1::RiskService::Stub::GetSelfCheck, request);
  EXPECT_THAT(response, IsOk());
  return response.ok() ? response->self_check() : v1::SelfCheck();
}

std::vector<v1::RiskPoint> RiskFixture::Points() {
  v1::ListRiskPointsRequest request;
  request.set_parent("units/a");
  request.set_show_archived(true);
  request.set_page_size(500);
  NotBefore(&request);
  const auto response = Call(As("principal"), &v1::RiskService::Stub::ListRiskPoints, request);
  EXPECT_THAT(response, IsOk());
  if (!response.ok()) return {};
  return {response->risk_points().begin(), response->risk_points().end()};
}

v1::CreatePowerRequest RiskFixture::NewPower(const std::string& id) {
  v1::CreatePowerRequest request;
  request.set_parent("units/a");
  request.set_power_id(id);
  request.set_request_id(server_->RequestId());
  v1::Power& power = *request.mutable_power();
  power.set_power_name("物资采购");
  power.set_content("组织学校日常物资的询价、采购和验收。");
  power.set_exercising_body("总务处");
  power.set_legal_basis("《学校财务管理制度》。");
  power.set_type(v1::POWER_TYPE_PROCUREMENT);
  power.set_department("units/a/departments/affairs");
  power.set_responsible_post(PostName("buyer"));
  return request;
}

v1::CreateWorkflowRequest RiskFixture::NewChart(const std::string& id, const std::string& power) {
  v1::CreateWorkflowRequest request;
  request.set_parent("units/a");
  request.set_workflow_id(id);
  request.set_request_id(server_->RequestId());
  v1::Workflow& chart = *request.mutable_workflow();
  chart.set_power("units/a/powers/" + power);
  std::string before;
  for (const char* node : {"apply", "check", "pay"}) {
    v1::WorkflowNode& next = *chart.add_nodes();
    next.set_id(node);
    next.set_title(node);
    next.set_post(PostName("buyer"));
    if (!before.empty()) {
      v1::WorkflowEdge& edge = *chart.add_edges();
      edge.set_from(before);
      edge.set_to(node);
    }
    before = node;
  }
  return request;
}

absl::StatusOr<v1::Submission> RiskFixture::HandIn(const std::string& who, v1::SubmissionKind kind,
                                                   const std::string& owner, bool nil_return) {
  v1::CreateSubmissionRequest request;
  request.set_parent("units/a");
  request.set_request_id(server_->RequestId());
  request.mutable_submission()->set_kind(kind);
  request.mutable_submission()->set_owner(owner.empty() ? "units/a" : "units/a/" + owner);
  request.mutable_submission()->set_year(2026);
  request.mutable_submission()->set_nil_return(nil_return);
  LF_ASSIGN_OR_RETURN(const auto response,
                      Call(As(who), &v1::RiskService::Stub::CreateSubmission, request));
  return response.submission();
}

v1::Submission RiskFixture::HandInAndApprove(v1::SubmissionKind kind, bool nil_return) {
  const auto form = HandIn("head", kind, "departments/affairs", nil_return);
  EXPECT_THAT(form, IsOk());
  if (!form.ok()) return {};
  Decide(*form, grading::v1::REVIEW_STATE_APPROVED);
  return HandedIn(form->name());
}

v1::RiskPoint RiskFixture::Point(const std::string& id) {
  return Read(&v1::RiskService::Stub::GetRiskPoint, "units/a/riskPoints/" + id).risk_point();
}
v1::Measure RiskFixture::Measure(const std::string& id) {
  return Read(&v1::RiskService::Stub::GetMeasure, "units/a/measures/" + id).measure();
}
v1::Power RiskFixture::Power(const std::string& id) {
  return Read(&v1::RiskService::Stub::GetPower, "units/a/powers/" + id).power();
}
v1::Workflow RiskFixture::Chart(const std::string& id) {
  return Read(&v1::RiskService::Stub::GetWorkflow, "units/a/workflows/" + id).workflow();
}
v1::Submission RiskFixture::HandedIn(const std::string& name) {
  return Read(&v1::RiskService::Stub::GetSubmission, name).submission();
}

void RiskFixture::PutReview(const grading::v1::Review& review) {
  grading_at_.set_sequence(grading_.Put(ReviewKind(), review));
}

void RiskFixture::PutReport(const grading::v1::SelfInspectionReport& report) {
  grading_at_.set_sequence(grading_.Put(ReportKind(), report));
}

void RiskFixture::Publish(const std::vector<std::string>& subjects,
                          reporting::v1::PublicationState state, const std::string& id,
                          int objections) {
  reporting::v1::Publication publication;
  publication.set_name("units/a/publications/" + id);
  for (int i = 1; i <= objections; ++i) publication.add_objections()->set_number(i);
  for (const std::string& subject : subjects) publication.add_subjects(subject);
  publication.set_state(state);
  reporting_at_.set_sequence(reporting_.Put(PublicationKind(), publication));
}

}  // namespace lianfang::risk
