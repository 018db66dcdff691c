// Self-checks: handing in, reviewing, correcting.
#include <algorithm>
#include <atomic>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "services/cli/play/parallel.h"
#include "services/cli/play/player.h"

namespace lianfang::cli {
namespace {

using RiskStub = risk::v1::RiskService::Stub;
using grading::v1::Review;
using risk::v1::SelfCheck;

}  // namespace

absl::StatusOr<std::map<std::string, SelfCheck>> Player::ListForms() {
  risk::v1::ListSelfChecksRequest request;
  request.set_year(sample_.year.year());
  return All<SelfCheck>(risk_, &RiskStub::ListSelfChecks,
                        &risk::v1::ListSelfChecksResponse::mutable_self_checks, request);
}

absl::Status Player::SubmitForm(const SelfCheck& form, const std::string& person) {
  risk::v1::SubmitSelfCheckRequest request;
  request.set_name(form.name());
  request.set_etag(form.etag());
  return Change(actors_.As(person, "staff"), risk_, &RiskStub::SubmitSelfCheck, request).status();
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
          LF_ASSIGN_OR_RETURN(const auto created,
                              Change(actors_.As(wanted.person(), "staff"), risk_,
                                     &RiskStub::CreateSelfCheck, request));
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

absl::StatusOr<StageResult> Player::ReviewForms(StageProgress& progress) {
  std::map<std::string, const config::v1::SampleSelfCheck*> samples;  // by the form's name
  std::set<std::string> ours;
  for (const auto& sample : sample_.year.self_checks()) {
    samples[sample.form().name()] = &sample;
    ours.insert(sample.form().name());
  }
  // Returned once, at the first revision; the corrected one is approved.
  const auto comment_of = [&](const Review& review) {
    return review.revision() == 1 ? samples.at(review.record())->return_comment() : std::string();
  };
  StageResult result;
  LF_ASSIGN_OR_RETURN(result.done,
                      TakeReviews(grading::v1::RECORD_KIND_SELF_CHECK, ours, progress, comment_of));
  LF_ASSIGN_OR_RETURN(const auto forms, ListForms());
  int64_t approved = 0;
  for (const auto& [name, form] : forms) {
    if (form.state() == risk::v1::SELF_CHECK_STATE_APPROVED && samples.contains(name)) ++approved;
  }
  result.found = std::max<int64_t>(0, approved - result.done);
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
        LF_ASSIGN_OR_RETURN(const auto corrected, Change(actors_.As(old.person(), "staff"), risk_,
                                                         &RiskStub::UpdateSelfCheck, request));
        LF_RETURN_IF_ERROR(SubmitForm(corrected.self_check(), old.person()));
        progress.Advance();
        return absl::OkStatus();
      });
  LF_RETURN_IF_ERROR(parallel);
  result.done = static_cast<int64_t>(returned.size());
  return result;
}

}  // namespace lianfang::cli
