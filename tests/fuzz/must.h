// What a fuzzing function says when something that must always hold does not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"

namespace lianfang::fuzz {

// Ends the program, as a fuzzer expects.
inline void Must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: %s\n", what);
  std::abort();
}

inline absl::string_view Bytes(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Takes a number off the front; 0 where nothing is left.
inline unsigned Take(absl::string_view* bytes) {
  if (bytes->empty()) return 0;
  const unsigned value = static_cast<unsigned char>(bytes->front());
  bytes->remove_prefix(1);
  return value;
}

}  // namespace lianfang::fuzz
