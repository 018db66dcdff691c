// Cells of tables that people filled in.
#pragma once

#include "absl/strings/string_view.h"

namespace lianfang::table {

// The cell without space at its ends, ideographic space (U+3000) and no-break space included.
absl::string_view TrimCell(absl::string_view cell);

}  // namespace lianfang::table
