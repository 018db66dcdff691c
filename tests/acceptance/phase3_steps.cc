#include "tests/acceptance/phase3_steps.h"

#include <utility>

namespace lianfang::acceptance {

google::type::Date Day(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

// ---- risk points, registered ----

std::string YearTest::PointOf(const std::string& person) {
  ApproveSelfCheck(person);
  return Named("riskPoints", "sc-" + person + "-1");
}

std::string YearTest::RegisterPoint(const std::string& id, const std::string& department) {
  const auto point = DraftRiskPoint(id, department);
  client::Client& client = department.empty() ? office() : head(department);
  HandInAndApprove(client, risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS,
                   department.empty() ? kUnit : Department(department));
  return point.name();
}

std::string YearTest::FilePower(const std::string& id, const std::string& department) {
  const auto power = DraftPower(id, department);
  HandInAndApprove(head(department), risk::v1::SUBMISSION_KIND_POWER_CATALOGUE,
                   Department(department));
  return power.name();
}

std::string YearTest::FileChart(const std::string& id, const std::string& department,
                                const std::vector<std::string>& risk_points) {
  const auto chart = DraftChart(id, department, risk_points);
  HandInAndApprove(head(department), risk::v1::SUBMISSION_KIND_WORKFLOW_CHARTS,
                   Department(department));
  return chart.name();
}

// ---- R-7 measures ----

absl::StatusOr<risk::v1::Measure> YearTest::Propose(client::Client& client, const std::string& id,
                                                    const std::string& risk_point,
                                                    const std::string& responsible_post) {
  const auto created =
      Call(client, &RiskStub::CreateMeasure, NewMeasure(id, risk_point, responsible_post));
  if (!created.ok()) return created.status();
  return created->measure();
}

std::string YearTest::FilePostMeasure(const std::string& id, const std::string& person,
                                      const std::string& risk_point) {
  const auto measure = Must(Propose(As(person), id, risk_point, person));
  HandInAndApprove(As(person), risk::v1::SUBMISSION_KIND_POST_MEASURES, Post(person));
  return measure.name();
}

std::string YearTest::FileDepartmentMeasure(const std::string& id, const std::string& department,
                                            const std::string& risk_point) {
  const auto measure = Must(Propose(head(department), id, risk_point, department + "-head"));
  HandInAndApprove(head(department), risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES,
                   Department(department));
  return measure.name();
}

risk::v1::Measure YearTest::MeasureOf(const std::string& name) {
  return Get(&RiskStub::GetMeasure, name).measure();
}

risk::v1::RiskPoint YearTest::RiskPointOf(const std::string& name) {
  return Get(&RiskStub::GetRiskPoint, name).risk_point();
}

absl::StatusOr<grading::v1::Review> YearTest::Opine(client::Client& client,
                                                    const std::string& review,
                                                    grading::v1::Stance stance,
                                                    const std::string& comment) {
  grading::v1::AddOpinionRequest request;
  request.set_name(review);
  request.set_stance(stance);
  request.set_comment(comment);
  request.set_revision_digest(ReviewNamed(review).revision_digest());
  const auto response = Call(client, &ReviewStub::AddOpinion, request);
  if (!response.ok()) return response.status();
  return response->review();
}

absl::StatusOr<risk::v1::Measure> YearTest::Assess(client::Client& client,
                                                   const std::string& measure,
                                                   risk::v1::MeasureEffect effect,
                                                   const std::string& before,
                                                   const std::string& after) {
  risk::v1::AssessMeasureRequest request;
  request.set_name(measure);
  request.set_effect(effect);
  request.set_outcome_before(before);
  request.set_outcome_after(after);
  const auto response = Call(client, &RiskStub::AssessMeasure, request);
  if (!response.ok()) return response.status();
  return response->measure();
}

// ---- R-8 signs, R-9 letters ----

void YearTest::ConfirmGradesOf(const std::vector<std::string>& persons) {
  for (const std::string& person : persons) ApproveSelfCheck(person);
  Must(ProposeGrades());
  for (const std::string& person : persons) ConfirmGrade(person);
}

std::vector<grading::v1::WarningSign> YearTest::SignsOf(const std::string& subject) {
  grading::v1::ListWarningSignsRequest request;
  request.set_year(kYear);
  request.set_subject(subject);
  const auto signs = Must(Call(auditor(), &ResponsibilityStub::ListWarningSigns, request));
  return {signs.warning_signs().begin(), signs.warning_signs().end()};
}

grading::v1::WarningSign YearTest::SignOf(const std::string& subject) {
  const auto signs = SignsOf(subject);
  if (signs.size() != 1) {
    throw std::runtime_error(absl::StrCat(subject, " has ", signs.size(), " signs"));
  }
  return signs.front();
}

grading::v1::WarningSign YearTest::PutUp(const std::string& sign) {
  Must(Do(office(), &ResponsibilityStub::ProduceWarningSign, sign));
  return Must(Do(office(), &ResponsibilityStub::DisplayWarningSign, sign)).warning_sign();
}

grading::v1::DraftLettersResponse YearTest::DraftLetters() {
  grading::v1::DraftLettersRequest request;
  request.set_year(kYear);
  return Must(Call(office(), &ResponsibilityStub::DraftLetters, request));
}

grading::v1::ResponsibilityLetter YearTest::LetterOf(const std::string& person) {
  grading::v1::ListLettersRequest request;
  request.set_year(kYear);
  request.set_party_b(Person(person));
  const auto letters = Must(Call(auditor(), &ResponsibilityStub::ListLetters, request));
  for (const auto& letter : letters.responsibility_letters()) {
    if (letter.state() != grading::v1::LETTER_STATE_EXPIRED) return letter;
  }
  throw std::runtime_error(person + " has no letter");
}

absl::StatusOr<grading::v1::ResponsibilityLetter> YearTest::SignLetter(
    client::Client& client, const grading::v1::ResponsibilityLetter& letter) {
  grading::v1::SignLetterRequest request;
  request.set_name(letter.name());
  request.set_revision_digest(letter.revision_digest());
  const auto response = Call(client, &ResponsibilityStub::SignLetter, request);
  if (!response.ok()) return response.status();
  return response->responsibility_letter();
}

absl::StatusOr<grading::v1::Grade> YearTest::Override(const std::string& post,
                                                      common::v1::RiskLevel level,
                                                      const std::string& reason) {
  grading::v1::OverrideGradeRequest request;
  request.set_name(GradeOf(post).name());
  request.set_level(level);
  request.set_reason(reason);
  const auto response = Call(office(), &GradingStub::OverrideGrade, request);
  if (!response.ok()) return response.status();
  return response->grade();
}

// ---- R-11, R-12 ----

grading::v1::CreateSelfInspectionReportRequest YearTest::NewReport(const std::string& id,
                                                                   const std::string& subject,
                                                                   bool met) {
  grading::v1::CreateSelfInspectionReportRequest request;
  request.set_self_inspection_report_id(id);
  auto& report = *request.mutable_self_inspection_report();
  report.set_subject(subject);
  report.set_year(kYear);
  report.set_implementation("各项防控措施已经落实。");
  report.set_comparison("实施前验收一人签字，实施后双人验收、当场登记。");
  auto& target = *report.add_targets();
  target.set_id("two-signatures");
  target.set_target("物资验收全部双人签字。");
  target.set_met(met);
  if (!met) {
    target.set_cause("寒假期间只有一人值班。");
    target.set_improvement("寒假安排两人值班。");
  }
  return request;
}

absl::StatusOr<grading::v1::SelfInspectionReport> YearTest::SubmitReport(client::Client& client,
                                                                         const std::string& name) {
  const auto response = Do(client, &InspectionStub::SubmitSelfInspectionReport, name);
  if (!response.ok()) return response.status();
  return response->self_inspection_report();
}

grading::v1::SelfInspectionReport YearTest::ReportOf(const std::string& name) {
  return Get(&InspectionStub::GetSelfInspectionReport, name).self_inspection_report();
}

grading::v1::CreateExaminationRequest YearTest::NewExamination(const std::string& id,
                                                               const std::string& department,
                                                               const std::string& responsible) {
  grading::v1::CreateExaminationRequest request;
  request.set_examination_id(id);
  auto& examination = *request.mutable_examination();
  examination.set_department(Department(department));
  examination.set_year(kYear);
  *examination.mutable_examine_date() = Day(kYear, 11, 25);
  examination.set_findings("查阅台账，抽查验收单。");
  examination.set_result(grading::v1::EXAMINATION_RESULT_BASICALLY_QUALIFIED);
  auto& problem = *examination.add_problems();
  problem.set_problem("九月有两张验收单只有一人签字。");
  problem.set_responsible(Person(responsible));
  *problem.mutable_due_date() = Day(kYear, 12, 10);
  return request;
}

// ---- the year ----

reporting::v1::CreatePublicationRequest YearTest::NewPublication(
    reporting::v1::PublicationKind kind, const std::vector<std::string>& subjects) {
  reporting::v1::CreatePublicationRequest request;
  auto& publication = *request.mutable_publication();
  publication.set_kind(kind);
  publication.set_year(kYear);
  publication.set_title("公示");
  for (const std::string& subject : subjects) publication.add_subjects(subject);
  publication.set_scope(common::v1::PUBLICITY_SCOPE_LIMITED);
  publication.set_place("校园网站、专栏");
  return request;
}

risk::v1::CreateFeedbackRequest YearTest::NewFeedback(const std::string& subject) {
  risk::v1::CreateFeedbackRequest request;
  auto& feedback = *request.mutable_feedback();
  feedback.set_subject(subject);
  feedback.set_title("采购没有比价");
  feedback.set_content("上月的办公用品只问了一家。");
  return request;
}

std::vector<reporting::v1::Warning> YearTest::WarningsOf(client::Client& client,
                                                         reporting::v1::WarningKind kind) {
  reporting::v1::ListWarningsRequest request;
  request.set_kind(kind);
  request.set_page_size(500);
  const auto page = Must(Call(client, &ReportingStub::ListWarnings, request));
  return {page.warnings().begin(), page.warnings().end()};
}

reporting::v1::AdjudicateWarningRequest YearTest::NewAdjudication(const std::string& warning) {
  reporting::v1::AdjudicateWarningRequest request;
  request.set_name(warning);
  request.set_verdict(reporting::v1::WARNING_VERDICT_RISK);
  request.set_disposal(reporting::v1::WARNING_DISPOSAL_NOTICE);
  request.set_reason("经核对台账属实。");
  request.set_evidence("台账第3页");
  return request;
}

std::vector<reporting::v1::CampaignTaskItem> YearTest::Pieces(const std::string& task) {
  reporting::v1::ListCampaignTasksRequest request;
  request.set_parent(Named("campaigns", absl::StrCat(kYear)));
  request.set_task(task);
  request.set_page_size(500);
  const auto page = Must(Call(office(), &CampaignStub::ListCampaignTasks, request));
  return {page.items().begin(), page.items().end()};
}

std::vector<reporting::v1::Reminder> YearTest::Reminders(client::Client& client, int within_days) {
  reporting::v1::ListRemindersRequest request;
  request.set_parent(Named("campaigns", absl::StrCat(kYear)));
  request.set_within_days(within_days);
  request.set_page_size(500);
  const auto page = Must(Call(client, &CampaignStub::ListReminders, request));
  return {page.reminders().begin(), page.reminders().end()};
}

reporting::v1::GetStatisticsResponse YearTest::Statistics(int year) {
  reporting::v1::GetStatisticsRequest request;
  request.set_unit(kUnit);
  request.set_year(year);
  return Must(Call(auditor(), &ReportingStub::GetStatistics, request));
}

// ---- the directory ----

void YearTest::Appoint(const std::string& person, const std::string& post,
                       const google::type::Date& since) {
  personnel::v1::CreateAppointmentRequest request;
  auto& appointment = *request.mutable_appointment();
  appointment.set_person(Person(person));
  appointment.set_post(Post(post));
  *appointment.mutable_start_date() = since;
  Must(Call(administrator(), &PersonnelStub::CreateAppointment, request));
}

void YearTest::EndAppointment(const std::string& person, const std::string& post,
                              const google::type::Date& last_day) {
  personnel::v1::ListAppointmentsRequest list;
  list.set_page_size(500);
  const auto response = Must(Call(administrator(), &PersonnelStub::ListAppointments, list));
  for (const auto& appointment : response.appointments()) {
    if (appointment.person() != Person(person) || appointment.post() != Post(post)) continue;
    personnel::v1::UpdateAppointmentRequest update;
    update.mutable_appointment()->set_name(appointment.name());
    *update.mutable_appointment()->mutable_end_date() = last_day;
    update.mutable_update_mask()->add_paths("end_date");
    Must(Call(administrator(), &PersonnelStub::UpdateAppointment, update));
    return;
  }
  throw std::runtime_error(person + " does not hold " + post);
}

void YearTest::SetHead(const std::string& department, const std::string& person) {
  personnel::v1::UpdateDepartmentRequest update;
  update.mutable_department()->set_name(Department(department));
  update.mutable_department()->set_head(person.empty() ? "" : Person(person));
  update.mutable_update_mask()->add_paths("head");
  Must(Call(administrator(), &PersonnelStub::UpdateDepartment, update));
}

void YearTest::SetVicePrincipal(const std::string& department, const std::string& person) {
  personnel::v1::UpdateDepartmentRequest update;
  update.mutable_department()->set_name(Department(department));
  update.mutable_department()->set_vice_principal(person.empty() ? "" : Person(person));
  update.mutable_update_mask()->add_paths("vice_principal");
  Must(Call(administrator(), &PersonnelStub::UpdateDepartment, update));
}

void YearTest::SetFunctions(const std::string& post,
                            const std::vector<common::v1::PostFunction>& functions) {
  personnel::v1::UpdatePostRequest update;
  update.mutable_post()->set_name(Post(post));
  for (const auto function : functions) update.mutable_post()->add_functions(function);
  update.mutable_update_mask()->add_paths("functions");
  Must(Call(administrator(), &PersonnelStub::UpdatePost, update));
}

void YearTest::GoOnLeave(const std::string& person, const google::type::Date& first,
                         const google::type::Date& last) {
  personnel::v1::UpdatePersonRequest update;
  update.mutable_person()->set_name(Person(person));
  auto& absence = *update.mutable_person()->add_absences();
  *absence.mutable_start_date() = first;
  *absence.mutable_end_date() = last;
  absence.set_reason("病假");
  update.mutable_update_mask()->add_paths("absences");
  Must(Call(administrator(), &PersonnelStub::UpdatePerson, update));
}

void YearTest::KeepInLeadingGroup(const std::set<std::string>& persons) {
  personnel::v1::ListLeadingGroupMembersRequest list;
  list.set_page_size(500);
  const auto response = Must(Call(administrator(), &PersonnelStub::ListLeadingGroupMembers, list));
  for (const auto& member : response.leading_group_members()) {
    if (persons.contains(member.person().substr(member.person().rfind('/') + 1))) continue;
    Must(Do(administrator(), &PersonnelStub::ArchiveLeadingGroupMember, member.name()));
  }
}

void YearTest::AddPost(const std::string& id, const std::string& display_name,
                       const std::string& department) {
  personnel::v1::CreatePostRequest request;
  request.set_post_id(id);
  request.mutable_post()->set_display_name(display_name);
  if (!department.empty()) request.mutable_post()->set_department(Department(department));
  Must(Call(administrator(), &PersonnelStub::CreatePost, request));
}

}  // namespace lianfang::acceptance
