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
    command.number = static_cast<size_t>(&command - commands.data()) + 1;
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

size_t ChoiceOf(uint16_t number, const std::vector<std::string>& names) {
  // FNV-1a of number and name; the smallest wins. Not a library's hash: a seed means the same
  // everywhere.
  size_t choice = 0;
  uint64_t least = UINT64_MAX;
  for (size_t i = 0; i < names.size(); ++i) {
    uint64_t hash = 14695981039346656037U;
    const auto mix = [&hash](uint64_t byte) { hash = (hash ^ byte) * 1099511628211U; };
    for (const char c : names[i]) mix(static_cast<unsigned char>(c));
    mix(number & 255U);
    mix(number >> 8U);
    // The high bits depend on everything.
    hash ^= hash >> 32U;
    hash *= 14695981039346656037U;
    if (i == 0 || hash < least) {
      least = hash;
      choice = i;
    }
  }
  return choice;
}

}  // namespace lianfang::model
