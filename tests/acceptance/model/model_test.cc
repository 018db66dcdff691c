// Random years: whoever does whatever, in any order, and what has to hold holds.
//
// LIANFANG_MODEL_SEED and LIANFANG_MODEL_STEPS choose another sequence; the defaults are fixed, so
// that the verdict is the same everywhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/acceptance/model/documented.h"
#include "tests/acceptance/model/runner.h"
#include "tests/acceptance/model/shrink.h"

namespace lianfang::model {
namespace {

constexpr uint64_t kSeed = 20130513;
constexpr uint64_t kSteps = 2000;
constexpr int kTries = 60;

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  uint64_t value = 0;
  return text != nullptr && absl::SimpleAtoi(text, &value) ? value : otherwise;
}

// What a sequence did, command by command.
std::string Tell(const std::vector<Command>& commands, RunOptions options) {
  options.tell = true;
  const Outcome outcome = Walk(commands, options);
  std::string text;
  for (size_t i = 0; i < commands.size(); ++i) {
    absl::StrAppend(&text, "  ", i + 1, ". ", ToString(commands[i]), "\n");
    if (i < outcome.stories.size()) absl::StrAppend(&text, "     ", outcome.stories[i], "\n");
  }
  return absl::StrCat(text, outcome.failure ? outcome.failure->what : "", "\n");
}

// The kind of a failure: its text without what is different from run to run (ids and numbers).
std::string CauseOf(const Failure& failure) {
  std::string cause;
  for (const char c : failure.what) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) cause.push_back(c);
  }
  return cause.substr(0, cause.find(" ("));
}

// The failing beginning of a sequence, made short. It has to fail for the same cause.
Shrunk ShrinkFailure(std::vector<Command> commands, const Failure& failure,
                     const RunOptions& options, int tries) {
  commands.resize(failure.at + 1);
  return Shrink(
      std::move(commands),
      [&](const std::vector<Command>& rest) {
        const Outcome outcome = Walk(rest, options);
        return outcome.failure && CauseOf(*outcome.failure) == CauseOf(failure);
      },
      tries);
}

TEST(Model, WhatHasToHoldHoldsWhateverIsDone) {
  const uint64_t seed = FromEnvironment("LIANFANG_MODEL_SEED", kSeed);
  const uint64_t steps = FromEnvironment("LIANFANG_MODEL_STEPS", kSteps);
  const std::vector<Command> commands = Generate(seed, steps);
  const Outcome outcome = Walk(commands, {});
  if (outcome.failure) {
    const Shrunk shrunk = ShrinkFailure(commands, *outcome.failure, {}, kTries);
    FAIL() << "seed " << seed << ", after command " << outcome.failure->at + 1 << ": "
           << outcome.failure->what << "\nshrunk to " << shrunk.commands.size() << " commands in "
           << shrunk.tries << " tries:\n"
           << Tell(shrunk.commands, {});
  }
  std::cout << outcome.accepted << " accepted, " << outcome.refused << " refused\n";
  if (steps < kSteps) return;
  // The walk gets somewhere: a good part is accepted, and so are most kinds of commands.
  EXPECT_GT(outcome.accepted, steps / 4);
  EXPECT_GT(outcome.refused, steps / 10);
  EXPECT_GT(outcome.done.size(), Kinds().size() * 3 / 4);
}

TEST(Model, TheSameSeedIsTheSameSequence) {
  EXPECT_EQ(Generate(7, 200), Generate(7, 200));
  EXPECT_NE(Generate(7, 200), Generate(8, 200));
  std::set<int> kinds;
  for (const Command& command : Generate(1, 5000)) kinds.insert(command.kind);
  EXPECT_EQ(kinds.size(), Kinds().size());
}

TEST(Model, TheShrinkerKeepsWhatMatters) {
  // Fails while two particular commands are there, in this order.
  const std::vector<Command> commands = Generate(3, 300);
  const Command first = commands[40];
  const Command second = commands[250];
  const Shrunk shrunk = Shrink(
      commands,
      [&](const std::vector<Command>& rest) {
        const auto at = std::find(rest.begin(), rest.end(), first);
        return std::find(at, rest.end(), second) != rest.end();
      },
      1000);
  EXPECT_EQ(shrunk.commands, (std::vector<Command>{first, second}));
  // Without tries nothing is left out.
  EXPECT_EQ(Shrink(
                commands, [](const auto&) { return true; }, 0)
                .commands,
            commands);
}

// A checker that forbids something legal: that anybody hands in a self-check. What is left has to
// create one and hand it in.
TEST(Model, APlantedFailureIsFoundAndShrunk) {
  RunOptions options;
  options.checkpoint_every = 1000000;
  options.also = [](World& world) {
    if (absl::StrContains(world.story(), "SubmitSelfCheck") && world.accepted()) {
      world.Problem("somebody handed in a self-check");
    }
  };
  const std::vector<Command> commands = Generate(kSeed, 400);
  const Outcome outcome = Walk(commands, options);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->what, "somebody handed in a self-check");
  const Shrunk shrunk = ShrinkFailure(commands, *outcome.failure, options, kTries);
  const std::string told = Tell(shrunk.commands, options);
  EXPECT_LE(shrunk.commands.size(), 3U) << told;
  EXPECT_THAT(told, ::testing::HasSubstr("create self-check"));
  EXPECT_THAT(told, ::testing::HasSubstr("submit self-check"));
  EXPECT_THAT(told, ::testing::HasSubstr("SubmitSelfCheck units/u/selfChecks/"));
}

TEST(Documented, ReasonsComeFromTheComments) {
  const Documented documented(std::string(LIANFANG_SOURCE_DIR) + "/proto/lianfang");
  EXPECT_GE(documented.size(), 100U);
  const std::string decide = "lianfang.grading.v1.ReviewService.Decide";
  EXPECT_TRUE(documented.Allows(decide, common::v1::ERROR_REASON_OWN_RECORD));
  EXPECT_TRUE(documented.Allows(decide, common::v1::ERROR_REASON_PERMISSION_DENIED));
  EXPECT_FALSE(documented.Allows(decide, common::v1::ERROR_REASON_SIGNING_ORDER));
  EXPECT_FALSE(documented.Allows(decide, common::v1::ERROR_REASON_INTERNAL));
  EXPECT_FALSE(documented.Allows("no.such.Method", common::v1::ERROR_REASON_OWN_RECORD));
}

}  // namespace
}  // namespace lianfang::model
