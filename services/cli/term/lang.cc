#include "services/cli/term/lang.h"

#include "absl/strings/match.h"

namespace lianfang::cli {

Lang FromLocale(absl::string_view lc_all, absl::string_view lc_messages, absl::string_view lang) {
  for (const absl::string_view value : {lc_all, lc_messages, lang}) {
    if (value.empty()) continue;
    return absl::StartsWithIgnoreCase(value, "zh") ? Lang::kZh : Lang::kEn;
  }
  return Lang::kEn;
}

std::optional<Lang> ParseLang(absl::string_view value) {
  if (value == "zh") return Lang::kZh;
  if (value == "en") return Lang::kEn;
  return std::nullopt;
}

}  // namespace lianfang::cli
