// The program but for `main`: from a command line to an exit code.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "services/cli/core/command.h"
#include "services/cli/core/environment.h"

namespace lianfang::cli {

// Runs the command that `line` (without the program's name) names. Returns an ExitCode.
int Run(const std::vector<std::string>& line, std::span<const Command> commands,
        const Environment& environment);

}  // namespace lianfang::cli
