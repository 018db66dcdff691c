// Forms of several records: handed in by whose they are, and reviewed as one.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/cli/play/player.h"

namespace lianfang::cli {
namespace {

using RiskStub = risk::v1::RiskService::Stub;
using config::v1::SampleForm;
using risk::v1::Submission;
using risk::v1::SubmissionKind;

const std::set<SubmissionKind>& Risks() {
  static const std::set<SubmissionKind> kKinds = {risk::v1::SUBMISSION_KIND_DEPARTMENT_RISKS,
                                                  risk::v1::SUBMISSION_KIND_POWER_RISKS};
  return kKinds;
}

const std::set<SubmissionKind>& Measures() {
  static const std::set<SubmissionKind> kKinds = {risk::v1::SUBMISSION_KIND_POST_MEASURES,
                                                  risk::v1::SUBMISSION_KIND_DEPARTMENT_MEASURES,
                                                  risk::v1::SUBMISSION_KIND_UNIT_MEASURES};
  return kKinds;
}

}  // namespace

bool Player::HasForm(SubmissionKind kind, const std::string& owner) const {
  return std::any_of(
      sample_.year.forms().begin(), sample_.year.forms().end(), [&](const SampleForm& form) {
        return form.submission().kind() == kind && form.submission().owner() == owner;
      });
}

absl::StatusOr<StageResult> Player::HandIn(const std::set<SubmissionKind>& kinds,
                                           StageProgress& progress) {
  risk::v1::ListSubmissionsRequest list;
  list.set_year(sample_.year.year());
  LF_ASSIGN_OR_RETURN(
      const auto existing,
      All<Submission>(risk_, &RiskStub::ListSubmissions,
                      &risk::v1::ListSubmissionsResponse::mutable_submissions, list));
  google::protobuf::RepeatedPtrField<Submission> wanted;
  for (const SampleForm& form : sample_.year.forms()) {
    if (kinds.contains(form.submission().kind())) *wanted.Add() = form.submission();
  }
  return MakeMissing<Submission>(wanted, existing, progress, [&](const Submission& form) {
    risk::v1::CreateSubmissionRequest request;
    request.set_parent(unit_);
    request.set_submission_id(std::string(IdIn("submissions", form.name())));
    *request.mutable_submission() = form;
    return Change(SubmitterOf(form.owner()), risk_, &RiskStub::CreateSubmission, request).status();
  });
}

absl::StatusOr<StageResult> Player::ReviewKind(grading::v1::RecordKind kind,
                                               const std::set<SubmissionKind>& kinds,
                                               StageProgress& progress) {
  std::map<std::string, const SampleForm*> forms;
  std::set<std::string> ours;
  for (const SampleForm& form : sample_.year.forms()) {
    if (!kinds.contains(form.submission().kind())) continue;
    forms[form.submission().name()] = &form;
    ours.insert(form.submission().name());
  }
  const auto opinion_of = [&](const grading::v1::Review& review, const std::string& person) {
    for (const config::v1::SampleOpinion& opinion : forms.at(review.record())->opinions()) {
      if (opinion.person() == person) return opinion;
    }
    return config::v1::SampleOpinion();
  };
  StageResult result;
  LF_ASSIGN_OR_RETURN(result.done, TakeReviews(kind, ours, progress, nullptr, opinion_of));
  if (result.done == 0) result.found = static_cast<int64_t>(ours.size());
  return result;
}

absl::StatusOr<StageResult> Player::HandInRisks(StageProgress& progress) {
  return HandIn(Risks(), progress);
}
absl::StatusOr<StageResult> Player::HandInPowers(StageProgress& progress) {
  return HandIn({risk::v1::SUBMISSION_KIND_POWER_CATALOGUE}, progress);
}
absl::StatusOr<StageResult> Player::HandInCharts(StageProgress& progress) {
  return HandIn({risk::v1::SUBMISSION_KIND_WORKFLOW_CHARTS}, progress);
}
absl::StatusOr<StageResult> Player::HandInMeasures(StageProgress& progress) {
  return HandIn(Measures(), progress);
}
absl::StatusOr<StageResult> Player::ReviewRisks(StageProgress& progress) {
  return ReviewKind(grading::v1::RECORD_KIND_RISK_POINT, Risks(), progress);
}
absl::StatusOr<StageResult> Player::ReviewPowers(StageProgress& progress) {
  return ReviewKind(grading::v1::RECORD_KIND_POWER, {risk::v1::SUBMISSION_KIND_POWER_CATALOGUE},
                    progress);
}
absl::StatusOr<StageResult> Player::ReviewCharts(StageProgress& progress) {
  return ReviewKind(grading::v1::RECORD_KIND_WORKFLOW, {risk::v1::SUBMISSION_KIND_WORKFLOW_CHARTS},
                    progress);
}
absl::StatusOr<StageResult> Player::ReviewMeasures(StageProgress& progress) {
  return ReviewKind(grading::v1::RECORD_KIND_MEASURE, Measures(), progress);
}

}  // namespace lianfang::cli
