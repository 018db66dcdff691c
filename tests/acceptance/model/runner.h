// Runs a sequence of commands against a server of its own.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/acceptance/model/command.h"
#include "tests/acceptance/model/world.h"

namespace lianfang::model {

struct Failure {
  size_t at = 0;      // index of the command after which it was seen
  std::string what;   // what does not hold
  std::string story;  // what that command did
};

// What became of the commands of one kind.
struct Tally {
  size_t accepted = 0;  // changed something
  size_t refused = 0;
  size_t idle = 0;  // found nothing to be done with
};

struct Outcome {
  std::optional<Failure> failure;
  std::map<std::string, Tally> tallies;             // by kind; all kinds
  std::map<std::string, size_t> reasons;            // refusals by reason
  std::map<std::string, std::string> undocumented;  // method and reason; story of the first
  std::vector<bool> changed;                        // whether each command changed something
  std::vector<Command> done;                        // the commands, with what they chose
  std::vector<std::string> stories;                 // what each command did, when asked for

  size_t accepted() const;
  size_t refused() const;
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
