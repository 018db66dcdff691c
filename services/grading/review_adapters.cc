#include "services/grading/review_adapters.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/id.h"
#include "common/base/resource_name.h"
#include "common/directory/directory_kinds.h"
#include "common/status/error.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "services/grading/domain/ids.h"
#include "services/grading/grading_kinds.h"
#include "services/grading/references.h"

namespace lianfang::grading {
namespace {

using Phase = ReviewRequest::Phase;

// The record names its review; what it names must be one of this unit.
std::string ReviewId(absl::string_view unit_id, absl::string_view named, std::string otherwise) {
  const absl::string_view id =
      UnitIdOf(named) == unit_id ? IdIn("reviews", named) : absl::string_view();
  return IsValidResourceId(id) ? std::string(id) : std::move(otherwise);
}

v1::RecordKind KindOf(risk::v1::SubmissionKind kind) {
  switch (kind) {
    case risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS:
    case risk::v1::SUBMISSION_KIND_POWER_RISKS:
      return v1::RECORD_KIND_RISK_POINT;
    case risk::v1::SUBMISSION_KIND_POWER_CATALOGUE:
      return v1::RECORD_KIND_POWER;
    case risk::v1::SUBMISSION_KIND_WORKFLOW_CHARTS:
      return v1::RECORD_KIND_WORKFLOW;
    case risk::v1::SUBMISSION_KIND_POST_MEASURES:
    case risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES:
    case risk::v1::SUBMISSION_KIND_UNIT_MEASURES:
      return v1::RECORD_KIND_MEASURE;
    default:
      return v1::RECORD_KIND_UNSPECIFIED;
  }
}

}  // namespace

absl::StatusOr<ReviewRequest> RequestOf(store::Reader& reader, absl::string_view unit_id,
                                        const risk::v1::SelfCheck& form) {
  ReviewRequest request;
  if (form.revision() == 0) return request;
  ReviewSubject& subject = request.subject;
  subject.review_id = ReviewId(unit_id, form.review(),
                               SelfCheckReviewId(IdIn("selfChecks", form.name()), form.revision()));
  if (form.state() == risk::v1::SELF_CHECK_STATE_DRAFT) request.phase = Phase::kTakenBack;
  if (form.state() != risk::v1::SELF_CHECK_STATE_SUBMITTED) return request;
  request.phase = Phase::kHandedIn;
  // Risk has checked both, so they come.
  LF_ASSIGN_OR_RETURN(const auto post,
                      reader.Find<personnel::v1::Post>(directory::PostKind(), form.post()));
  if (!post) return UnknownReference(form.post(), "personnel");
  LF_ASSIGN_OR_RETURN(const auto person,
                      reader.Find<personnel::v1::Person>(directory::PersonKind(), form.person()));
  if (!person) return UnknownReference(form.person(), "personnel");
  subject.record = form.name();
  subject.revision = form.revision();
  subject.revision_digest = form.revision_digest();
  subject.whose.record_kind = v1::RECORD_KIND_SELF_CHECK;
  subject.whose.owners = {form.person()};
  subject.whose.post = form.post();
  subject.whose.department = post->department();
  subject.title = absl::StrCat(form.year(), "年个人廉政风险自查表：", person->display_name(), "（",
                               post->display_name(), "）");
  subject.year = form.year();
  return request;
}

absl::StatusOr<ReviewRequest> RequestOf(store::Reader&, absl::string_view unit_id,
                                        const personnel::v1::PostDuty& duty) {
  ReviewRequest request;
  if (duty.revision() == 0) return request;
  ReviewSubject& subject = request.subject;
  subject.review_id = ReviewId(unit_id, duty.review(),
                               SelfCheckReviewId(IdIn("postDuties", duty.name()), duty.revision()));
  if (duty.state() == personnel::v1::POST_DUTY_STATE_DRAFT) request.phase = Phase::kTakenBack;
  if (duty.state() != personnel::v1::POST_DUTY_STATE_IN_REVIEW) return request;
  request.phase = Phase::kHandedIn;
  subject.record = duty.name();
  subject.revision = duty.revision();
  subject.revision_digest = duty.revision_digest();
  subject.whose.record_kind = v1::RECORD_KIND_POST_DUTY;
  subject.whose.owners = {duty.holders().begin(), duty.holders().end()};
  if (!duty.drafter().empty()) subject.whose.barred = {duty.drafter()};
  subject.whose.post = duty.post();
  subject.whose.department = duty.department();
  subject.of_post = true;
  subject.title = absl::StrCat(duty.year(), "年岗位职责：", duty.post_display_name());
  subject.year = duty.year();
  return request;
}

absl::StatusOr<ReviewRequest> RequestOf(store::Reader& reader, absl::string_view unit_id,
                                        const risk::v1::Submission& submission) {
  ReviewRequest request;
  ReviewSubject& subject = request.subject;
  const absl::string_view id = IdIn("submissions", submission.name());
  subject.review_id =
      ReviewId(unit_id, submission.review(), SelfCheckReviewId(id, submission.revision()));
  if (submission.state() == risk::v1::SUBMISSION_STATE_WITHDRAWN) request.phase = Phase::kTakenBack;
  if (submission.state() != risk::v1::SUBMISSION_STATE_SUBMITTED) return request;
  request.phase = Phase::kHandedIn;
  subject.record = submission.name();
  subject.revision = submission.revision();
  subject.revision_digest = submission.revision_digest();
  subject.whose.record_kind = KindOf(submission.kind());
  subject.whose.owners = {submission.owners().begin(), submission.owners().end()};
  subject.whose.department = submission.department();
  subject.title = submission.title();
  subject.year = submission.year();
  if (!IdIn("posts", submission.owner()).empty()) {
    LF_ASSIGN_OR_RETURN(const auto post, reader.Find<personnel::v1::Post>(directory::PostKind(),
                                                                          submission.owner()));
    if (!post) return UnknownReference(submission.owner(), "personnel");
    subject.whose.post = submission.owner();
    subject.of_post = true;
  } else if (!IdIn("departments", submission.owner()).empty()) {
    LF_ASSIGN_OR_RETURN(
        const auto department,
        reader.Find<personnel::v1::Department>(directory::DepartmentKind(), submission.owner()));
    if (!department) return UnknownReference(submission.owner(), "personnel");
    subject.whose.department = submission.owner();
    subject.whose.owner_kind = v1::OWNER_KIND_DEPARTMENT;
  } else {
    subject.whose.owner_kind = v1::OWNER_KIND_UNIT;
  }
  return request;
}

absl::Status FollowRequest(store::WriteTx& tx, const config::v1::RoutesPolicy& routes,
                           const ReviewRequest& request) {
  if (request.phase == Phase::kNone) return absl::OkStatus();
  LF_ASSIGN_OR_RETURN(const auto review, tx.FindById<v1::Review>(ReviewKind(), tx.unit_id(),
                                                                 request.subject.review_id));
  if (request.phase == Phase::kHandedIn) {
    return review ? absl::OkStatus() : OpenReview(tx, routes, request.subject);
  }
  return review ? WithdrawIfOpen(tx, *review) : absl::OkStatus();
}

}  // namespace lianfang::grading
