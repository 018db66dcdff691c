// Whose forms a caller may see and change. What a role may call at all is said by the permission
// table; this is about whose record it is.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/identity.h"
#include "common/store/reader.h"

namespace lianfang::risk {

// Whether the caller sees everybody's forms: by a role that reviews, keeps or audits them. The
// roles that every member of staff, heads and leaders in charge included, has for his own work show
// him his own forms only.
bool SeesAllForms(const auth::Identity& caller);

// NOT_RECORD_OWNER unless the caller sees all forms or is the person.
absl::Status CheckSees(const auth::Identity& caller, absl::string_view person);

// NOT_RECORD_OWNER unless the caller is the person. No role writes a form in another's place.
absl::Status CheckIsSelf(const auth::Identity& caller, absl::string_view person);

// Whether the caller is a member of staff and nothing more: he sees what is his own and his
// department's.
bool IsStaffOnly(const auth::Identity& caller);

// NOT_RECORD_OWNER for a member of staff who neither holds the post `owner` nor a post of
// `department` that day: a department looks at its own risks and measures together.
// 「科室全体人员联查和综合评议」
absl::Status CheckSeesOf(const auth::Identity& caller, store::Reader& reader, absl::Time now,
                         absl::string_view owner, absl::string_view department);

}  // namespace lianfang::risk
