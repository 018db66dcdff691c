// Files that the person at the terminal names.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lianfang::cli {

// The whole file. An error that names the file when there is none, it cannot be read, or it has
// more than `max_bytes`.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes);

// What a file of ledgers' public keys may have, and a program reads of it.
inline constexpr size_t kMaxKeysFileBytes = 65536;

// Writes or replaces the file. An error that names it when it cannot be written whole.
absl::Status WriteFile(const std::string& path, absl::string_view bytes);

// Whether something is there.
bool FileExists(const std::string& path);

}  // namespace lianfang::cli
