// What holds of the school at every moment, whatever was done: looked at from outside, with List
// calls, every few commands.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/acceptance/model/world.h"

namespace lianfang::model {

struct Invariant {
  absl::string_view name;
  void (*check)(World& world);  // notes a problem when it does not hold
};

// All of them.
const std::vector<Invariant>& Invariants();

// The pieces, by file. reviews: who decided, on what; waiting: what is under review has a review
// that is open, the other way round, and somebody can go on with it; grades: never below the
// rule's floor; papers: letters and rectifications; statistics: equal to a recount; heads: the
// ledgers' checkpoints follow each other; publicity: what is said to be shown is.
void CheckReviews(World& world);
void CheckWaiting(World& world);
void CheckNotStuck(World& world);
void CheckGrades(World& world);
void CheckPapers(World& world);
void CheckStatistics(World& world);
void CheckHeads(World& world);
void CheckPublicity(World& world);

}  // namespace lianfang::model
