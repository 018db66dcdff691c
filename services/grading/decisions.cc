#include "services/grading/decisions.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/grading/domain/department_level.h"
#include "services/grading/domain/grade_record.h"
#include "services/grading/facts.h"
#include "services/grading/grading_kinds.h"
#include "services/grading/letters.h"
#include "services/grading/self_inspections.h"
#include "services/grading/signs.h"

namespace lianfang::grading {
namespace {

// Signs and letters of a grade that the superior has just confirmed. Queries before it writes.
absl::Status FollowConfirmed(store::WriteTx& tx, const policy::Policies& policies,
                             const CompiledPolicy& matrix, const v1::Grade& before,
                             const v1::Grade& after) {
  Fresh fresh;
  fresh.grades[after.name()] = after;
  const Cause cause = {common::v1::MARK_CAUSE_LEVEL, after.name(),
                       absl::StrCat("岗位“", after.post_display_name(), "”的等级已确认为",
                                    LevelName(ConfirmedLevel(after)))};
  LevelChanges changes;
  changes.levels[after.post()] = ConfirmedLevel(after);
  changes.causes[after.post()] = {cause};
  const Causes posts = changes.causes;
  Causes departments;
  if (!after.department().empty()) {
    LF_ASSIGN_OR_RETURN(const DepartmentFacts facts,
                        ReadDepartment(tx, after.department(), after.year(), fresh));
    changes.levels[after.department()] = Highest(facts.grades, facts.points, matrix).level();
    changes.causes[after.department()] = {cause};
    departments[after.department()] = {cause};
  }
  // A letter names levels; nothing but another level opens it again.
  if (ConfirmedLevel(before) != ConfirmedLevel(after)) {
    LF_RETURN_IF_ERROR(ReopenForLevels(tx, policies.letters, {{after.year(), changes}}));
  }
  return RenewSigns(tx, matrix, after.year(), posts, departments, fresh, /*revive=*/true);
}

}  // namespace

absl::Status StoreDecision(store::WriteTx& tx, const policy::Policies& policies,
                           const CompiledPolicy& matrix, v1::Review decided) {
  if (decided.record_kind() == v1::RECORD_KIND_GRADE) {
    LF_ASSIGN_OR_RETURN(const v1::Grade grade, tx.Get<v1::Grade>(GradeKind(), decided.record()));
    LF_ASSIGN_OR_RETURN(v1::Grade after, AfterDecision(grade, decided, tx.now()));
    // The review first: the entry is about it.
    LF_RETURN_IF_ERROR(tx.Put(ReviewKind(), decided));
    LF_RETURN_IF_ERROR(tx.Put(GradeKind(), after));
    return after.state() == v1::GRADE_STATE_CONFIRMED
               ? FollowConfirmed(tx, policies, matrix, grade, after)
               : absl::OkStatus();
  }
  LF_RETURN_IF_ERROR(tx.Put(ReviewKind(), decided));
  if (decided.record_kind() == v1::RECORD_KIND_SELF_INSPECTION) {
    return FollowSelfInspection(tx, decided);
  }
  return absl::OkStatus();
}

}  // namespace lianfang::grading
