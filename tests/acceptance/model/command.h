// Commands as values: what is done, by whom, to what and how, as small numbers that mean something
// in whatever state the school is in. A sequence of them can be run again, cut and printed. What a
// command is on does not depend on commands that changed nothing, so a sequence can be cut a lot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace lianfang::model {

class World;

// What a command leaves undone or gets wrong on purpose.
enum class Slip : uint8_t {
  kNone,
  kStaleEtag,    // says the etag of an earlier state
  kWrongDigest,  // decides on, or signs, something else than what is there
  kNoComment,    // returns or disagrees without saying why
};

struct Command {
  size_t number = 0;    // its place when it was generated; names its requests and new records
  int kind = 0;         // index into Kinds()
  uint16_t who = 0;     // who acts; of those who are meant to, or of everybody
  bool fitting = true;  // picks actor and record so that it may succeed, where there are such
  uint16_t on = 0;      // which record
  uint16_t how = 0;     // which variant
  bool again = false;   // sends the request a second time
  Slip slip = Slip::kNone;
  // Names that it chose in an earlier walk, in the order of choosing: it keeps to them, and does
  // nothing when the record is not there. Empty: it chooses by its numbers.
  std::vector<std::string> pins;

  friend bool operator==(const Command&, const Command&) = default;
};

// One kind of command.
struct Kind {
  absl::string_view name;
  int weight;  // how often, relative to the others
  void (*perform)(World& world, const Command& command);
};

// All kinds. The order is part of what a seed means.
const std::vector<Kind>& Kinds();
// Index of a kind; the test's mistake when there is none of that name.
int KindNamed(absl::string_view name);

// The commands of a seed: the same on every machine.
std::vector<Command> Generate(uint64_t seed, size_t count);

// Which of the things with these names a number means: the same one as long as that is among them,
// whatever else is. `names` is not empty.
size_t ChoiceOf(uint16_t number, const std::vector<std::string>& names);

}  // namespace lianfang::model
