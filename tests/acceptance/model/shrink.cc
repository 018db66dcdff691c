#include "tests/acceptance/model/shrink.h"

#include <algorithm>
#include <utility>

namespace lianfang::model {

Shrunk Shrink(std::vector<Command> commands, const Fails& fails, int max_tries) {
  Shrunk shrunk{std::move(commands), 0};
  size_t piece = std::max<size_t>(1, shrunk.commands.size() / 2);
  while (shrunk.tries < max_tries && !shrunk.commands.empty()) {
    bool dropped = false;
    // From the end: what comes last depends on what was before, seldom the other way round.
    for (size_t end = shrunk.commands.size(); end > 0 && shrunk.tries < max_tries;) {
      const size_t begin = end > piece ? end - piece : 0;
      std::vector<Command> rest = shrunk.commands;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(begin),
                 rest.begin() + static_cast<std::ptrdiff_t>(end));
      ++shrunk.tries;
      auto failing = fails(rest);
      end = begin;
      if (!failing) continue;
      shrunk.commands = *std::move(failing);
      dropped = true;
      end = std::min(end, shrunk.commands.size());
    }
    // Done when no single command can be left out.
    if (piece == 1 && !dropped) break;
    piece = std::max<size_t>(1, std::min(piece, shrunk.commands.size()) / 2);
  }
  return shrunk;
}

}  // namespace lianfang::model
