#include "services/grading/access.h"

#include <algorithm>

#include "common/status/error.h"

namespace lianfang::grading {

bool IsOnlyStaff(const auth::Identity& caller) {
  return std::all_of(caller.roles.begin(), caller.roles.end(),
                     [](const std::string& role) { return role == "staff"; });
}

bool HasRole(const auth::Identity& caller, absl::string_view role) {
  return std::find(caller.roles.begin(), caller.roles.end(), role) != caller.roles.end();
}

absl::Status NotYours(absl::string_view zh, absl::string_view en) {
  return MakeError(common::v1::ERROR_REASON_NOT_RECORD_OWNER, zh, en);
}

}  // namespace lianfang::grading
