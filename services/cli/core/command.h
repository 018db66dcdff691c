// A command: one entry of the table in commands/commands.h.
#pragma once

#include <span>

#include "absl/status/status.h"
#include "services/cli/core/arguments.h"
#include "services/cli/core/session.h"
#include "services/cli/term/lang.h"

namespace lianfang::cli {

struct Command {
  const char* name;  // its words, e.g. `token create`
  Text summary;      // one line
  std::span<const Flag> flags;
  // Does it. An error is printed by the caller and decides the exit code.
  absl::Status (*run)(Session& session);
};

}  // namespace lianfang::cli
