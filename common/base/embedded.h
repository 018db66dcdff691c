// A file of the source tree that the program carries with it (see lf_embed in
// cmake/Lianfang.cmake).
#pragma once

#include <span>

#include "absl/strings/string_view.h"

namespace lianfang {

struct EmbeddedFile {
  absl::string_view name;  // without its folder
  absl::string_view data;
};

}  // namespace lianfang
