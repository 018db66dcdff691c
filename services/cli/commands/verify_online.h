// Verifying through a server: all that its ledgers' checkpoints commit to, the records that it
// shows, and what it counts.
#pragma once

#include "absl/status/status.h"
#include "services/cli/core/session.h"

namespace lianfang::cli {

absl::Status VerifyOnline(Session& session);

}  // namespace lianfang::cli
