// Makes a failing sequence short (delta debugging): drops halves, then quarters, …, then single
// commands, as long as what is left still fails.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "tests/acceptance/model/command.h"

namespace lianfang::model {

// Whether a sequence fails, in the way that is looked for: then what there is to go on with, which
// is the sequence itself or a shorter one that fails as well.
using Fails = std::function<std::optional<std::vector<Command>>(const std::vector<Command>&)>;

struct Shrunk {
  std::vector<Command> commands;
  int tries = 0;
};

// The shortest sequence found within so many tries. `commands` fails; what comes back does too.
Shrunk Shrink(std::vector<Command> commands, const Fails& fails, int max_tries);

}  // namespace lianfang::model
