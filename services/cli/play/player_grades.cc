// Grades: proposing and confirming.
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/cli/play/player.h"

namespace lianfang::cli {
namespace {

using GradingStub = grading::v1::GradingService::Stub;
using grading::v1::Grade;

}  // namespace

absl::StatusOr<StageResult> Player::ProposeGrades(StageProgress& progress) {
  grading::v1::ListGradesRequest list;
  list.set_year(sample_.year.year());
  LF_ASSIGN_OR_RETURN(const auto all,
                      All<Grade>(grading_, &GradingStub::ListGrades,
                                 &grading::v1::ListGradesResponse::mutable_grades, list));
  std::set<std::string> grades;  // posts
  for (const auto& [name, grade] : all) grades.insert(grade.post());
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
  LF_ASSIGN_OR_RETURN(const auto proposed,
                      Call(Office(), grading_, &GradingStub::ProposeGrades, request));
  if (proposed.has_position()) positions_.Add(proposed.position());
  result.done = proposed.grades_size();
  progress.Start(result.done);
  progress.Advance(result.done);
  int64_t waiting = 0;
  for (const auto& left : proposed.ungraded()) {
    if (left.reason() != grading::v1::UngradedPost::REASON_VACANT) ++waiting;
  }
  if (waiting > 0) {
    session_.Note(absl::StrCat(waiting, " 个岗位的自查表或岗位职责尚未通过，未定级。"),
                  absl::StrCat(waiting, " posts are not graded: no approved self-check or duty."));
  }
  return result;
}

absl::StatusOr<StageResult> Player::ConfirmGrades(StageProgress& progress) {
  grading::v1::ListGradesRequest list;
  list.set_year(sample_.year.year());
  LF_ASSIGN_OR_RETURN(const auto grades,
                      All<Grade>(grading_, &GradingStub::ListGrades,
                                 &grading::v1::ListGradesResponse::mutable_grades, list));
  std::set<std::string> waiting;
  for (const auto& [name, grade] : grades) {
    if (grade.state() == grading::v1::GRADE_STATE_SCHOOL_REVIEW ||
        grade.state() == grading::v1::GRADE_STATE_SUPERIOR_REVIEW) {
      waiting.insert(name);
    }
  }
  StageResult result;
  LF_ASSIGN_OR_RETURN(result.done, TakeReviews(grading::v1::RECORD_KIND_GRADE, waiting, progress));
  result.found = static_cast<int64_t>(grades.size() - waiting.size());
  return result;
}

}  // namespace lianfang::cli
