// How the program ends: exit codes that scripts can branch on.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/cli/term/lang.h"

namespace lianfang::cli {

enum ExitCode : int {
  kExitOk = 0,
  kExitFailed = 1,        // The command was understood and did not succeed.
  kExitUsage = 2,         // Wrong command, option or value.
  kExitUnreachable = 3,   // No server answered at the address in time.
  kExitVerification = 4,  // A ledger, or a member's report, is not what it claims to be.
};

// An error in how the program was called.
absl::Status UsageError(absl::string_view zh, absl::string_view en);
// Something that was checked does not hold.
absl::Status VerificationError(absl::string_view zh, absl::string_view en);
// Any other failure of this program itself.
absl::Status Failure(absl::string_view zh, absl::string_view en);

// kExitOk for OK.
ExitCode ExitCodeOf(const absl::Status& status);

// The error for a person: its text in the language, the reason that programs use, and a line for
// each field at fault. Lines end with LF.
std::string RenderError(const absl::Status& status, Lang lang);

}  // namespace lianfang::cli
