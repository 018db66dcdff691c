// Grades: proposing and confirming.
#include <map>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/cli/core/pages.h"
#include "services/cli/play/player.h"

namespace lianfang::cli {
namespace {

using Stub = grading::v1::GradingService::Stub;
using grading::v1::Grade;
using grading::v1::Review;

}  // namespace

absl::StatusOr<StageResult> Player::ProposeGrades(StageProgress& progress) {
  const client::Client& office = actors_.AsRole("control_office");
  std::map<std::string, Grade> grades;  // by post
  grading::v1::ListGradesRequest list;
  list.set_parent(unit_);
  list.set_year(sample_.year.year());
  positions_.CopyTo(list.mutable_not_before());
  LF_RETURN_IF_ERROR(EachPage(
      list, [&](const auto& page) { return Call(office, grading_, &Stub::ListGrades, page); },
      [&](auto& page) {
        for (auto& grade : *page.mutable_grades()) grades[grade.post()] = std::move(grade);
        return absl::OkStatus();
      }));
  bool complete = true;
  for (const auto& [name, post] : posts_) {
    if (!holders_[name].empty() && !grades.contains(name)) complete = false;
  }
  StageResult result{.found = static_cast<int64_t>(grades.size())};
  if (complete) return result;
  grading::v1::ProposeGradesRequest request;
  request.set_parent(unit_);
  request.set_year(sample_.year.year());
  // The same question of the same state is the same request; of a later state it is another one.
  request.set_request_id(UuidOf(absl::StrCat("ProposeGrades ", request.SerializeAsString(), " ",
                                             positions_.Of("personnel"), " ", positions_.Of("risk"),
                                             " ", positions_.Of("grading"))));
  LF_ASSIGN_OR_RETURN(const auto proposed, Call(office, grading_, &Stub::ProposeGrades, request));
  positions_.Add(proposed.position());
  result.done = proposed.grades_size();
  progress.Start(result.done);
  progress.Advance(result.done);
  int64_t waiting = 0;
  for (const auto& left : proposed.ungraded()) {
    if (left.reason() == grading::v1::UngradedPost::REASON_NO_APPROVED_SELF_CHECK) ++waiting;
  }
  if (waiting > 0) {
    session_.Note(absl::StrCat(waiting, " 个岗位的自查表尚未通过，未定级。"),
                  absl::StrCat(waiting, " posts are not graded: no approved self-check."));
  }
  return result;
}

absl::StatusOr<StageResult> Player::ConfirmGrades(StageProgress& progress) {
  const auto approve = [](const Review&) { return std::string(); };
  const auto all = [](const Review&) { return true; };
  std::vector<Reviewer> reviewers;
  for (const std::string& person : leading_group_) reviewers.push_back({person, "leading_group"});
  reviewers.push_back({"superior/office", "superior_office"});
  LF_ASSIGN_OR_RETURN(const std::vector<Review> waiting,
                      OpenReviews(grading::v1::RECORD_KIND_GRADE));
  int64_t decisions = 0;
  for (const Review& review : waiting) {
    if (review.year() == sample_.year.year()) {
      decisions += review.steps_size() - review.current_step();
    }
  }
  progress.Start(decisions);
  StageResult result;
  for (const Reviewer& reviewer : reviewers) {
    LF_ASSIGN_OR_RETURN(const int64_t decided, DecideTasks(reviewer, grading::v1::RECORD_KIND_GRADE,
                                                           progress, approve, all));
    result.done += decided;
  }
  grading::v1::ListGradesRequest list;
  list.set_parent(unit_);
  list.set_year(sample_.year.year());
  list.set_state(grading::v1::GRADE_STATE_CONFIRMED);
  positions_.CopyTo(list.mutable_not_before());
  int64_t confirmed = 0;
  LF_RETURN_IF_ERROR(EachPage(
      list,
      [&](const auto& page) {
        return Call(actors_.AsRole("control_office"), grading_, &Stub::ListGrades, page);
      },
      [&](const auto& page) {
        confirmed += page.grades_size();
        return absl::OkStatus();
      }));
  if (result.done == 0) result.found = confirmed;
  return result;
}

}  // namespace lianfang::cli
