// The chains of school.h: what most tests need before they come to their point.
#include "tests/acceptance/school.h"

namespace lianfang::acceptance {

using grading::v1::Grade;
using grading::v1::Review;
using personnel::v1::PostDuty;
using risk::v1::SelfCheck;
using risk::v1::Submission;

namespace {

// Last segment of a resource name.
std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

// Department of a post; empty for the leadership.
std::string DepartmentOf(const std::string& post) {
  if (post.ends_with("-head")) return post.substr(0, post.size() - 5);
  if (post == "office-clerk") return "party-office";
  if (post == "registrar" || post == "teacher") return "teaching";
  if (post == "counsellor") return "moral";
  if (post == "buyer" || post == "storekeeper") return "supply";
  if (post == "cashier") return "finance";
  return "";
}

}  // namespace

// ---- reviews ----

Review School::ReviewNamed(const std::string& name) {
  return Get(&ReviewStub::GetReview, name).review();
}

absl::StatusOr<Review> School::Decide(client::Client& client, const std::string& review,
                                      grading::v1::Decision decision, const std::string& comment) {
  grading::v1::DecideRequest request;
  request.set_name(review);
  request.set_decision(decision);
  request.set_comment(comment);
  request.set_revision_digest(ReviewNamed(review).revision_digest());
  auto response = Call(client, &ReviewStub::Decide, request);
  if (!response.ok()) return response.status();
  return response->review();
}

Review School::ApproveSteps(const std::string& name, int steps) {
  Review review = ReviewNamed(name);
  while (steps-- > 0 && review.state() == grading::v1::REVIEW_STATE_OPEN) {
    const grading::v1::ReviewStep& step = review.steps(review.current_step());
    if (step.role() == grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER) {
      review = Must(Approve(superior_leader(), name));
    } else if (step.role() == grading::v1::REVIEWER_ROLE_SUPERIOR_OFFICE) {
      review = Must(Approve(superior_office(), name));
    } else if (step.kind() == grading::v1::STEP_KIND_JOINT_REVIEW) {
      for (const std::string& member : step.assignees()) {
        grading::v1::AddOpinionRequest opinion;
        opinion.set_name(name);
        opinion.set_stance(grading::v1::STANCE_AGREE);
        opinion.set_revision_digest(review.revision_digest());
        Must(Call(As(IdOf(member)), &ReviewStub::AddOpinion, opinion));
      }
      review = Must(Approve(As(IdOf(step.convenors(0))), name));
    } else {
      review = Must(Approve(As(IdOf(step.assignees(0))), name));
    }
  }
  return review;
}

std::vector<std::string> School::Inbox(client::Client& client) {
  grading::v1::ListReviewTasksRequest request;
  request.set_page_size(500);
  std::vector<std::string> records;
  const auto tasks = Must(Call(client, &ReviewStub::ListReviewTasks, request));
  for (const Review& review : tasks.reviews()) {
    records.push_back(review.record());
  }
  return records;
}

// ---- R-1 ----

client::Client& School::WriterOf(const std::string& post) {
  const std::string department = DepartmentOf(post);
  return department.empty() ? As(post) : head(department);
}

personnel::v1::CreatePostDutyRequest School::NewDuty(const std::string& post) {
  personnel::v1::CreatePostDutyRequest request;
  request.set_post_duty_id(post);
  PostDuty& duty = *request.mutable_post_duty();
  duty.set_post(Post(post));
  duty.set_year(kYear);
  duty.add_items("按岗位分工完成本职工作，执行有关规章制度。");
  duty.add_items("对本岗位的廉政风险防控负责。");
  return request;
}

PostDuty School::HandInDuty(const std::string& post) {
  Must(Call(WriterOf(post), &DutyStub::CreatePostDuty, NewDuty(post)));
  return Must(Do(WriterOf(post), &DutyStub::SubmitPostDuty, Named("postDuties", post))).post_duty();
}

PostDuty School::ApproveDuty(const std::string& post) {
  ApproveSteps(HandInDuty(post).review());
  return DutyOf(post);
}

PostDuty School::DutyOf(const std::string& post) {
  return Get(&DutyStub::GetPostDuty, Named("postDuties", post)).post_duty();
}

void School::ApproveAllDuties() {
  for (const std::string& post : posts_) ApproveDuty(post);
}

// ---- R-2 ----

risk::v1::CreateSelfCheckRequest School::NewSelfCheck(const std::string& person) {
  risk::v1::CreateSelfCheckRequest request;
  request.set_self_check_id("sc-" + person);
  SelfCheck& form = *request.mutable_self_check();
  form.set_person(Person(person));
  form.set_post(Post(person.starts_with("teacher-") ? "teacher" : person));
  form.set_year(kYear);
  form.set_duties("按岗位职责履行本职工作。");
  form.mutable_conformity()->set_duties("认真履行岗位职责。");
  form.mutable_conformity()->set_rules("执行财务、采购等制度。");
  form.mutable_conformity()->set_integrity_code("遵守《廉政准则》。");
  for (const auto category :
       {common::v1::RISK_CATEGORY_POST_DUTY, common::v1::RISK_CATEGORY_RULE_EXECUTION}) {
    risk::v1::Finding& finding = *form.add_findings();
    finding.set_category(category);
    finding.set_description("经办事项缺少复核。");
    finding.set_manifestation("一人经办到底，未留记录。");
    finding.set_kind(risk::v1::FINDING_KIND_POTENTIAL);
    finding.set_method(common::v1::FINDING_METHOD_SELF);
  }
  return request;
}

SelfCheck School::HandInSelfCheck(const std::string& person) {
  const std::string name =
      Must(Call(As(person), &RiskStub::CreateSelfCheck, NewSelfCheck(person))).self_check().name();
  return Must(Do(As(person), &RiskStub::SubmitSelfCheck, name)).self_check();
}

SelfCheck School::ApproveSelfCheck(const std::string& person) {
  ApproveSteps(HandInSelfCheck(person).review());
  return SelfCheckOf(person);
}

SelfCheck School::SelfCheckOf(const std::string& person) {
  return Get(&RiskStub::GetSelfCheck, Named("selfChecks", "sc-" + person)).self_check();
}

void School::ApproveAllSelfChecks() {
  for (const std::string& person : persons_) ApproveSelfCheck(person);
}

// ---- measures ----

risk::v1::CreateRiskPointRequest School::NewRiskPoint(const std::string& id,
                                                      const std::string& department,
                                                      const std::string& power) {
  risk::v1::CreateRiskPointRequest request;
  request.set_risk_point_id(id);
  request.set_draft(true);
  risk::v1::RiskPoint& point = *request.mutable_risk_point();
  const bool of_unit = department.empty();
  point.set_layer(of_unit ? common::v1::RISK_LAYER_UNIT : common::v1::RISK_LAYER_DEPARTMENT);
  point.set_owner(of_unit ? kUnit : Department(department));
  point.set_year(kYear);
  point.set_category(common::v1::RISK_CATEGORY_BUSINESS_PROCESS);
  point.set_key_link("验收");
  point.set_description("验收与采购由同一人经办。");
  point.set_manifestation("未见第二人签字。");
  point.set_method(common::v1::FINDING_METHOD_COLLECTIVE);
  point.set_kind(risk::v1::FINDING_KIND_POTENTIAL);
  if (!power.empty()) point.set_power(Named("powers", power));
  return request;
}

risk::v1::RiskPoint School::DraftRiskPoint(const std::string& id, const std::string& department,
                                           const std::string& power) {
  client::Client& writer = department.empty() ? office() : head(department);
  return Must(Call(writer, &RiskStub::CreateRiskPoint, NewRiskPoint(id, department, power)))
      .risk_point();
}

risk::v1::CreatePowerRequest School::NewPower(const std::string& id,
                                              const std::string& department) {
  risk::v1::CreatePowerRequest request;
  request.set_power_id(id);
  risk::v1::Power& power = *request.mutable_power();
  power.set_power_name("物资采购");
  power.set_content("组织日常物资的询价、采购和验收。");
  power.set_exercising_body("实验小学");
  power.set_legal_basis("《中小学校财务制度》。");
  power.set_type(risk::v1::POWER_TYPE_PROCUREMENT);
  power.set_department(Department(department));
  power.set_responsible_post(Post(department + "-head"));
  return request;
}

risk::v1::Power School::DraftPower(const std::string& id, const std::string& department) {
  return Must(Call(head(department), &RiskStub::CreatePower, NewPower(id, department))).power();
}

risk::v1::CreateWorkflowRequest School::NewChart(const std::string& id,
                                                 const std::string& department,
                                                 const std::vector<std::string>& risk_points) {
  risk::v1::CreateWorkflowRequest request;
  request.set_workflow_id(id);
  risk::v1::Workflow& chart = *request.mutable_workflow();
  chart.set_power(Named("powers", id));
  std::string before;
  for (const auto& [node, title] :
       {std::pair("apply", "申请"), std::pair("check", "验收"), std::pair("pay", "支付")}) {
    risk::v1::WorkflowNode& next = *chart.add_nodes();
    next.set_id(node);
    next.set_title(title);
    next.set_post(Post(department + "-head"));
    if (!before.empty()) {
      risk::v1::WorkflowEdge& edge = *chart.add_edges();
      edge.set_from(before);
      edge.set_to(node);
    }
    before = node;
  }
  for (const std::string& point : risk_points) {
    risk::v1::RiskMark& mark = *chart.add_risk_marks();
    mark.set_node("check");
    mark.set_risk_point(Named("riskPoints", point));
  }
  return request;
}

risk::v1::Workflow School::DraftChart(const std::string& id, const std::string& department,
                                      const std::vector<std::string>& risk_points) {
  return Must(Call(head(department), &RiskStub::CreateWorkflow,
                   NewChart(id, department, risk_points)))
      .workflow();
}

risk::v1::CreateMeasureRequest School::NewMeasure(const std::string& id,
                                                  const std::string& risk_point,
                                                  const std::string& responsible_post) {
  risk::v1::CreateMeasureRequest request;
  request.set_measure_id(id);
  risk::v1::Measure& measure = *request.mutable_measure();
  measure.set_risk_point(risk_point);
  measure.set_stage(common::v1::MEASURE_STAGE_EARLY_PREVENTION);
  measure.set_content("验收须两人签字，每学期抽查。");
  measure.set_responsible_post(Post(responsible_post));
  return request;
}

absl::StatusOr<Submission> School::HandIn(client::Client& client, risk::v1::SubmissionKind kind,
                                          const std::string& owner, bool nil_return) {
  risk::v1::CreateSubmissionRequest request;
  Submission& form = *request.mutable_submission();
  form.set_kind(kind);
  form.set_owner(owner);
  form.set_year(kYear);
  form.set_nil_return(nil_return);
  auto response = Call(client, &RiskStub::CreateSubmission, request);
  if (!response.ok()) return response.status();
  return response->submission();
}

Submission School::HandInAndApprove(client::Client& client, risk::v1::SubmissionKind kind,
                                    const std::string& owner, bool nil_return) {
  const Submission form = Must(HandIn(client, kind, owner, nil_return));
  ApproveSteps(form.review());
  return Get(&RiskStub::GetSubmission, form.name()).submission();
}

std::vector<risk::v1::RiskPoint> School::PointsOf(const std::string& owner) {
  risk::v1::ListRiskPointsRequest request;
  request.set_owner(owner);
  request.set_year(kYear);
  request.set_page_size(500);
  const auto response = Must(Call(auditor(), &RiskStub::ListRiskPoints, request));
  return {response.risk_points().begin(), response.risk_points().end()};
}

// ---- R-6 ----

absl::StatusOr<grading::v1::ProposeGradesResponse> School::ProposeGrades() {
  grading::v1::ProposeGradesRequest request;
  request.set_year(kYear);
  return Call(office(), &GradingStub::ProposeGrades, request);
}

Grade School::GradeOf(const std::string& post) {
  return Get(&GradingStub::GetGrade, Named("grades", absl::StrCat(post, "-", kYear))).grade();
}

Grade School::ConfirmGrade(const std::string& post) {
  ApproveSteps(GradeOf(post).review());
  return GradeOf(post);
}

void School::ConfirmAllGrades() {
  ApproveAllSelfChecks();
  Must(ProposeGrades());
  for (const std::string& post : posts_) ConfirmGrade(post);
}

// ---- the year ----

std::vector<reporting::v1::CampaignTaskItem> School::Pieces(const std::string& task) {
  reporting::v1::ListCampaignTasksRequest request;
  request.set_parent(absl::StrCat(kUnit, "/campaigns/", kYear));
  request.set_task(task);
  request.set_page_size(500);
  const auto response = Must(Call(office(), &CampaignStub::ListCampaignTasks, request));
  return {response.items().begin(), response.items().end()};
}

reporting::v1::CampaignTaskItem School::Piece(const std::string& task, const std::string& of) {
  for (const auto& piece : Pieces(task)) {
    if (piece.subject() == of || piece.person() == of) return piece;
  }
  throw std::runtime_error(absl::StrCat("the task ", task, " has no piece of ", of));
}

reporting::v1::CreatePublicationRequest School::NewPublication(
    reporting::v1::PublicationKind kind, const std::vector<std::string>& subjects,
    common::v1::PublicityScope scope) {
  reporting::v1::CreatePublicationRequest request;
  reporting::v1::Publication& publication = *request.mutable_publication();
  publication.set_kind(kind);
  publication.set_year(kYear);
  publication.set_title("公示");
  for (const std::string& subject : subjects) publication.add_subjects(subject);
  publication.set_scope(scope);
  publication.set_place("校园网站、专栏");
  publication.set_period_days(5);
  return request;
}

}  // namespace lianfang::acceptance
