#ifndef LIANFANG_COMMON_BASE_ID_H_
#define LIANFANG_COMMON_BASE_ID_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace lianfang {

// The most bytes in the id of a resource, one label of a DNS name.
inline constexpr size_t kMaxResourceIdBytes = 63;

// Whether `id` may be one segment of a resource name: ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$, so it
// needs no escaping in a URL, a file name or a shell.
constexpr bool IsValidResourceId(absl::string_view id) {
  if (id.empty() || id.size() > kMaxResourceIdBytes) return false;
  for (const char c : id) {
    const bool letter_or_digit = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!letter_or_digit && c != '-') return false;
  }
  return id.front() != '-' && id.back() != '-';
}

}  // namespace lianfang

#endif  // LIANFANG_COMMON_BASE_ID_H_
