// What must hold for the records of a directory beyond what the API's limits say. Functions on
// values: what a rule needs to know of other records is given to it.
#pragma once

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/type/date.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::personnel {

// Levels that departments may have, the topmost included.
inline constexpr int kMaxDepartmentLevels = 32;

// `name` is a resource name in `field` of the request; `state` is the state of the record with that
// name, nothing when there is none. REFERENCE_NOT_FOUND when the record is missing, archived or of
// another unit. Empty names are fine.
absl::Status CheckReference(absl::string_view unit_id, absl::string_view field,
                            absl::string_view name, std::optional<v1::RecordState> state);

// Whether `department` may have `parent` above it. `parent_of` gives the parent of a department,
// empty at the top or when there is no such department. DEPARTMENT_CYCLE when `department` is above
// itself; INVALID_FIELD when there would be more than kMaxDepartmentLevels levels above it.
absl::Status CheckParent(
    absl::string_view department, absl::string_view parent,
    absl::FunctionRef<absl::StatusOr<std::string>(absl::string_view)> parent_of);

// Each function once, none unspecified. INVALID_FIELD.
absl::Status CheckFunctions(absl::string_view field, const v1::Post& post);

// Days of the calendar, the last not before the first. INVALID_FIELD, fields below `path`.
absl::Status CheckPeriod(absl::string_view path, const v1::Appointment& appointment);

// The same for each absence of a person; fields below `path[i]`.
absl::Status CheckAbsences(absl::string_view path, const v1::Person& person);

// ILLEGAL_TRANSITION when the record is archived: it is history.
absl::Status CheckInUse(absl::string_view name, v1::RecordState state);

// Whether an appointment is in force on `today` or will be.
bool IsOpen(const v1::Appointment& appointment, const google::type::Date& today);

// What still refers to a record that shall be archived.
struct Uses {
  bool posts = false;          // active posts in the department
  bool children = false;       // active departments below it
  bool appointments = false;   // open appointments of the person or to the post
  bool heads = false;          // the person heads a department or is its leader in charge
  bool leading_group = false;  // the person is in the leading group or its office
};

// STILL_IN_USE, naming what refers to `name`.
absl::Status CheckUnused(absl::string_view name, const Uses& uses);

}  // namespace lianfang::personnel
