// What a walk is for people: the failure as the few commands that lead to it, and the count of what
// was done.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/acceptance/model/runner.h"
#include "tests/acceptance/model/shrink.h"

namespace lianfang::model {

// The kind of a failure: its text without what is different from run to run (names and numbers).
std::string CauseOf(const Failure& failure);

// The failing beginning of a sequence, made short within so many tries and so much time. It still
// fails for the same cause.
Shrunk ShrinkFailure(std::vector<Command> commands, const Outcome& outcome,
                     const RunOptions& options, int max_tries, absl::Duration max_time);

// What a sequence does, command by command, and what does not hold at its end.
std::string Tell(const std::vector<Command>& commands, RunOptions options);

// All that there is to say of a failing walk: what does not hold, the short sequence, and how to
// run it again.
std::string ReportFailure(uint64_t seed, const std::vector<Command>& commands,
                          const Outcome& outcome, const RunOptions& options);

// A table: accepted, refused and without anything to do, by kind; then the reasons of refusals.
std::string CountsOf(const Outcome& outcome);

// Adds one walk's counts to another's.
void Add(const Outcome& outcome, Outcome* sum);

}  // namespace lianfang::model
