// Who keeps the records of a department or of the unit, and what they refer to: the directory's
// facts for the rules of domain/.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/store/write_tx.h"
#include "lianfang/common/v1/types.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::risk {

// REFERENCE_NOT_FOUND at `field` for a record that does not exist or is archived.
absl::Status NoReference(absl::string_view field, absl::string_view name);

// REFERENCE_NOT_FOUND at `field` unless the post is in use.
absl::Status CheckPostInUse(store::WriteTx& tx, absl::string_view name, absl::string_view field);

// The department, in use or not. REFERENCE_NOT_FOUND at `field` when `in_use` is asked for and it
// is not; nothing for an empty name: the unit's leadership.
absl::StatusOr<std::optional<personnel::v1::Department>> FindDepartment(store::WriteTx& tx,
                                                                        absl::string_view name,
                                                                        bool in_use,
                                                                        absl::string_view field);

// NOT_RECORD_OWNER unless the actor keeps records of the department, or of the unit's leadership
// where none is named.
absl::Status CheckKeepsOf(store::WriteTx& tx, absl::string_view department);

// The same for a risk point; RESOURCE_NOT_FOUND where he does not see it.
absl::Status CheckKeeps(store::WriteTx& tx, const v1::RiskPoint& point);

// Whoever may not may have been given the right by a change of the directory that is not here yet.
absl::Status FromDirectory(absl::Status status);

}  // namespace lianfang::risk
