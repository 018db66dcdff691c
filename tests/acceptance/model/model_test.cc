// Random years: whoever does whatever, in any order, and what has to hold holds.
//
// LIANFANG_MODEL_SEED (one seed, or several with commas) and LIANFANG_MODEL_STEPS choose other
// sequences; the defaults are fixed, so that the verdict is the same everywhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/acceptance/model/documented.h"
#include "tests/acceptance/model/report.h"
#include "tests/acceptance/model/runner.h"
#include "tests/acceptance/model/shrink.h"

namespace lianfang::model {
namespace {

constexpr absl::string_view kSeeds = "20130513,2013,4";
constexpr absl::string_view kSteps = "250";
// From so many commands on each kind has to be accepted at least once.
constexpr uint64_t kLong = 5000;

std::string FromEnvironment(const char* name, absl::string_view otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::string(otherwise) : text;
}

uint64_t NumberIn(absl::string_view text) {
  uint64_t number = 0;
  EXPECT_TRUE(absl::SimpleAtoi(text, &number)) << text << " is no number";
  return number;
}

TEST(Model, WhatHasToHoldHoldsWhateverIsDone) {
  const uint64_t steps = NumberIn(FromEnvironment("LIANFANG_MODEL_STEPS", kSteps));
  const std::string seeds = FromEnvironment("LIANFANG_MODEL_SEED", kSeeds);
  Outcome sum;
  uint64_t walked = 0;
  for (const absl::string_view text : absl::StrSplit(seeds, ',')) {
    const uint64_t seed = NumberIn(text);
    const std::vector<Command> commands = Generate(seed, steps);
    const Outcome outcome = Walk(commands, {});
    if (outcome.failure) FAIL() << ReportFailure(seed, commands, outcome, {});
    Add(outcome, &sum);
    walked += steps;
  }
  std::cout << walked << " commands, seeds " << seeds << "\n" << CountsOf(sum);
  for (const auto& [answer, story] : sum.undocumented) {
    ADD_FAILURE() << answer << " is not documented; first answered here:\n" << story;
  }
  // The walk gets somewhere.
  EXPECT_GT(sum.accepted(), walked / 4);
  EXPECT_GT(sum.refused(), walked / 10);
  if (walked < kLong) return;
  for (const auto& [kind, tally] : sum.tallies) {
    EXPECT_GT(tally.accepted, 0U) << kind << " is never accepted: the walk does not exercise it";
  }
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
  const Command& first = commands[40];
  const Command& second = commands[250];
  const Shrunk shrunk = Shrink(
      commands,
      [&](const std::vector<Command>& rest) -> std::optional<std::vector<Command>> {
        const auto at = std::find(rest.begin(), rest.end(), first);
        if (std::find(at, rest.end(), second) == rest.end()) return std::nullopt;
        return rest;
      },
      1000);
  EXPECT_EQ(shrunk.commands, (std::vector<Command>{first, second}));
  // Without tries nothing is left out.
  EXPECT_EQ(Shrink(
                commands, [](const auto& rest) { return std::optional(rest); }, 0)
                .commands,
            commands);
}

// A checker that forbids something legal: that anybody hands in a self-check. What is left has to
// create one and hand it in.
TEST(Model, APlantedFailureIsFoundAndShrunk) {
  RunOptions options;
  options.checkpoint_every = 1000000;
  options.also = [](World& world) {
    if (absl::StrContains(world.story(), "submit self check") && world.accepted()) {
      world.Problem("somebody handed in a self-check");
    }
  };
  const std::vector<Command> commands = Generate(20130513, 400);
  const Outcome outcome = Walk(commands, options);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->what, "somebody handed in a self-check");
  const Shrunk shrunk = ShrinkFailure(commands, outcome, options, 30, absl::InfiniteDuration());
  const std::string told = Tell(shrunk.commands, options);
  EXPECT_LE(shrunk.commands.size(), 3U) << told;
  EXPECT_THAT(told, ::testing::HasSubstr("create self check"));
  EXPECT_THAT(told, ::testing::HasSubstr("submit self check selfChecks/"));
  EXPECT_THAT(told, ::testing::HasSubstr("(staff"));
  EXPECT_THAT(told, ::testing::HasSubstr("=> somebody handed in a self-check"));
}

// The same record is meant, whatever is there beside it: what is cut changes nothing else.
TEST(Model, AChoiceDoesNotDependOnWhatIsNotChosen) {
  const std::vector<std::string> names = {"a", "b", "c", "d", "e"};
  std::set<std::string> chosen;
  for (uint16_t number = 0; number < 200; ++number) {
    const std::string& choice = names[ChoiceOf(number, names)];
    chosen.insert(choice);
    for (const std::string& other : names) {
      if (other == choice) continue;
      std::vector<std::string> fewer = {"e", "d", "c", "b", "a"};
      std::erase(fewer, other);
      EXPECT_EQ(fewer[ChoiceOf(number, fewer)], choice);
    }
  }
  EXPECT_EQ(chosen.size(), names.size());
}

TEST(Model, CausesAreTheSameWhateverTheNames) {
  EXPECT_EQ(CauseOf({0, "decided by its owner: units/u/reviews/n1-r1 (自查表)", ""}),
            CauseOf({9, "decided by its owner: units/u/reviews/n77-r2 (岗位职责)", ""}));
  EXPECT_NE(CauseOf({0, "decided by its owner: units/u/reviews/n1-r1", ""}),
            CauseOf({0, "returned by nobody: units/u/reviews/n1-r1", ""}));
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
