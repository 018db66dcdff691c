#include "tests/acceptance/model/report.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace lianfang::model {
namespace {

constexpr int kTries = 500;
// A short walk is shrunk before the test runner loses patience (two minutes); whoever waits for a
// long one waits for its failure too.
constexpr size_t kShort = 1000;
constexpr absl::Duration kTimeForShort = absl::Seconds(60);
constexpr absl::Duration kTimeForLong = absl::Minutes(10);

// The commands that changed something, and the last one, at which the failure showed. They keep to
// what they chose: what else is cut does not make them do something else.
std::vector<Command> Effective(const Outcome& outcome) {
  std::vector<Command> effective;
  for (size_t i = 0; i < outcome.done.size(); ++i) {
    if (i + 1 == outcome.done.size() || outcome.changed[i]) effective.push_back(outcome.done[i]);
  }
  return effective;
}

}  // namespace

std::string CauseOf(const Failure& failure) {
  std::vector<absl::string_view> words;
  for (const absl::string_view word : absl::StrSplit(failure.what, ' ', absl::SkipEmpty())) {
    const bool plain = std::all_of(word.begin(), word.end(), [](const char c) {
      const auto byte = static_cast<unsigned char>(c);
      return absl::ascii_isascii(byte) && !absl::ascii_isdigit(byte) && c != '/';
    });
    if (plain) words.push_back(word);
  }
  return absl::StrJoin(words, " ");
}

Shrunk ShrinkFailure(std::vector<Command> commands, const Outcome& outcome,
                     const RunOptions& options, int max_tries, absl::Duration max_time) {
  commands.resize(outcome.failure->at + 1);
  const std::string cause = CauseOf(*outcome.failure);
  const absl::Time until = absl::Now() + max_time;
  const auto same = [&](const Outcome& tried) {
    return tried.failure && CauseOf(*tried.failure) == cause;
  };
  // What was refused left no trace: all of it goes at once, as long as there is something of it.
  const auto prune = [&](std::vector<Command> failing, Outcome tried) {
    while (absl::Now() < until) {
      std::vector<Command> effective = Effective(tried);
      if (effective == failing) break;
      tried = Walk(effective, options);
      if (!same(tried)) break;
      failing = std::move(effective);
    }
    return failing;
  };
  const Fails fails = [&](const std::vector<Command>& rest) -> std::optional<std::vector<Command>> {
    if (absl::Now() >= until) return std::nullopt;
    Outcome tried = Walk(rest, options);
    if (!same(tried)) return std::nullopt;
    return prune(rest, std::move(tried));
  };
  return Shrink(prune(std::move(commands), outcome), fails, max_tries);
}

std::string Tell(const std::vector<Command>& commands, RunOptions options) {
  options.tell = true;
  const Outcome outcome = Walk(commands, options);
  std::string text;
  for (size_t i = 0; i < outcome.stories.size(); ++i) {
    const std::string& story = outcome.stories[i];
    absl::StrAppend(&text, "  ", i + 1, ". (command ", commands[i].number, ", ",
                    Kinds()[static_cast<size_t>(commands[i].kind)].name, ") ",
                    story.empty() ? "finds nothing to do" : story, "\n");
  }
  return absl::StrCat(text, "  => ", outcome.failure ? outcome.failure->what : "all holds", "\n");
}

std::string ReportFailure(uint64_t seed, const std::vector<Command>& commands,
                          const Outcome& outcome, const RunOptions& options) {
  const Failure& failure = *outcome.failure;
  const Shrunk shrunk = ShrinkFailure(commands, outcome, options, kTries,
                                      commands.size() <= kShort ? kTimeForShort : kTimeForLong);
  return absl::StrCat("Does not hold: ", failure.what, "\nseen after command ", failure.at + 1,
                      " of ", commands.size(), ": ", failure.story, "\nshrunk to ",
                      shrunk.commands.size(), " commands in ", shrunk.tries, " tries:\n",
                      Tell(shrunk.commands, options), "again: LIANFANG_MODEL_SEED=", seed,
                      " LIANFANG_MODEL_STEPS=", commands.size(),
                      " model_test --gtest_filter=Model.WhatHasToHold*\n");
}

std::string CountsOf(const Outcome& outcome) {
  std::string text =
      absl::StrFormat("%-24s %8s %8s %8s\n", "command", "accepted", "refused", "idle");
  for (const Kind& kind : Kinds()) {
    const Tally& tally = outcome.tallies.at(std::string(kind.name));
    absl::StrAppendFormat(&text, "%-24s %8d %8d %8d\n", kind.name, tally.accepted, tally.refused,
                          tally.idle);
  }
  absl::StrAppendFormat(&text, "%-24s %8d %8d\nrefused for:", "all", outcome.accepted(),
                        outcome.refused());
  for (const auto& [reason, count] : outcome.reasons) {
    absl::StrAppend(&text, " ", reason, " ", count);
  }
  return absl::StrCat(text, "\n");
}

void Add(const Outcome& outcome, Outcome* sum) {
  for (const auto& [kind, tally] : outcome.tallies) {
    Tally& all = sum->tallies[kind];
    all.accepted += tally.accepted;
    all.refused += tally.refused;
    all.idle += tally.idle;
  }
  for (const auto& [reason, count] : outcome.reasons) sum->reasons[reason] += count;
  sum->undocumented.insert(outcome.undocumented.begin(), outcome.undocumented.end());
}

}  // namespace lianfang::model
