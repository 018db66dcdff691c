// Files that the person at the terminal names.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace lianfang::cli {

// The whole file. An error that names the file when there is none, it cannot be read, or it has
// more than `max_bytes`.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes);

// Whether something is there.
bool FileExists(const std::string& path);

}  // namespace lianfang::cli
