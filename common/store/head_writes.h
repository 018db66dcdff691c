// What a head's column `writes` holds: how many transactions have written anything of the unit, and
// beside the number a check of it, so that a head that somebody changed shows.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace lianfang::store {

// What the next transaction leaves behind: another value than any before.
int64_t NextWrites(int64_t writes, absl::string_view unit_id, absl::string_view frontier);

// Whether a writer, or the migration that brought the check, has left this behind with the unit's
// head.
bool WritesFit(int64_t writes, absl::string_view unit_id, int64_t size, absl::string_view frontier);

}  // namespace lianfang::store
