#include "services/grading/domain/rectification_rules.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"
#include "services/grading/domain/ids.h"
#include "services/grading/domain/refusals.h"

namespace lianfang::grading {
namespace {

using google::protobuf::util::TimeUtil;
using v1::Examination;
using v1::Rectification;

google::protobuf::Timestamp Stamp(absl::Time now) {
  return TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
}

absl::Status Required(const std::string& field, absl::string_view zh, absl::string_view en) {
  return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, field, zh, en);
}

absl::Status CheckResponsible(const Rectification& rectification, const std::string& actor) {
  if (actor == rectification.responsible()) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_NOT_RECORD_OWNER, "只有整改责任人可以这样做。",
                   "Only the responsible person may do this.");
}

}  // namespace

absl::Status CheckNotResponsible(const Rectification& rectification, const std::string& actor) {
  if (actor != rectification.responsible()) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_OWN_RECORD, "整改责任人不能修改、复核本人的整改。",
                   "The responsible person neither changes nor checks his own rectification.");
}

absl::Status CheckExaminers(const std::vector<std::string>& examiners, absl::string_view head) {
  if (head.empty() || std::find(examiners.begin(), examiners.end(), head) == examiners.end()) {
    return absl::OkStatus();
  }
  return MakeError(common::v1::ERROR_REASON_OWN_RECORD, "科室负责人不能检查考核本科室。",
                   "The head of a department does not examine it.");
}

absl::Status CheckOpen(const Examination& examination) {
  if (examination.state() == v1::EXAMINATION_STATE_DRAFT) return absl::OkStatus();
  return WrongState("考核已经定论，不能再改。", "The examination has been concluded.");
}

absl::StatusOr<Conclusion> Conclude(const Examination& examination, absl::string_view head,
                                    const std::string& concluder, absl::Time now) {
  LF_RETURN_IF_ERROR(CheckOpen(examination));
  if (examination.result() == v1::EXAMINATION_RESULT_UNSPECIFIED) {
    return Required("result", "必须填写考核结果。", "must be given.");
  }
  Conclusion conclusion;
  conclusion.examination = examination;
  Examination& next = conclusion.examination;
  next.set_state(v1::EXAMINATION_STATE_CONCLUDED);
  next.set_concluder(concluder);
  *next.mutable_conclude_time() = Stamp(now);
  const absl::string_view unit_id = UnitIdOf(examination.name());
  for (int i = 0; i < next.problems_size(); ++i) {
    v1::ExaminationProblem& problem = *next.mutable_problems(i);
    if (problem.responsible().empty()) problem.set_responsible(std::string(head));
    if (problem.responsible().empty()) {
      return Required(absl::StrCat("problems[", i, "].responsible"),
                      "科室没有负责人，必须指定整改责任人。",
                      "must be given: the department has no head.");
    }
    if (!problem.has_due_date()) {
      return Required(absl::StrCat("problems[", i, "].due_date"), "必须填写整改期限。",
                      "must be given.");
    }
    Rectification& rectification = conclusion.rectifications.emplace_back();
    rectification.set_name(
        RecordName(unit_id, "rectifications",
                   ProblemRectificationId(IdIn("examinations", examination.name()), i + 1)));
    rectification.set_source(v1::RECTIFICATION_SOURCE_EXAMINATION);
    rectification.set_source_record(examination.name());
    rectification.set_department(examination.department());
    rectification.set_year(examination.year());
    rectification.set_problem(problem.problem());
    rectification.set_responsible(problem.responsible());
    rectification.set_measure(problem.measure());
    *rectification.mutable_due_date() = problem.due_date();
    rectification.set_state(v1::RECTIFICATION_STATE_OPEN);
    problem.set_rectification(rectification.name());
  }
  return conclusion;
}

absl::Status CheckEditable(const Rectification& rectification) {
  switch (rectification.state()) {
    case v1::RECTIFICATION_STATE_OPEN:
    case v1::RECTIFICATION_STATE_IN_PROGRESS:
    case v1::RECTIFICATION_STATE_REOPENED:
      return absl::OkStatus();
    default:
      return WrongState("整改已经报告完成，不能修改。",
                        "The rectification has been reported as done.");
  }
}

