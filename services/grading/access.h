// Who sees and does what with whose records, beyond what the roles permit.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/auth/identity.h"

namespace lianfang::grading {

// Whether the caller has the role `staff` and none besides: such a caller sees what is his own.
bool IsOnlyStaff(const auth::Identity& caller);

// Whether the caller has a role.
bool HasRole(const auth::Identity& caller, absl::string_view role);

// NOT_RECORD_OWNER with these texts.
absl::Status NotYours(absl::string_view zh, absl::string_view en);

}  // namespace lianfang::grading
