#include "lianfang/grading/v1/inspection.pb.h"
#include "tests/acceptance/model/perform.h"

namespace lianfang::model {

using namespace grading::v1;  // NOLINT: requests

namespace {

const google::protobuf::RepeatedPtrField<SelfInspectionReport>& Reports(World& world) {
  return Everything<ListSelfInspectionReportsResponse, ListSelfInspectionReportsRequest>(world)
      .self_inspection_reports();
}
const google::protobuf::RepeatedPtrField<Rectification>& Rectifications(World& world) {
  return Everything<ListRectificationsResponse, ListRectificationsRequest>(world).rectifications();
}

bool IsOpen(const SelfInspectionReport& report) {
  return report.state() == SELF_INSPECTION_STATE_DRAFT ||
         report.state() == SELF_INSPECTION_STATE_RETURNED;
}

// Two targets; met, not met with cause and improvement, or not met and nothing said.
void SetTargets(SelfInspectionReport* report, int how) {
  for (const char* id : {"t1", "t2"}) {
    InspectionTarget& target = *report->add_targets();
    target.set_id(id);
    target.set_target("采购全部公示");
    target.set_met(how % 3 != 0);
    if (!target.met() && how % 4 != 0) {
      target.set_cause("公示栏未启用");
      target.set_improvement("六月底前启用");
    }
  }
}

const std::vector<std::string>& Group() {
  static const auto& group = *new std::vector<std::string>{
      kOffice, Person("principal"), Person("secretary"), Person("vice-a"), Person("vice-b")};
  return group;
}

std::vector<std::string> HeadsOf(World& world, const std::string& department) {
  std::vector<std::string> heads = {kOffice};
  for (const auto& one : DepartmentsOf(world)) {
    if (one.name() == department && !one.head().empty()) heads.push_back(one.head());
  }
  return heads;
}

template <class State>
auto InState(State state) {
  return [state](const auto& record) { return record.state() == state; };
}

}  // namespace

void CreateReport(World& world, const Command& command) {
  const auto departments = DepartmentsOf(world);
  CreateSelfInspectionReportRequest request;
  request.set_parent(kUnit);
  request.set_self_inspection_report_id(NewId(world));
  SelfInspectionReport& report = *request.mutable_self_inspection_report();
  report.set_subject(command.how % 4 == 0 ? kUnit : Choose(world, departments).name());
  report.set_year(YearOf(world));
  report.set_implementation("措施已落实。");
  SetTargets(&report, command.how / 4);
  world
      .Do<CreateSelfInspectionReportResponse>(CallerOf(world, HeadsOf(world, report.subject())),
                                              request)
      .IgnoreError();
}

void UpdateReport(World& world, const Command& command) {
  const SelfInspectionReport* report =
      Pick(world, Reports(world), [](const SelfInspectionReport& r) { return IsOpen(r); });
  if (report == nullptr) return;
  UpdateSelfInspectionReportRequest request;
  SelfInspectionReport& change = *request.mutable_self_inspection_report();
  change.set_name(report->name());
  change.set_etag(EtagFor(world, *report));
  SetTargets(&change, command.how);
  request.mutable_update_mask()->add_paths("targets");
  world
      .Do<UpdateSelfInspectionReportResponse>(CallerOf(world, HeadsOf(world, report->subject())),
                                              request, Expected(world))
      .IgnoreError();
}

void SubmitReport(World& world, const Command&) {
  const SelfInspectionReport* report =
      Pick(world, Reports(world), [](const SelfInspectionReport& r) { return IsOpen(r); });
  if (report == nullptr) return;
  Step<SubmitSelfInspectionReportResponse, SubmitSelfInspectionReportRequest>(
      world, report, HeadsOf(world, report->subject()));
}

void WithdrawReport(World& world, const Command&) {
  const SelfInspectionReport* report =
      Pick(world, Reports(world), InState(SELF_INSPECTION_STATE_SUBMITTED));
  if (report == nullptr) return;
  Step<WithdrawSelfInspectionReportResponse, WithdrawSelfInspectionReportRequest>(
      world, report, HeadsOf(world, report->subject()));
}

void CreateExamination(World& world, const Command& command) {
  const auto departments = DepartmentsOf(world);
  CreateExaminationRequest request;
  request.set_parent(kUnit);
  request.set_examination_id(NewId(world));
  Examination& examination = *request.mutable_examination();
  examination.set_department(Choose(world, departments).name());
  examination.set_year(YearOf(world));
  *examination.mutable_examine_date() = DateOf(world.today());
  examination.set_findings("查阅采购档案。");
  if (command.how % 8 != 0) examination.set_result(EXAMINATION_RESULT_QUALIFIED);
  for (int i = 0; i < command.how % 3; ++i) {
    ExaminationProblem& problem = *examination.add_problems();
    problem.set_problem("档案不全。");
    if (command.how % 2 == 0) problem.set_responsible(Persons()[command.who % Persons().size()]);
    *problem.mutable_due_date() = DateOf(world.today() + 30);
  }
  world.Do<CreateExaminationResponse>(CallerOf(world, Group()), request).IgnoreError();
}

void ConcludeExamination(World& world, const Command&) {
  const auto& examinations =
      Everything<ListExaminationsResponse, ListExaminationsRequest>(world).examinations();
  const Examination* examination = Pick(world, examinations, InState(EXAMINATION_STATE_DRAFT));
  Step<ConcludeExaminationResponse, ConcludeExaminationRequest>(world, examination, Group());
}

void CreateRectification(World& world, const Command& command) {
  const auto departments = DepartmentsOf(world);
  CreateRectificationRequest request;
  request.set_parent(kUnit);
  request.set_rectification_id(NewId(world));
  Rectification& rectification = *request.mutable_rectification();
  rectification.set_source(static_cast<RectificationSource>(1 + command.how % 4));
  rectification.set_department(Choose(world, departments).name());
  rectification.set_year(YearOf(world));
  rectification.set_problem("收费公示不及时。");
  rectification.set_responsible(Persons()[command.who % Persons().size()]);
  *rectification.mutable_due_date() = DateOf(world.today() + 10);
  world.Do<CreateRectificationResponse>(CallerOf(world, Group()), request).IgnoreError();
}

void StartRectification(World& world, const Command& command) {
  const Rectification* picked = Pick(world, Rectifications(world), [](const Rectification& r) {
    return r.state() == RECTIFICATION_STATE_OPEN || r.state() == RECTIFICATION_STATE_REOPENED;
  });
  if (picked == nullptr) return;
  auto request = On<StartRectificationRequest>(world, *picked);
  if (command.how % 5 != 0) request.set_measure("补齐档案。");
  world
      .Do<StartRectificationResponse>(CallerOf(world, {picked->responsible()}), request,
                                      Expected(world))
      .IgnoreError();
}

void SubmitRectification(World& world, const Command&) {
  const Rectification* picked =
      Pick(world, Rectifications(world), InState(RECTIFICATION_STATE_IN_PROGRESS));
  if (picked == nullptr) return;
  auto request = On<SubmitRectificationRequest>(world, *picked);
  request.set_result("已补齐。");
  world
      .Do<SubmitRectificationResponse>(CallerOf(world, {picked->responsible()}), request,
                                       Expected(world))
      .IgnoreError();
}

void VerifyRectification(World& world, const Command& command) {
  const Rectification* picked =
      Pick(world, Rectifications(world), InState(RECTIFICATION_STATE_SUBMITTED));
  if (picked == nullptr) return;
  auto request = On<VerifyRectificationRequest>(world, *picked);
  request.set_passed(command.how % 3 != 0);
  const bool silent = command.slip == Slip::kNoComment;
  if (!silent) request.set_comment("请附照片。");
  const Actor actor = CallerOf(world, Group());
  Must must = Expected(world);
  if ((silent && !request.passed()) || actor.subject == picked->responsible()) must = Must::kFail;
  world.Do<VerifyRectificationResponse>(actor, request, must).IgnoreError();
}

void CloseRectification(World& world, const Command&) {
  const Rectification* picked =
      Pick(world, Rectifications(world), InState(RECTIFICATION_STATE_VERIFIED));
  Step<CloseRectificationResponse, CloseRectificationRequest>(world, picked, Group());
}

void ReopenRectification(World& world, const Command& command) {
  const Rectification* picked =
      Pick(world, Rectifications(world), InState(RECTIFICATION_STATE_CLOSED));
  if (picked == nullptr) return;
  auto request = On<ReopenRectificationRequest>(world, *picked);
  const bool silent = command.slip == Slip::kNoComment;
  if (!silent) request.set_reason("问题再次出现。");
  world
      .Do<ReopenRectificationResponse>(CallerOf(world, Group()), request,
                                       silent ? Must::kFail : Expected(world))
      .IgnoreError();
}

}  // namespace lianfang::model
