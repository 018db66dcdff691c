// Duties of posts: written, handed in, reviewed, compiled. 「编制岗位职责」
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/cli/play/player.h"

namespace lianfang::cli {
namespace {

using DutyStub = personnel::v1::DutyService::Stub;
using personnel::v1::PostDuty;

personnel::v1::ListPostDutiesRequest DutiesOf(int year) {
  personnel::v1::ListPostDutiesRequest request;
  request.set_year(year);
  return request;
}

}  // namespace

absl::StatusOr<StageResult> Player::WriteDuties(StageProgress& progress) {
  LF_ASSIGN_OR_RETURN(const auto known,
                      All<PostDuty>(duties_, &DutyStub::ListPostDuties,
                                    &personnel::v1::ListPostDutiesResponse::mutable_post_duties,
                                    DutiesOf(sample_.year.year())));
  std::vector<const PostDuty*> to_do;
  for (const PostDuty& duty : sample_.year.post_duties()) {
    const auto it = known.find(duty.name());
    if (it == known.end() || it->second.state() == personnel::v1::POST_DUTY_STATE_DRAFT) {
      to_do.push_back(&duty);
    }
  }
  const absl::Status worked =
      ForEach<const PostDuty*>(to_do, progress, [&](const PostDuty* const& wanted) -> absl::Status {
        // The head drafts; of posts without a department their holders do.
        const auto post = posts_.find(wanted->post());
        const std::string department =
            post == posts_.end() ? std::string() : post->second.department();
        const client::Client& drafter =
            department.empty() ? SubmitterOf(wanted->post()) : KeeperOf(department);
        PostDuty duty;
        if (const auto it = known.find(wanted->name()); it != known.end()) {
          duty = it->second;
        } else {
          personnel::v1::CreatePostDutyRequest request;
          request.set_parent(unit_);
          request.set_post_duty_id(std::string(IdIn("postDuties", wanted->name())));
          *request.mutable_post_duty() = *wanted;
          LF_ASSIGN_OR_RETURN(const auto created,
                              Change(drafter, duties_, &DutyStub::CreatePostDuty, request));
          duty = created.post_duty();
        }
        personnel::v1::SubmitPostDutyRequest submit;
        submit.set_name(duty.name());
        submit.set_etag(duty.etag());
        return Change(drafter, duties_, &DutyStub::SubmitPostDuty, submit).status();
      });
  LF_RETURN_IF_ERROR(worked);
  const auto done = static_cast<int64_t>(to_do.size());
  return StageResult{.done = done, .found = sample_.year.post_duties_size() - done};
}

absl::StatusOr<StageResult> Player::ReviewDuties(StageProgress& progress) {
  std::set<std::string> ours;
  for (const PostDuty& duty : sample_.year.post_duties()) ours.insert(duty.name());
  StageResult result;
  LF_ASSIGN_OR_RETURN(result.done, TakeReviews(grading::v1::RECORD_KIND_POST_DUTY, ours, progress));
  if (result.done == 0) result.found = sample_.year.post_duties_size();
  return result;
}

absl::StatusOr<StageResult> Player::CompileDuties(StageProgress& progress) {
  personnel::v1::ListDutyVolumesRequest list;
  list.set_year(sample_.year.year());
  LF_ASSIGN_OR_RETURN(const auto volumes,
                      All<personnel::v1::DutyVolume>(
                          duties_, &DutyStub::ListDutyVolumes,
                          &personnel::v1::ListDutyVolumesResponse::mutable_duty_volumes, list));
  if (!volumes.empty() || sample_.year.post_duties().empty()) {
    return StageResult{.found = static_cast<int64_t>(volumes.size())};
  }
  progress.Start(1);
  personnel::v1::CompilePostDutiesRequest request;
  request.set_parent(unit_);
  request.set_year(sample_.year.year());
  // Its office is the control office. 「办公室设在学校党总支办公室」
  LF_RETURN_IF_ERROR(Change(Office(), duties_, &DutyStub::CompilePostDuties, request).status());
  progress.Advance();
  return StageResult{.done = 1};
}

}  // namespace lianfang::cli
