#include "tests/acceptance/model/command.h"

#include <random>
#include <stdexcept>

#include "absl/strings/str_cat.h"

namespace lianfang::model {

int KindNamed(absl::string_view name) {
  for (size_t i = 0; i < Kinds().size(); ++i) {
    if (Kinds()[i].name == name) return static_cast<int>(i);
  }
  throw std::invalid_argument(absl::StrCat("no kind of command is called ", name));
}

std::vector<Command> Generate(uint64_t seed, size_t count) {
  // The engine is fixed by the standard, the distributions are not: hence the remainders.
  std::mt19937_64 engine(seed);
  const auto below = [&engine](uint64_t limit) { return static_cast<int>(engine() % limit); };
  int weights = 0;
  for (const Kind& kind : Kinds()) weights += kind.weight;
  std::vector<Command> commands(count);
  for (Command& command : commands) {
    int at = below(static_cast<uint64_t>(weights));
    while (at >= Kinds()[static_cast<size_t>(command.kind)].weight) {
      at -= Kinds()[static_cast<size_t>(command.kind++)].weight;
    }
    command.who = static_cast<uint16_t>(below(1 << 16));
    command.fitting = below(6) != 0;
    command.on = static_cast<uint16_t>(below(1 << 16));
    command.how = static_cast<uint16_t>(below(1 << 16));
    command.again = below(8) == 0;
    const int slip = below(24);
    if (slip >= 1 && slip <= 3) command.slip = static_cast<Slip>(slip);
  }
  return commands;
}

std::string ToString(const Command& command) {
  static constexpr absl::string_view kSlips[] = {"", ", stale etag", ", wrong digest",
                                                 ", no comment"};
  return absl::StrCat(Kinds()[static_cast<size_t>(command.kind)].name, ": who ", command.who,
                      command.fitting ? " (fitting)" : " (anybody)", ", on ", command.on, ", how ",
                      command.how, kSlips[static_cast<size_t>(command.slip)],
                      command.again ? ", twice" : "");
}

}  // namespace lianfang::model
