#include "services/reporting/domain/known.h"

#include "common/base/resource_name.h"
#include "lianfang/reporting/v1/campaign.pb.h"

namespace lianfang::reporting {
namespace {

using google::protobuf::Timestamp;
using state::v1::Known;

std::string UnitOf(absl::string_view name) { return UnitName(UnitIdOf(name)); }

// Handed in at a time, and as far as `state` says.
void HandIn(Known* known, v1::TaskState state, const Timestamp& time) {
  known->set_state(state);
  *known->mutable_hand_in_time() = time;
}

template <class Record>
Known Begin(const Record& record, int32_t year, v1::TaskKind kind, absl::string_view owner) {
  Known known;
  known.set_name(record.name());
  known.set_year(year);
  known.set_kind(kind);
  known.set_owner(owner.empty() ? UnitOf(record.name()) : std::string(owner));
  known.set_state(v1::TASK_STATE_STARTED);
  return known;
}

v1::TaskKind KindOf(risk::v1::SubmissionKind kind) {
  switch (kind) {
    case risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS:
      return v1::TASK_KIND_DEPARTMENT_RISKS;
    case risk::v1::SUBMISSION_KIND_POWER_RISKS:
      return v1::TASK_KIND_POWER_RISKS;
    case risk::v1::SUBMISSION_KIND_POWER_CATALOGUE:
      return v1::TASK_KIND_POWER_CATALOGUE;
    case risk::v1::SUBMISSION_KIND_WORKFLOW_CHARTS:
      return v1::TASK_KIND_WORKFLOW_CHARTS;
    case risk::v1::SUBMISSION_KIND_POST_MEASURES:
      return v1::TASK_KIND_POST_MEASURES;
    case risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES:
      return v1::TASK_KIND_DEPARTMENT_MEASURES;
    case risk::v1::SUBMISSION_KIND_UNIT_MEASURES:
      return v1::TASK_KIND_UNIT_MEASURES;
    default:
      return v1::TASK_KIND_UNSPECIFIED;
  }
}

v1::TaskKind KindOf(v1::PublicationKind kind) {
  switch (kind) {
    case v1::PUBLICATION_KIND_POST_DUTIES:
      return v1::TASK_KIND_DUTY_PUBLICATION;
    case v1::PUBLICATION_KIND_RISK_POINTS:
      return v1::TASK_KIND_RISK_PUBLICATION;
    case v1::PUBLICATION_KIND_MEASURES:
      return v1::TASK_KIND_MEASURE_PUBLICATION;
    default:
      return v1::TASK_KIND_UNSPECIFIED;
  }
}

bool IsFiled(risk::v1::FilingState state) {
  return state == risk::v1::FILING_STATE_FILED || state == risk::v1::FILING_STATE_COMPILED;
}

}  // namespace

Known KnownOf(const personnel::v1::PostDuty& duty) {
  Known known = Begin(duty, duty.year(), v1::TASK_KIND_POST_DUTY, duty.post());
  if (duty.approved_revision() > 0) {
    // Stays so while the next revision is being written.
    HandIn(&known, v1::TASK_STATE_DONE, duty.submit_time());
    known.mutable_statistics()->set_duties_approved(1);
    known.set_approved(true);
  } else if (duty.state() == personnel::v1::POST_DUTY_STATE_IN_REVIEW) {
    HandIn(&known, v1::TASK_STATE_HANDED_IN, duty.submit_time());
  } else if (duty.state() == personnel::v1::POST_DUTY_STATE_RETURNED) {
    HandIn(&known, v1::TASK_STATE_RETURNED, duty.submit_time());
  }
  return known;
}

Known KnownOf(const personnel::v1::DutyVolume& volume) {
  Known known = Begin(volume, volume.year(), v1::TASK_KIND_DUTY_VOLUME, "");
  HandIn(&known, v1::TASK_STATE_DONE, volume.compile_time());
  known.set_approved(true);
  return known;
}

Known KnownOf(const risk::v1::SelfCheck& self_check) {
  Known known = Begin(self_check, self_check.year(), v1::TASK_KIND_SELF_CHECK, self_check.post());
  known.set_person(self_check.person());
  switch (self_check.state()) {
    case risk::v1::SELF_CHECK_STATE_SUBMITTED:
      HandIn(&known, v1::TASK_STATE_HANDED_IN, self_check.submit_time());
      break;
    case risk::v1::SELF_CHECK_STATE_RETURNED:
      HandIn(&known, v1::TASK_STATE_RETURNED, self_check.submit_time());
      break;
    case risk::v1::SELF_CHECK_STATE_APPROVED:
      HandIn(&known, v1::TASK_STATE_DONE, self_check.submit_time());
      known.mutable_statistics()->set_self_checks_approved(1);
      known.set_approved(true);
      break;
    default:
      // A form that was taken back is a draft again: it is not handed in.
      return known;
  }
  known.mutable_statistics()->set_self_checks_submitted(1);
  return known;
}

Known KnownOf(const risk::v1::RiskPoint& point) {
  Known known =
      Begin(point, point.year(),
            point.power().empty() ? v1::TASK_KIND_DEPARTMENT_RISKS : v1::TASK_KIND_POWER_RISKS,
            point.owner());
  const bool registered = point.state() == risk::v1::RISK_POINT_STATE_REGISTERED ||
                          point.state() == risk::v1::RISK_POINT_STATE_PUBLICISED;
  if (!registered || !point.submission().empty()) {
    known.set_kind(v1::TASK_KIND_UNSPECIFIED);
  } else {
    HandIn(&known, v1::TASK_STATE_DONE, point.create_time());
  }
  return known;
}

Known KnownOf(const risk::v1::Power& power) {
  Known known = Begin(power, 0, v1::TASK_KIND_UNSPECIFIED, power.department());
  known.set_approved(IsFiled(power.state()));
  if (known.approved()) known.mutable_statistics()->set_power_count(1);
  return known;
}

Known KnownOf(const risk::v1::Workflow& workflow) {
  Known known = Begin(workflow, 0, v1::TASK_KIND_UNSPECIFIED, workflow.department());
  known.set_approved(IsFiled(workflow.state()));
  if (known.approved()) known.mutable_statistics()->set_workflow_count(1);
  return known;
}

Known KnownOf(const risk::v1::Submission& submission) {
  Known known = Begin(submission, submission.year(), KindOf(submission.kind()), submission.owner());
  switch (submission.state()) {
    case risk::v1::SUBMISSION_STATE_SUBMITTED:
      HandIn(&known, v1::TASK_STATE_HANDED_IN, submission.submit_time());
      break;
    case risk::v1::SUBMISSION_STATE_RETURNED:
      HandIn(&known, v1::TASK_STATE_RETURNED, submission.submit_time());
      break;
    case risk::v1::SUBMISSION_STATE_APPROVED:
      HandIn(&known, v1::TASK_STATE_DONE, submission.submit_time());
      break;
    default:
      break;  // taken back: what it held is being written again
  }
  return known;
}

Known KnownOf(const risk::v1::Volume& volume) {
  Known known = Begin(volume, volume.year(),
                      volume.kind() == risk::v1::VOLUME_KIND_POWER_CATALOGUE
                          ? v1::TASK_KIND_UNIT_POWER_CATALOGUE
                          : v1::TASK_KIND_UNIT_WORKFLOW_CHARTS,
                      "");
  HandIn(&known, v1::TASK_STATE_DONE, volume.compile_time());
  known.set_approved(true);
  return known;
}

Known KnownOf(const grading::v1::Grade& grade) {
  Known known = Begin(grade, grade.year(), v1::TASK_KIND_GRADE, grade.post());
  switch (grade.state()) {
    case grading::v1::GRADE_STATE_SUPERIOR_REVIEW:
      HandIn(&known, v1::TASK_STATE_HANDED_IN, grade.school_review_time());
      break;
    case grading::v1::GRADE_STATE_CONFIRMED:
      HandIn(&known, v1::TASK_STATE_DONE, grade.school_review_time());
      break;
    case grading::v1::GRADE_STATE_RETURNED:
      known.set_state(v1::TASK_STATE_RETURNED);
      // Sent back by the superior, it had been handed in.
      if (grade.has_school_review_time()) {
        HandIn(&known, v1::TASK_STATE_RETURNED, grade.school_review_time());
      }
      break;
    default:
      break;
  }
  return known;
}

Known KnownOf(const grading::v1::WarningSign& sign) {
  Known known = Begin(sign, sign.year(), v1::TASK_KIND_WARNING_SIGN, sign.subject());
  if (sign.state() == grading::v1::WARNING_SIGN_STATE_REMOVED) {
    known.set_kind(v1::TASK_KIND_UNSPECIFIED);
    return known;
  }
  known.mutable_statistics()->set_sign_count(1);
  if (sign.state() == grading::v1::WARNING_SIGN_STATE_DISPLAYED) {
    HandIn(&known, v1::TASK_STATE_DONE, sign.display_time());
    known.mutable_statistics()->set_signs_displayed(1);
  }
  return known;
}

Known KnownOf(const grading::v1::ResponsibilityLetter& letter) {
  // A letter over several departments counts under the unit.
  const std::string owner = letter.scope_size() == 1 ? letter.scope(0).subject() : "";
  Known known = Begin(letter, letter.year(), v1::TASK_KIND_RESPONSIBILITY_LETTER, owner);
  known.set_person(letter.party_b());
  if (letter.state() == grading::v1::LETTER_STATE_EXPIRED) {
    known.set_kind(v1::TASK_KIND_UNSPECIFIED);
    return known;
  }
  known.mutable_statistics()->set_letter_count(1);
  if (letter.state() == grading::v1::LETTER_STATE_IN_FORCE) {
    HandIn(&known, v1::TASK_STATE_DONE, letter.signature_b().time());
    known.mutable_statistics()->set_letters_signed(1);
  }
  return known;
}

Known KnownOf(const grading::v1::SelfInspectionReport& report) {
  const bool of_unit = report.subject() == UnitOf(report.name());
  Known known = Begin(report, report.year(),
                      of_unit ? v1::TASK_KIND_UNIT_INSPECTION : v1::TASK_KIND_DEPARTMENT_INSPECTION,
                      report.subject());
  known.set_supersedes(report.previous());
  switch (report.state()) {
    case grading::v1::SELF_INSPECTION_STATE_SUBMITTED:
    // Accepted and not there yet: 「直至达标」
    case grading::v1::SELF_INSPECTION_STATE_IMPROVING:
      HandIn(&known, v1::TASK_STATE_HANDED_IN, report.submit_time());
      break;
    case grading::v1::SELF_INSPECTION_STATE_RETURNED:
      HandIn(&known, v1::TASK_STATE_RETURNED, report.submit_time());
      break;
    case grading::v1::SELF_INSPECTION_STATE_ACCEPTED:
      HandIn(&known, v1::TASK_STATE_DONE, report.submit_time());
      break;
    default:
      return known;
  }
  known.mutable_statistics()->set_inspections_submitted(1);
  // A report that a later round closed has no target open.
  if (!report.met_by().empty()) return known;
  int64_t unmet = 0;
  for (const auto& target : report.targets()) unmet += target.met() ? 0 : 1;
  known.mutable_statistics()->set_targets_unmet(unmet);
  return known;
}

Known KnownOf(const grading::v1::Examination& examination) {
  Known known =
      Begin(examination, examination.year(), v1::TASK_KIND_EXAMINATION, examination.department());
  if (examination.state() == grading::v1::EXAMINATION_STATE_CONCLUDED) {
    HandIn(&known, v1::TASK_STATE_DONE, examination.conclude_time());
  }
  return known;
}

Known KnownOf(const grading::v1::Rectification& rectification) {
  Known known = Begin(rectification, rectification.year(), v1::TASK_KIND_UNSPECIFIED,
                      rectification.department());
  known.mutable_statistics()->set_rectification_count(1);
  if (rectification.state() == grading::v1::RECTIFICATION_STATE_CLOSED) {
    known.mutable_statistics()->set_rectifications_closed(1);
  }
  return known;
}

Known KnownOf(const v1::Publication& publication) {
  Known known = Begin(publication, publication.year(), KindOf(publication.kind()), "");
  if (publication.state() == v1::PUBLICATION_STATE_WITHDRAWN) return known;
  known.mutable_statistics()->set_publication_count(1);
  // It is public from the day on which it begins.
  HandIn(&known, v1::TASK_STATE_DONE, publication.create_time());
  return known;
}

}  // namespace lianfang::reporting
