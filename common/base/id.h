#ifndef LIANFANG_COMMON_BASE_ID_H_
#define LIANFANG_COMMON_BASE_ID_H_

#include <cstddef>
#include <cstdint>
#include <string>

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

// Puts a number, from 0, in front of a random id in a form that sorts as numbers do, and cuts the
// whole to the random id's length. Seven digits of base 32: numbers below 2^35 keep their order.
inline std::string OrderedId(int64_t number, absl::string_view random) {
  static constexpr char kDigits[] =
      "23456789abcdefghijkmnpqrstuvwxyz";  // 32, in the order of bytes
  std::string id(7, kDigits[0]);
  for (size_t i = id.size(); i > 0; --i, number /= 32) id[i - 1] = kDigits[number % 32];
  if (random.size() > id.size()) id.append(random.data(), random.size() - id.size());
  return id;
}

}  // namespace lianfang

#endif  // LIANFANG_COMMON_BASE_ID_H_
