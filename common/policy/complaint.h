// What is wrong with a policy; for the sources beside it.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace lianfang::policy {

template <class... Parts>
absl::Status Wrong(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

}  // namespace lianfang::policy
