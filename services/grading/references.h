// Whether what a record refers to is in the directory or among the copies.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/store/reader.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::grading {

// REFERENCE_NOT_FOUND, maybe only because `upstream` was not followed far enough.
absl::Status UnknownReference(absl::string_view name, absl::string_view upstream);

// A department or person in use; `unit_id` is the unit that it must be of. REFERENCE_NOT_FOUND.
absl::StatusOr<personnel::v1::Department> UsedDepartment(store::Reader& reader,
                                                         absl::string_view unit_id,
                                                         const std::string& name);
absl::Status CheckPerson(store::Reader& reader, absl::string_view unit_id, const std::string& name);

}  // namespace lianfang::grading
