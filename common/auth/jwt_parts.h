// A JSON Web Token's three parts, in the one spelling that is accepted.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace lianfang::auth {

// Header, claims and signature as they stand in the token; nothing unless these are three non-empty
// parts in canonical base64url. The library's own base64 passes over characters it does not know,
// so that many spellings would be one token.
inline std::optional<std::array<absl::string_view, 3>> SplitJwt(absl::string_view token) {
  const auto is_canonical = [](absl::string_view text) {
    std::string bytes;
    return !text.empty() && absl::WebSafeBase64Unescape(text, &bytes) &&
           absl::WebSafeBase64Escape(bytes) == text;
  };
  const std::vector<absl::string_view> parts = absl::StrSplit(token, absl::MaxSplits('.', 3));
  if (parts.size() != 3 || !std::all_of(parts.begin(), parts.end(), is_canonical)) {
    return std::nullopt;
  }
  return std::array<absl::string_view, 3>{parts[0], parts[1], parts[2]};
}

}  // namespace lianfang::auth
