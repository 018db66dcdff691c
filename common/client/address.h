// Whether an address leaves this machine.
#pragma once

#include "absl/strings/string_view.h"

namespace lianfang::client {

// True for a Unix socket and for `host:port` with a loopback address or `localhost` as host; false
// for whatever else, also for what cannot be read.
bool IsLocal(absl::string_view address);

}  // namespace lianfang::client
