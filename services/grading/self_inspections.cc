#include "services/grading/self_inspections.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/rpc/service.h"
#include "common/status/error.h"
#include "services/grading/access.h"
#include "services/grading/domain/self_inspection_rules.h"
#include "services/grading/grading_kinds.h"
#include "services/grading/open_review.h"
#include "services/grading/references.h"

namespace lianfang::grading {
namespace {

using v1::SelfInspectionReport;

bool IsUnits(const SelfInspectionReport& report) {
  return IdIn("departments", report.subject()).empty();
}

// The control office writes every report, the head of a department the department's.
absl::Status CheckWriter(store::WriteTx& tx, const SelfInspectionReport& report) {
  return FromDirectory(ViewerOf(tx).May(IsUnits(report)
                                            ? access::Action::kWriteSelfInspectionOfUnit
                                            : access::Action::kWriteSelfInspectionOfDepartment,
                                        FactsOf(report)));
}

// The same for a report that is there already.
absl::Status CheckKeeps(store::WriteTx& tx, const SelfInspectionReport& report) {
  LF_RETURN_IF_ERROR(
      FromDirectory(ViewerOf(tx).May(access::Action::kSeeSelfInspection, FactsOf(report))));
  return CheckWriter(tx, report);
}

absl::Status CheckReferences(store::WriteTx& tx, const SelfInspectionReport& report) {
  if (!IsUnits(report)) {
    LF_RETURN_IF_ERROR(UsedDepartment(tx, tx.unit_id(), report.subject()).status());
  }
  for (const v1::MeasureOutcome& outcome : report.measures()) {
    if (UnitIdOf(outcome.measure()) != tx.unit_id()) {
      return UnknownReference(outcome.measure(), "risk");
    }
    LF_ASSIGN_OR_RETURN(const auto body, tx.FindBody(MeasureKind(), tx.unit_id(),
                                                     IdIn("measures", outcome.measure())));
    if (!body) return UnknownReference(outcome.measure(), "risk");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<SelfInspectionReport>> RoundsOf(store::WriteTx& tx,
                                                           const SelfInspectionReport& report) {
  store::Query query;
  query.equal.emplace_back("subject", report.subject());
  query.equal.emplace_back("year", int64_t{report.year()});
  return directory::ListAll<SelfInspectionReport>(tx, SelfInspectionKind(), tx.unit_id(),
                                                  std::move(query));
}

absl::StatusOr<ReviewSubject> SubjectOf(store::WriteTx& tx, const SelfInspectionReport& report) {
  ReviewSubject subject;
  subject.review_id = std::string(IdIn("reviews", report.review()));
  subject.record = report.name();
  subject.revision = report.revision();
  subject.revision_digest = report.revision_digest();
  subject.year = report.year();
  subject.whose.record_kind = v1::RECORD_KIND_SELF_INSPECTION;
  subject.whose.owner_kind = v1::OWNER_KIND_UNIT;
  subject.whose.barred = {report.submitter()};
  std::string whose = "学校";
  if (!IsUnits(report)) {
    LF_ASSIGN_OR_RETURN(const auto department, UsedDepartment(tx, tx.unit_id(), report.subject()));
    subject.whose.owner_kind = v1::OWNER_KIND_DEPARTMENT;
    subject.whose.department = report.subject();
    if (!department.head().empty()) subject.whose.owners = {department.head()};
    whose = department.display_name();
  }
  subject.title =
      absl::StrCat(report.year(), "年自查报告：", whose, "（第", report.round(), "轮）");
  return subject;
}

}  // namespace

absl::Status CreateSelfInspection(store::WriteTx& tx, SelfInspectionReport& report) {
  LF_RETURN_IF_ERROR(CheckContent(report, tx.unit_id(), "self_inspection_report"));
  LF_RETURN_IF_ERROR(CheckReferences(tx, report));
  LF_RETURN_IF_ERROR(CheckWriter(tx, report));
  LF_ASSIGN_OR_RETURN(const auto earlier, RoundsOf(tx, report));
  if (!IsUnits(report)) report.set_department(report.subject());
  return Begin(earlier, &report);
}

absl::Status UpdateSelfInspection(store::WriteTx& tx, const SelfInspectionReport& old,
                                  SelfInspectionReport& next) {
  LF_RETURN_IF_ERROR(CheckKeeps(tx, old));
  LF_RETURN_IF_ERROR(CheckEditable(old));
  LF_RETURN_IF_ERROR(CheckContent(next, tx.unit_id(), "self_inspection_report"));
  return CheckReferences(tx, next);
}

absl::Status SubmitSelfInspection(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                                  SelfInspectionReport& report) {
  LF_RETURN_IF_ERROR(CheckKeeps(tx, report));
  LF_ASSIGN_OR_RETURN(const auto previous,
                      tx.Find<SelfInspectionReport>(SelfInspectionKind(), report.previous()));
  LF_ASSIGN_OR_RETURN(
      report, Submit(report, previous ? &*previous : nullptr, tx.actor().subject, tx.now()));
  LF_ASSIGN_OR_RETURN(const ReviewSubject subject, SubjectOf(tx, report));
  LF_ASSIGN_OR_RETURN(v1::Review review, PlanReview(tx, routes, subject));
  if (absl::Status status = review::CheckReviewers({review.steps().begin(), review.steps().end()});
      !status.ok()) {
    return rpc::MaybeBehind(std::move(status), "personnel");
  }
  // The report first: the entry is about it.
  LF_RETURN_IF_ERROR(tx.Put(SelfInspectionKind(), report));
  return tx.Put(ReviewKind(), review);
}

absl::Status WithdrawSelfInspection(store::WriteTx& tx, SelfInspectionReport& report) {
  LF_RETURN_IF_ERROR(CheckKeeps(tx, report));
  LF_ASSIGN_OR_RETURN(const auto review, tx.Find<v1::Review>(ReviewKind(), report.review()));
  LF_ASSIGN_OR_RETURN(report, Withdraw(report, review ? *review : v1::Review()));
  LF_RETURN_IF_ERROR(tx.Put(SelfInspectionKind(), report));
  return review ? WithdrawIfOpen(tx, *review) : absl::OkStatus();
}

absl::Status FollowSelfInspection(store::WriteTx& tx, const v1::Review& decided) {
  LF_ASSIGN_OR_RETURN(const auto report,
                      tx.Get<SelfInspectionReport>(SelfInspectionKind(), decided.record()));
  LF_ASSIGN_OR_RETURN(SelfInspectionReport after, AfterDecision(report, decided, tx.now()));
  std::vector<SelfInspectionReport> met;
  if (after.state() == v1::SELF_INSPECTION_STATE_ACCEPTED) {
    LF_ASSIGN_OR_RETURN(const auto rounds, RoundsOf(tx, report));
    for (const SelfInspectionReport& round : rounds) {
      if (round.state() != v1::SELF_INSPECTION_STATE_IMPROVING) continue;
      met.push_back(round);
      met.back().set_state(v1::SELF_INSPECTION_STATE_ACCEPTED);
      met.back().set_met_by(after.name());
    }
  }
  LF_RETURN_IF_ERROR(tx.Put(SelfInspectionKind(), after));
  for (SelfInspectionReport& round : met) LF_RETURN_IF_ERROR(tx.Put(SelfInspectionKind(), round));
  return absl::OkStatus();
}

}  // namespace lianfang::grading
