#include "services/personnel/domain/rules.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/resource_name.h"
#include "common/directory/date.h"
#include "common/status/error.h"

namespace lianfang::personnel {

namespace reasons = common::v1;

absl::Status CheckReference(absl::string_view unit_id, absl::string_view field,
                            absl::string_view name, std::optional<v1::RecordState> state) {
  if (name.empty()) return absl::OkStatus();
  if (UnitIdOf(name) != unit_id) {
    return FieldError(reasons::ERROR_REASON_REFERENCE_NOT_FOUND, field,
                      absl::StrCat(name, " 不属于本单位。"),
                      absl::StrCat(name, " is not of this unit."));
  }
  if (!state.has_value()) {
    return FieldError(reasons::ERROR_REASON_REFERENCE_NOT_FOUND, field,
                      absl::StrCat("没有 ", name, "。"), absl::StrCat("there is no ", name, "."));
  }
  if (*state != v1::RECORD_STATE_ACTIVE) {
    return FieldError(reasons::ERROR_REASON_REFERENCE_NOT_FOUND, field,
                      absl::StrCat(name, " 已归档，不能再引用。"),
                      absl::StrCat(name, " is archived and cannot be referred to."));
  }
  return absl::OkStatus();
}

absl::Status CheckParent(
    absl::string_view department, absl::string_view parent,
    absl::FunctionRef<absl::StatusOr<std::string>(absl::string_view)> parent_of) {
  std::string above(parent);
  for (int level = 1; !above.empty(); ++level) {
    if (above == department) {
      return FieldError(reasons::ERROR_REASON_DEPARTMENT_CYCLE, "department.parent",
                        "部门不能直接或间接成为自己的上级。",
                        "the department would be above itself.");
    }
    if (level >= kMaxDepartmentLevels) {
      return FieldError(
          reasons::ERROR_REASON_INVALID_FIELD, "department.parent",
          absl::StrCat("部门层级过多：最多 ", kMaxDepartmentLevels, " 级。"),
          absl::StrCat("too many levels of departments: at most ", kMaxDepartmentLevels, "."));
    }
    LF_ASSIGN_OR_RETURN(above, parent_of(above));
  }
  return absl::OkStatus();
}

absl::Status CheckFunctions(absl::string_view field, const v1::Post& post) {
  std::set<int> seen;
  for (const int function : post.functions()) {
    if (function == common::v1::POST_FUNCTION_UNSPECIFIED) {
      return FieldError(reasons::ERROR_REASON_INVALID_FIELD, field, "有一项职能没有说明。",
                        "has a function that is not said.");
    }
    if (!seen.insert(function).second) {
      return FieldError(reasons::ERROR_REASON_INVALID_FIELD, field, "同一项职能重复出现。",
                        "has a function twice.");
    }
  }
  return absl::OkStatus();
}

namespace {

// A period of whole days; `order` says in Chinese what is wrong with an end before the start.
template <class Period>
absl::Status CheckDays(absl::string_view path, const Period& period, absl::string_view order) {
  const auto not_a_day = [&](absl::string_view field) {
    return FieldError(reasons::ERROR_REASON_INVALID_FIELD, absl::StrCat(path, ".", field),
                      "不是有效日期（须为 1900 至 2999 年间的某一天）。",
                      "is not a day of the calendar between 1900 and 2999.");
  };
  if (!directory::IsValidDate(period.start_date())) return not_a_day("start_date");
  if (!period.has_end_date()) return absl::OkStatus();
  if (!directory::IsValidDate(period.end_date())) return not_a_day("end_date");
  if (directory::CompareDates(period.end_date(), period.start_date()) < 0) {
    return FieldError(reasons::ERROR_REASON_INVALID_FIELD, absl::StrCat(path, ".end_date"), order,
                      "is before the first day.");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckPeriod(absl::string_view path, const v1::Appointment& appointment) {
  return CheckDays(path, appointment, "离任日期早于任职日期。");
}

absl::Status CheckAbsences(absl::string_view path, const v1::Person& person) {
  for (int i = 0; i < person.absences_size(); ++i) {
    LF_RETURN_IF_ERROR(
        CheckDays(absl::StrCat(path, "[", i, "]"), person.absences(i), "结束日期早于开始日期。"));
  }
  return absl::OkStatus();
}

absl::Status CheckInUse(absl::string_view name, v1::RecordState state) {
  if (state == v1::RECORD_STATE_ACTIVE) return absl::OkStatus();
  return ErrorBuilder(reasons::ERROR_REASON_ILLEGAL_TRANSITION,
                      absl::StrCat(name, " 已归档，不能再更改。"),
                      absl::StrCat(name, " is archived and stays as it is."))
      .Meta("resource", name);
}

bool IsOpen(const v1::Appointment& appointment, const google::type::Date& today) {
  return appointment.state() == v1::RECORD_STATE_ACTIVE &&
         (!appointment.has_end_date() ||
          directory::CompareDates(appointment.end_date(), today) >= 0);
}

absl::Status CheckUnused(absl::string_view name, const Uses& uses) {
  std::vector<absl::string_view> zh;
  std::vector<absl::string_view> en;
  const auto add = [&](bool used, absl::string_view chinese, absl::string_view english) {
    if (!used) return;
    zh.push_back(chinese);
    en.push_back(english);
  };
  add(uses.posts, "在用的岗位", "active posts");
  add(uses.children, "在用的下级部门", "active departments below it");
  add(uses.appointments, "未结束的任职", "open appointments");
  add(uses.heads, "由其负责或分管的部门", "departments headed or overseen");
  add(uses.leading_group, "领导小组中的职务", "a place in the leading group");
  if (zh.empty()) return absl::OkStatus();
  return ErrorBuilder(
             reasons::ERROR_REASON_STILL_IN_USE,
             absl::StrCat(name, " 不能归档：还有", absl::StrJoin(zh, "、"), "。"),
             absl::StrCat(name, " cannot be archived: it still has ", absl::StrJoin(en, ", "), "."))
      .Meta("resource", name);
}

}  // namespace lianfang::personnel
