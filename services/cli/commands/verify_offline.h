// lianfang verify without a server: every row of the databases against the ledgers.
#pragma once

#include "absl/status/status.h"
#include "services/cli/core/session.h"

namespace lianfang::cli {

// Of the installations that --data and --config name.
absl::Status VerifyOffline(Session& session);

}  // namespace lianfang::cli
