// The mark that spreadsheets put before UTF-8.
#pragma once

#include "absl/strings/string_view.h"

namespace lianfang {

inline constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace lianfang
