#include "tests/acceptance/model/runner.h"

#include "tests/acceptance/model/invariants.h"
#include "tests/acceptance/model/reviews.h"

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

size_t Outcome::accepted() const {
  size_t sum = 0;
  for (const auto& [kind, tally] : tallies) sum += tally.accepted;
  return sum;
}

size_t Outcome::refused() const {
  size_t sum = 0;
  for (const auto& [kind, tally] : tallies) sum += tally.refused;
  return sum;
}

Outcome Walk(const std::vector<Command>& commands, const RunOptions& options) {
  Outcome outcome;
  for (const Kind& kind : Kinds()) outcome.tallies[std::string(kind.name)];
  World world;
  size_t at = 0;
  for (size_t i = 0; i < commands.size() && world.problem().empty(); ++i) {
    const Command& command = commands[i];
    const Kind& kind = Kinds()[static_cast<size_t>(command.kind)];
    at = i;
    world.Begin(command);
    kind.perform(world, command);
    Tally& tally = outcome.tallies[std::string(kind.name)];
    ++(world.accepted() ? tally.accepted : world.story().empty() ? tally.idle : tally.refused);
    outcome.changed.push_back(world.accepted());
    outcome.done.push_back(command);
    outcome.done.back().pins = world.choices();
    if (options.tell) outcome.stories.push_back(world.story());
    if (world.accepted()) CheckOpened(world);
    if (options.also) options.also(world);
    if (world.problem().empty() && (i + 1) % options.checkpoint_every == 0) LookAtEverything(world);
  }
  if (world.problem().empty()) LookAtEverything(world);
  if (!world.problem().empty()) outcome.failure = {at, world.problem(), world.story()};
  outcome.reasons = world.reasons();
  outcome.undocumented = world.undocumented();
  return outcome;
}

}  // namespace lianfang::model
