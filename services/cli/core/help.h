// What `lianfang help` and `--help` show.
#pragma once

#include <span>
#include <string>

#include "services/cli/core/command.h"

namespace lianfang::cli {

// All commands with their summaries, the global options and the exit codes.
std::string Overview(std::span<const Command> commands, Lang lang);
// One command with its options.
std::string HelpOf(const Command& command, Lang lang);

}  // namespace lianfang::cli
