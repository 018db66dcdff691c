#include "services/personnel/domain/duty_marks.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/review/marks.h"

namespace lianfang::personnel {

std::optional<v1::PostDuty> DutyToMark(const std::vector<v1::PostDuty>& duties) {
  const auto newest =
      std::max_element(duties.begin(), duties.end(),
                       [](const auto& a, const auto& b) { return a.year() < b.year(); });
  if (newest == duties.end() || newest->state() == v1::POST_DUTY_STATE_DRAFT ||
      newest->state() == v1::POST_DUTY_STATE_RETURNED) {
    return std::nullopt;
  }
  return *newest;
}

bool MarkChange(const v1::Post& old, const v1::Post& next, absl::Time now, v1::PostDuty* duty) {
  bool changed = false;
  const auto mark = [&](common::v1::MarkCause cause, absl::string_view what) {
    changed |=
        review::AddMark(cause, next.name(), absl::StrCat("岗位“", next.display_name(), "”", what),
                        now, duty->mutable_marks());
  };
  const std::set<int> before(old.functions().begin(), old.functions().end());
  const std::set<int> after(next.functions().begin(), next.functions().end());
  if (before != after || old.is_unit_head() != next.is_unit_head() ||
      old.principal_responsible() != next.principal_responsible()) {
    mark(common::v1::MARK_CAUSE_POST_FUNCTIONS, "的职能有调整，请核对岗位职责。");
  }
  if (old.department() != next.department()) {
    mark(common::v1::MARK_CAUSE_DEPARTMENT, "调整了所属科室，请核对岗位职责。");
  }
  return changed;
}

}  // namespace lianfang::personnel
