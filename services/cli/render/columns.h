// Heads of columns; for the tables beside it.
#pragma once

#include "services/cli/term/lang.h"
#include "services/cli/term/table.h"

namespace lianfang::cli {

inline Column Words(Lang lang, const Text& text) { return {text.In(lang), Align::kLeft}; }
inline Column Numbers(Lang lang, const Text& text) { return {text.In(lang), Align::kRight}; }

}  // namespace lianfang::cli
