// Whose forms a caller may see and change. What a role may call at all is said by the permission
// table; this is about whose record it is.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/auth/identity.h"

namespace lianfang::risk {

// Whether the caller sees everybody's forms: by a role that reviews, keeps or audits them. The
// roles that every member of staff, heads and leaders in charge included, has for his own work show
// him his own forms only.
bool SeesAllForms(const auth::Identity& caller);

// NOT_RECORD_OWNER unless the caller sees all forms or is the person.
absl::Status CheckSees(const auth::Identity& caller, absl::string_view person);

// NOT_RECORD_OWNER unless the caller is the person. No role writes a form in another's place.
absl::Status CheckIsSelf(const auth::Identity& caller, absl::string_view person);

}  // namespace lianfang::risk