absl::StatusOr<Rectification> Start(const Rectification& rectification, const std::string& actor,
                                    const std::string& measure) {
  LF_RETURN_IF_ERROR(CheckResponsible(rectification, actor));
  if (rectification.state() != v1::RECTIFICATION_STATE_OPEN &&
      rectification.state() != v1::RECTIFICATION_STATE_REOPENED) {
    return WrongState("整改已经开始或者已经报告完成。",
                      "The rectification has begun or has been reported as done.");
  }
  Rectification next = rectification;
  if (!IsBlank(measure)) next.set_measure(measure);
  if (IsBlank(next.measure())) {
    return Required("measure", "必须说明整改措施。", "must be given.");
  }
  next.set_state(v1::RECTIFICATION_STATE_IN_PROGRESS);
  return next;
}

absl::StatusOr<Rectification> Submit(const Rectification& rectification, const std::string& actor,
                                     const std::string& result, absl::Time now) {
  LF_RETURN_IF_ERROR(CheckResponsible(rectification, actor));
  if (rectification.state() != v1::RECTIFICATION_STATE_IN_PROGRESS) {
    return WrongState("整改没有开始，或者已经报告完成。",
                      "The rectification has not begun, or has been reported as done.");
  }
  if (IsBlank(result)) return Required("result", "必须说明完成情况。", "must be given.");
  Rectification next = rectification;
  next.set_result(result);
  *next.mutable_submit_time() = Stamp(now);
  const auto today = directory::DateOf(now, directory::SchoolTimeZone());
  next.set_late(directory::CompareDates(rectification.due_date(), today) < 0);
  next.set_state(v1::RECTIFICATION_STATE_SUBMITTED);
  return next;
}

absl::StatusOr<Rectification> Verify(const Rectification& rectification, const std::string& actor,
                                     bool passed, const std::string& comment, absl::Time now) {
  LF_RETURN_IF_ERROR(CheckNotResponsible(rectification, actor));
  if (rectification.state() != v1::RECTIFICATION_STATE_SUBMITTED) {
    return WrongState("整改没有报告完成，或者已经复核。",
                      "The rectification has not been reported as done, or was checked already.");
  }
  if (!passed && IsBlank(comment)) {
    return FieldError(common::v1::ERROR_REASON_REASON_REQUIRED, "comment",
                      "复核不通过必须说明理由。", "is needed when it did not pass.");
  }
  Rectification next = rectification;
  next.set_verifier(actor);
  next.set_review_comment(comment);
  *next.mutable_verify_time() = Stamp(now);
  next.set_state(passed ? v1::RECTIFICATION_STATE_VERIFIED : v1::RECTIFICATION_STATE_REOPENED);
  if (!passed) next.set_reopen_count(rectification.reopen_count() + 1);
  return next;
}

absl::StatusOr<Rectification> Close(const Rectification& rectification, const std::string& actor,
                                    absl::Time now) {
  LF_RETURN_IF_ERROR(CheckNotResponsible(rectification, actor));
  if (rectification.state() != v1::RECTIFICATION_STATE_VERIFIED) {
    return WrongState("整改没有通过复核，不能销号。",
                      "The rectification has not been checked and found done.");
  }
  Rectification next = rectification;
  next.set_state(v1::RECTIFICATION_STATE_CLOSED);
  *next.mutable_close_time() = Stamp(now);
  return next;
}

absl::StatusOr<Rectification> Reopen(const Rectification& rectification,
                                     const std::string& reason) {
  if (rectification.state() != v1::RECTIFICATION_STATE_VERIFIED &&
      rectification.state() != v1::RECTIFICATION_STATE_CLOSED) {
    return WrongState("只有已复核或已销号的整改可以重新打开。",
                      "Only a verified or closed rectification is opened again.");
  }
  if (IsBlank(reason)) {
    return FieldError(common::v1::ERROR_REASON_REASON_REQUIRED, "reason",
                      "重新打开整改必须说明理由。", "is needed to open it again.");
  }
  Rectification next = rectification;
  next.set_review_comment(reason);
  next.clear_close_time();
  next.set_state(v1::RECTIFICATION_STATE_REOPENED);
  next.set_reopen_count(rectification.reopen_count() + 1);
  return next;
}

}  // namespace lianfang::grading
