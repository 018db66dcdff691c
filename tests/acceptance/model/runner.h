// Runs a sequence of commands against a server of its own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/acceptance/model/command.h"
#include "tests/acceptance/model/world.h"

namespace lianfang::model {

struct Failure {
  size_t at = 0;     // index of the command after which it was seen
  std::string what;  // what does not hold
};

struct Outcome {
  std::optional<Failure> failure;
  size_t accepted = 0;                 // commands that changed something
  size_t refused = 0;                  // commands that were refused
  std::vector<std::string> stories;    // what each command did, when asked for
  std::map<std::string, size_t> done;  // accepted, by kind
};

// A further check after every command, e.g. one that forbids something: notes a problem.
using Also = std::function<void(World&)>;

struct RunOptions {
  size_t checkpoint_every = 100;  // commands between two looks at all invariants
  bool tell = false;              // keeps what the commands did
  Also also;
};

// Stops at the first thing that does not hold. The invariants are looked at at the end in any case.
Outcome Walk(const std::vector<Command>& commands, const RunOptions& options);

}  // namespace lianfang::model
