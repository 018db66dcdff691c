#include "common/table/cell.h"

#include "absl/strings/match.h"

namespace lianfang::table {

absl::string_view TrimCell(absl::string_view cell) {
  constexpr absl::string_view kSpaces[] = {" ", "\t", "\n", "\r", "\u3000", "\u00a0"};
  bool trimmed = true;
  while (trimmed) {
    trimmed = false;
    for (const absl::string_view space : kSpaces) {
      while (absl::StartsWith(cell, space)) {
        cell.remove_prefix(space.size());
        trimmed = true;
      }
      while (absl::EndsWith(cell, space)) {
        cell.remove_suffix(space.size());
        trimmed = true;
      }
    }
  }
  return cell;
}

}  // namespace lianfang::table
