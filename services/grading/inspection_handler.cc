#include <string>
#include <vector>

#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "lianfang/grading/v1/inspection.pb.h"
#include "services/grading/access.h"
#include "services/grading/domain/rectification_rules.h"
#include "services/grading/grading_handler.h"
#include "services/grading/grading_kinds.h"
#include "services/grading/references.h"
#include "services/grading/self_inspections.h"

namespace lianfang::grading {
namespace {

constexpr char kInspectionService[] = "lianfang.grading.v1.InspectionService";

absl::Status CheckDay(const google::type::Date& day, absl::string_view field) {
  if (directory::IsValidDate(day)) return absl::OkStatus();
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, field, "不是有效的日期。",
                    "is not a day of the calendar.");
}

// ---- self-inspection ----

void RegisterSelfInspections(rpc::Registry& registry, rpc::Service& host,
                             const policy::Policies& policies) {
  rpc::Standard<v1::SelfInspectionReport>(&registry, kInspectionService, &host,
                                          &SelfInspectionKind())
      .Create<v1::CreateSelfInspectionReportRequest, v1::CreateSelfInspectionReportResponse>(
          "CreateSelfInspectionReport", CreateSelfInspection)
      .Get<v1::GetSelfInspectionReportRequest, v1::GetSelfInspectionReportResponse>(
          "GetSelfInspectionReport",
          CheckSees<v1::SelfInspectionReport, access::Action::kSeeSelfInspection>)
      .ListSeen<v1::ListSelfInspectionReportsRequest, v1::ListSelfInspectionReportsResponse>(
          "ListSelfInspectionReports",
          [](const rpc::CallContext&, const v1::ListSelfInspectionReportsRequest& request) {
            store::Query query;
            if (request.year() != 0) query.equal.emplace_back("year", int64_t{request.year()});
            if (request.state() != 0) query.equal.emplace_back("state", int64_t{request.state()});
            if (!request.subject().empty()) {
              query.equal.emplace_back("subject", request.subject());
            }
            return query;
          },
          SeesOf<v1::SelfInspectionReport, access::Action::kSeeSelfInspection>)
      .Update<v1::UpdateSelfInspectionReportRequest, v1::UpdateSelfInspectionReportResponse>(
          "UpdateSelfInspectionReport", UpdateSelfInspection)
      .Verb<v1::SubmitSelfInspectionReportRequest, v1::SubmitSelfInspectionReportResponse>(
          "SubmitSelfInspectionReport",
          [&policies](store::WriteTx& tx, const v1::SubmitSelfInspectionReportRequest&,
                      v1::SelfInspectionReport& report) {
            return SubmitSelfInspection(tx, policies.routes, report);
          })
      .Verb<v1::WithdrawSelfInspectionReportRequest, v1::WithdrawSelfInspectionReportResponse>(
          "WithdrawSelfInspectionReport",
          [](store::WriteTx& tx, const v1::WithdrawSelfInspectionReportRequest&,
             v1::SelfInspectionReport& report) { return WithdrawSelfInspection(tx, report); });
}

// ---- examination ----

// Whoever examines, and whether all that it names is there.
absl::Status CheckExamination(store::WriteTx& tx, v1::Examination& examination) {
  LF_RETURN_IF_ERROR(CheckDay(examination.examine_date(), "examination.examine_date"));
  LF_ASSIGN_OR_RETURN(const auto department,
                      UsedDepartment(tx, tx.unit_id(), examination.department()));
  if (examination.examiners().empty() && UnitIdOf(tx.actor().subject) == tx.unit_id()) {
    examination.add_examiners(tx.actor().subject);
  }
  std::vector<std::string> examiners = {tx.actor().subject};
  for (const std::string& examiner : examination.examiners()) {
    LF_RETURN_IF_ERROR(CheckPerson(tx, tx.unit_id(), examiner));
    examiners.push_back(examiner);
  }
  for (int i = 0; i < examination.problems_size(); ++i) {
    v1::ExaminationProblem& problem = *examination.mutable_problems(i);
    problem.clear_rectification();
    if (!problem.responsible().empty()) {
      LF_RETURN_IF_ERROR(CheckPerson(tx, tx.unit_id(), problem.responsible()));
    }
    if (problem.has_due_date()) {
      LF_RETURN_IF_ERROR(
          CheckDay(problem.due_date(), absl::StrCat("examination.problems[", i, "].due_date")));
    }
  }
  return CheckExaminers(examiners, department.head());
}

void RegisterExaminations(rpc::Registry& registry, rpc::Service& host) {
  rpc::Standard<v1::Examination>(&registry, kInspectionService, &host, &ExaminationKind())
      .Create<v1::CreateExaminationRequest, v1::CreateExaminationResponse>(
          "CreateExamination",
          [](store::WriteTx& tx, v1::Examination& examination) {
            examination.set_state(v1::EXAMINATION_STATE_DRAFT);
            return CheckExamination(tx, examination);
          })
      .Get<v1::GetExaminationRequest, v1::GetExaminationResponse>(
          "GetExamination", CheckSees<v1::Examination, access::Action::kSeeExamination>)
      .ListSeen<v1::ListExaminationsRequest, v1::ListExaminationsResponse>(
          "ListExaminations",
          [](const rpc::CallContext&, const v1::ListExaminationsRequest& request) {
            store::Query query;
            if (request.year() != 0) query.equal.emplace_back("year", int64_t{request.year()});
            if (request.state() != 0) query.equal.emplace_back("state", int64_t{request.state()});
            if (!request.department().empty()) {
              query.equal.emplace_back("department", request.department());
            }
            return query;
          },
          SeesOf<v1::Examination, access::Action::kSeeExamination>)
      .Update<v1::UpdateExaminationRequest, v1::UpdateExaminationResponse>(
          "UpdateExamination",
          [](store::WriteTx& tx, const v1::Examination& old, v1::Examination& next) {
            LF_RETURN_IF_ERROR(CheckOpen(old));
            return CheckExamination(tx, next);
          })
      .Verb<v1::ConcludeExaminationRequest, v1::ConcludeExaminationResponse>(
          "ConcludeExamination",
          [](store::WriteTx& tx, const v1::ConcludeExaminationRequest&,
             v1::Examination& examination) -> absl::Status {
            LF_ASSIGN_OR_RETURN(const auto department,
                                UsedDepartment(tx, tx.unit_id(), examination.department()));
            LF_RETURN_IF_ERROR(CheckExaminers({tx.actor().subject}, department.head()));
            LF_ASSIGN_OR_RETURN(Conclusion conclusion, Conclude(examination, department.head(),
                                                                tx.actor().subject, tx.now()));
            examination = conclusion.examination;
            // The examination first: the entry is about it.
            LF_RETURN_IF_ERROR(tx.Put(ExaminationKind(), examination));
            for (v1::Rectification& rectification : conclusion.rectifications) {
              LF_RETURN_IF_ERROR(tx.Put(RectificationKind(), rectification));
            }
            return absl::OkStatus();
          });
}

// ---- rectification ----

absl::Status CheckRectification(store::WriteTx& tx, const v1::Rectification& rectification) {
  LF_RETURN_IF_ERROR(CheckDay(rectification.due_date(), "rectification.due_date"));
  LF_RETURN_IF_ERROR(CheckPerson(tx, tx.unit_id(), rectification.responsible()));
  if (!rectification.source_record().empty() &&
      UnitIdOf(rectification.source_record()) != tx.unit_id()) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "rectification.source_record",
                      "必须是本单位的记录。", "must be a record of the unit.");
  }
  return rectification.department().empty()
             ? absl::OkStatus()
             : UsedDepartment(tx, tx.unit_id(), rectification.department()).status();
}

