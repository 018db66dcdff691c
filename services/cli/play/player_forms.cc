// Self-checks: handing in, reviewing, correcting.
#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "services/cli/core/pages.h"
#include "services/cli/play/parallel.h"
#include "services/cli/play/player.h"

namespace lianfang::cli {
namespace {

using RiskStub = risk::v1::RiskService::Stub;
using ReviewStub = grading::v1::ReviewService::Stub;
using grading::v1::Review;
using risk::v1::SelfCheck;

}  // namespace

absl::StatusOr<std::map<std::string, SelfCheck>> Player::ListForms() {
  std::map<std::string, SelfCheck> forms;
  risk::v1::ListSelfChecksRequest request;
  request.set_parent(unit_);
  request.set_year(sample_.year.year());
  positions_.CopyTo(request.mutable_not_before());
  LF_RETURN_IF_ERROR(EachPage(
      request,
      [&](const auto& page) {
        return Call(actors_.AsRole("control_office"), risk_, &RiskStub::ListSelfChecks, page);
      },
      [&](auto& page) {
        for (auto& form : *page.mutable_self_checks()) forms[form.name()] = std::move(form);
        return absl::OkStatus();
      }));
  return forms;
}

absl::Status Player::SubmitForm(const SelfCheck& form, const std::string& person) {
  risk::v1::SubmitSelfCheckRequest request;
  request.set_name(form.name());
  request.set_etag(form.etag());
  request.set_request_id(UuidOf(absl::StrCat("SubmitSelfCheck ", request.SerializeAsString())));
  LF_ASSIGN_OR_RETURN(const auto submitted, Call(actors_.As(person, "staff"), risk_,
                                                 &RiskStub::SubmitSelfCheck, request));
  positions_.Add(submitted.position());
  return absl::OkStatus();
}

absl::StatusOr<StageResult> Player::SubmitForms(StageProgress& progress) {
  LF_ASSIGN_OR_RETURN(const auto forms, ListForms());
  std::atomic<int64_t> done = 0;
  const auto& samples = sample_.year.self_checks();
  const auto to_do = [&forms](const SelfCheck& wanted) {
    const auto it = forms.find(wanted.name());
    return it == forms.end() || it->second.state() == risk::v1::SELF_CHECK_STATE_DRAFT;
  };
  progress.Start(std::count_if(samples.begin(), samples.end(),
                               [&](const auto& sample) { return to_do(sample.form()); }));
  const absl::Status parallel =
      InParallel(samples.size(), concurrency_, [&](size_t i) -> absl::Status {
        const SelfCheck& wanted = samples.Get(static_cast<int>(i)).form();
        const auto it = forms.find(wanted.name());
        SelfCheck form;
        if (it == forms.end()) {
          risk::v1::CreateSelfCheckRequest request;
          request.set_parent(unit_);
          request.set_self_check_id(std::string(IdIn("selfChecks", wanted.name())));
          *request.mutable_self_check() = wanted;
          request.set_request_id(
              UuidOf(absl::StrCat("CreateSelfCheck ", request.SerializeAsString())));
          LF_ASSIGN_OR_RETURN(const auto created, Call(actors_.As(wanted.person(), "staff"), risk_,
                                                       &RiskStub::CreateSelfCheck, request));
          positions_.Add(created.position());
          form = created.self_check();
        } else if (it->second.state() == risk::v1::SELF_CHECK_STATE_DRAFT) {
          form = it->second;
        } else {
          return absl::OkStatus();
        }
        LF_RETURN_IF_ERROR(SubmitForm(form, wanted.person()));
        ++done;
        progress.Advance();
        return absl::OkStatus();
      });
  LF_RETURN_IF_ERROR(parallel);
  return StageResult{.done = done, .found = samples.size() - done};
}

absl::StatusOr<std::vector<Review>> Player::OpenReviews(grading::v1::RecordKind kind) {
  std::vector<Review> open;
  grading::v1::ListReviewsRequest request;
  request.set_parent(unit_);
  request.set_state(grading::v1::REVIEW_STATE_OPEN);
  positions_.CopyTo(request.mutable_not_before());
  LF_RETURN_IF_ERROR(EachPage(
      request,
      [&](const auto& page) {
        return Call(actors_.AsRole("control_office"), reviews_, &ReviewStub::ListReviews, page);
      },
      [&](auto& page) {
        for (auto& review : *page.mutable_reviews()) {
          if (review.record_kind() == kind) open.push_back(std::move(review));
        }
        return absl::OkStatus();
      }));
  return open;
}

absl::StatusOr<std::vector<Review>> Player::TasksOf(const Reviewer& reviewer,
                                                    grading::v1::RecordKind kind) {
  std::vector<Review> tasks;
  grading::v1::ListReviewTasksRequest request;
  request.set_parent(unit_);
  positions_.CopyTo(request.mutable_not_before());
  LF_RETURN_IF_ERROR(EachPage(
      request,
      [&](const auto& page) {
        return Call(actors_.As(reviewer.subject, reviewer.role), reviews_,
                    &ReviewStub::ListReviewTasks, page);
      },
      [&](auto& page) {
        for (auto& review : *page.mutable_reviews()) {
          if (review.record_kind() == kind && review.year() == sample_.year.year()) {
            tasks.push_back(std::move(review));
          }
        }
        return absl::OkStatus();
      }));
  return tasks;
}

absl::StatusOr<int64_t> Player::DecideTasks(
    const Reviewer& reviewer, grading::v1::RecordKind kind, StageProgress& progress,
    const std::function<std::string(const Review&)>& comment_of,
    const std::function<bool(const Review&)>& ours) {
  LF_ASSIGN_OR_RETURN(std::vector<Review> tasks, TasksOf(reviewer, kind));
  tasks.erase(std::remove_if(tasks.begin(), tasks.end(),
                             [&](const Review& review) { return !ours(review); }),
              tasks.end());
  const absl::Status parallel =
      InParallel(tasks.size(), concurrency_, [&](size_t i) -> absl::Status {
        const std::string comment = comment_of(tasks[i]);
        grading::v1::DecideRequest request;
        request.set_name(tasks[i].name());
        request.set_etag(tasks[i].etag());
        request.set_decision(comment.empty() ? grading::v1::DECISION_APPROVE
                                             : grading::v1::DECISION_RETURN);
        request.set_comment(comment);
        request.set_revision_digest(tasks[i].revision_digest());
        request.set_request_id(UuidOf(absl::StrCat("Decide ", request.SerializeAsString())));
        LF_ASSIGN_OR_RETURN(const auto decided, Call(actors_.As(reviewer.subject, reviewer.role),
                                                     reviews_, &ReviewStub::Decide, request));
        positions_.Add(decided.position());
        progress.Advance();
        return absl::OkStatus();
      });
  LF_RETURN_IF_ERROR(parallel);
  return static_cast<int64_t>(tasks.size());
}

absl::StatusOr<StageResult> Player::ReviewForms(StageProgress& progress) {
  std::map<std::string, const config::v1::SampleSelfCheck*> samples;  // by the form's name
  for (const auto& sample : sample_.year.self_checks()) samples[sample.form().name()] = &sample;
  // Returned once, at the first revision; the corrected one is approved.
  const auto comment_of = [&](const Review& review) {
    return review.revision() == 1 ? samples.at(review.record())->return_comment() : std::string();
  };
  const auto ours = [&](const Review& review) { return samples.contains(review.record()); };
  LF_ASSIGN_OR_RETURN(const std::vector<Review> waiting,
                      OpenReviews(grading::v1::RECORD_KIND_SELF_CHECK));
  progress.Start(std::count_if(waiting.begin(), waiting.end(), ours));
  StageResult result;
  std::vector<Reviewer> reviewers;
  for (const std::string& person : principals_) reviewers.push_back({person, "principal"});
  reviewers.push_back({"superior/leader", "superior_leader"});
  for (const Reviewer& reviewer : reviewers) {
    LF_ASSIGN_OR_RETURN(
        const int64_t decided,
        DecideTasks(reviewer, grading::v1::RECORD_KIND_SELF_CHECK, progress, comment_of, ours));
    result.done += decided;
  }
  // Whatever is still open waits for somebody whom the sample does not play.
  LF_ASSIGN_OR_RETURN(const std::vector<Review> open,
                      OpenReviews(grading::v1::RECORD_KIND_SELF_CHECK));
  const auto left = std::count_if(open.begin(), open.end(), ours);
  if (left > 0) {
    session_.Note(absl::StrCat("还有 ", left, " 份自查表无人可审。"),
                  absl::StrCat(left, " self-checks have no reviewer among the sample's."));
  }
  LF_ASSIGN_OR_RETURN(const auto forms, ListForms());
  int64_t approved = 0;
  for (const auto& [name, form] : forms) {
    if (form.state() == risk::v1::SELF_CHECK_STATE_APPROVED && samples.contains(name)) ++approved;
  }
  result.found = std::max<int64_t>(0, approved - result.done);
  // The decisions have become entries of the risk ledger, which no answer has named.
  LF_RETURN_IF_ERROR(LearnPositions());
  return result;
}

absl::StatusOr<StageResult> Player::CorrectForms(StageProgress& progress) {
  LF_ASSIGN_OR_RETURN(const auto forms, ListForms());
  StageResult result;
  std::vector<const config::v1::SampleSelfCheck*> returned;
  for (const auto& sample : sample_.year.self_checks()) {
    if (!sample.has_correction()) continue;
    const auto it = forms.find(sample.form().name());
    if (it != forms.end() && it->second.state() == risk::v1::SELF_CHECK_STATE_RETURNED) {
      returned.push_back(&sample);
    } else if (it != forms.end() && it->second.revision() > 1) {
      ++result.found;
    }
  }
  progress.Start(static_cast<int64_t>(returned.size()));
  const absl::Status parallel =
      InParallel(returned.size(), concurrency_, [&](size_t i) -> absl::Status {
        const SelfCheck& old = forms.at(returned[i]->form().name());
        risk::v1::UpdateSelfCheckRequest request;
        *request.mutable_self_check() = returned[i]->correction();
        request.mutable_self_check()->set_name(old.name());
        request.mutable_self_check()->set_etag(old.etag());
        for (const char* field : {"duties", "conformity", "findings"}) {
          request.mutable_update_mask()->add_paths(field);
        }
        request.set_request_id(
            UuidOf(absl::StrCat("UpdateSelfCheck ", request.SerializeAsString())));
        LF_ASSIGN_OR_RETURN(const auto corrected, Call(actors_.As(old.person(), "staff"), risk_,
                                                       &RiskStub::UpdateSelfCheck, request));
        positions_.Add(corrected.position());
        LF_RETURN_IF_ERROR(SubmitForm(corrected.self_check(), old.person()));
        progress.Advance();
        return absl::OkStatus();
      });
  LF_RETURN_IF_ERROR(parallel);
  result.done = static_cast<int64_t>(returned.size());
  return result;
}

}  // namespace lianfang::cli
