// Text as the crypto libraries take it.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace lianfang::crypto {

inline const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

inline unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace lianfang::crypto