// A verb whose rule makes the next state of the record from the request and the actor.
template <class Req, class Resp, class Rule>
void Step(rpc::Standard<v1::Rectification>& standard, absl::string_view method, Rule rule) {
  standard.Verb<Req, Resp>(method,
                           [rule](store::WriteTx& tx, const Req& request,
                                  v1::Rectification& rectification) -> absl::Status {
                             LF_RETURN_IF_ERROR(FromDirectory(ViewerOf(tx).May(
                                 access::Action::kSeeRectification, FactsOf(rectification))));
                             LF_ASSIGN_OR_RETURN(rectification, rule(tx, request, rectification));
                             return absl::OkStatus();
                           });
}

void RegisterRectifications(rpc::Registry& registry, rpc::Service& host) {
  rpc::Standard<v1::Rectification> standard(&registry, kInspectionService, &host,
                                            &RectificationKind());
  standard
      .Create<v1::CreateRectificationRequest, v1::CreateRectificationResponse>(
          "CreateRectification",
          [](store::WriteTx& tx, v1::Rectification& rectification) {
            rectification.set_state(v1::RECTIFICATION_STATE_OPEN);
            return CheckRectification(tx, rectification);
          })
      .Get<v1::GetRectificationRequest, v1::GetRectificationResponse>(
          "GetRectification", CheckSees<v1::Rectification, access::Action::kSeeRectification>)
      .ListSeen<v1::ListRectificationsRequest, v1::ListRectificationsResponse>(
          "ListRectifications",
          [](const rpc::CallContext&, const v1::ListRectificationsRequest& request) {
            store::Query query;
            if (request.year() != 0) query.equal.emplace_back("year", int64_t{request.year()});
            if (request.state() != 0) query.equal.emplace_back("state", int64_t{request.state()});
            if (!request.department().empty()) {
              query.equal.emplace_back("department", request.department());
            }
            if (!request.responsible().empty()) {
              query.equal.emplace_back("responsible", request.responsible());
            }
            return query;
          },
          SeesOf<v1::Rectification, access::Action::kSeeRectification>)
      .Update<v1::UpdateRectificationRequest, v1::UpdateRectificationResponse>(
          "UpdateRectification",
          [](store::WriteTx& tx, const v1::Rectification& old, v1::Rectification& next) {
            LF_RETURN_IF_ERROR(CheckNotResponsible(old, tx.actor().subject));
            LF_RETURN_IF_ERROR(CheckEditable(old));
            return CheckRectification(tx, next);
          });
  Step<v1::StartRectificationRequest, v1::StartRectificationResponse>(
      standard, "StartRectification",
      [](store::WriteTx& tx, const auto& request, const v1::Rectification& rectification) {
        return Start(rectification, tx.actor().subject, request.measure());
      });
  Step<v1::SubmitRectificationRequest, v1::SubmitRectificationResponse>(
      standard, "SubmitRectification",
      [](store::WriteTx& tx, const auto& request, const v1::Rectification& rectification) {
        return Submit(rectification, tx.actor().subject, request.result(), tx.now());
      });
  Step<v1::VerifyRectificationRequest, v1::VerifyRectificationResponse>(
      standard, "VerifyRectification",
      [](store::WriteTx& tx, const auto& request, const v1::Rectification& rectification) {
        return Verify(rectification, tx.actor().subject, request.passed(), request.comment(),
                      tx.now());
      });
  Step<v1::CloseRectificationRequest, v1::CloseRectificationResponse>(
      standard, "CloseRectification",
      [](store::WriteTx& tx, const auto&, const v1::Rectification& rectification) {
        return Close(rectification, tx.actor().subject, tx.now());
      });
  Step<v1::ReopenRectificationRequest, v1::ReopenRectificationResponse>(
      standard, "ReopenRectification",
      [](store::WriteTx&, const auto& request, const v1::Rectification& rectification) {
        return Reopen(rectification, request.reason());
      });
}

}  // namespace

void RegisterInspection(rpc::Registry& registry, rpc::Service& host,
                        const policy::Policies& policies) {
  RegisterSelfInspections(registry, host, policies);
  RegisterExaminations(registry, host);
  RegisterRectifications(registry, host);
}

}  // namespace lianfang::grading
