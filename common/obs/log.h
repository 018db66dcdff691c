// Log lines: one JSON object each, on standard error. No personal data and no secrets go in.
#pragma once

#include <initializer_list>
#include <utility>

#include "absl/strings/string_view.h"

namespace lianfang::obs {

enum class Level { kDebug, kInfo, kWarning, kError };

// Lines below this level are dropped. Default kWarning.
void SetLevel(Level level);
// Whether lines of this level are written: asked before what is costly to put together.
bool Enabled(Level level);

// A line that is written while a call is worked for (see trace.h) names its trace.
void Log(Level level, absl::string_view event,
         std::initializer_list<std::pair<absl::string_view, absl::string_view>> facts = {});

}  // namespace lianfang::obs
