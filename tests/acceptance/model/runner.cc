#include "tests/acceptance/model/runner.h"

#include "absl/strings/str_cat.h"
#include "tests/acceptance/model/invariants.h"

namespace lianfang::model {
namespace {

void LookAtEverything(World& world) {
  world.Settle();
  for (const Invariant& invariant : Invariants()) {
    invariant.check(world);
    if (!world.problem().empty()) return;
  }
}

}  // namespace

Outcome Walk(const std::vector<Command>& commands, const RunOptions& options) {
  Outcome outcome;
  World world;
  for (size_t i = 0; i < commands.size() && world.problem().empty(); ++i) {
    const Command& command = commands[i];
    const Kind& kind = Kinds()[static_cast<size_t>(command.kind)];
    world.Begin(i + 1, command);
    kind.perform(world, command);
    if (options.tell) {
      outcome.stories.push_back(world.story().empty() ? std::string(kind.name) : world.story());
    }
    if (world.accepted()) {
      ++outcome.accepted;
      ++outcome.done[std::string(kind.name)];
    } else if (!world.story().empty()) {
      ++outcome.refused;
    }
    if (options.also) options.also(world);
    if (world.problem().empty() && (i + 1) % options.checkpoint_every == 0) LookAtEverything(world);
    if (!world.problem().empty()) outcome.failure = {i, world.problem()};
  }
  if (!outcome.failure && world.problem().empty()) {
    LookAtEverything(world);
  }
  if (!outcome.failure && !world.problem().empty()) {
    outcome.failure = {commands.empty() ? 0 : commands.size() - 1, world.problem()};
  }
  return outcome;
}

}  // namespace lianfang::model
