// Passwords and codes that somebody types.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/cli/core/session.h"

namespace lianfang::cli {

// The first line of the file that `option` names or else what is typed at the terminal, which does
// not show it.
absl::StatusOr<std::string> ReadSecret(const Session& session, absl::string_view option,
                                       absl::string_view zh, absl::string_view en);

// The same for a new password, which is typed twice.
absl::StatusOr<std::string> ReadNewPassword(const Session& session, absl::string_view option);

}  // namespace lianfang::cli
