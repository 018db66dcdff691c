// The messages of an ImportDirectory stream, put together: options, then files.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::personnel {

// Most bytes of one piece of a CSV file.
inline constexpr size_t kMaxPiece = 1 << 20;

struct ImportInput {
  v1::ImportOptions options;
  std::map<v1::DirectoryFile, std::string> csv;                         // whole files
  std::map<v1::DirectoryFile, std::vector<const v1::ImportRow*>> rows;  // point into the messages
};

// INVALID_FIELD or REQUIRED_FIELD when the stream is not options first, then rows or pieces; when a
// file comes both ways or its pieces do not follow each other.
absl::StatusOr<ImportInput> CollectImport(
    const std::vector<std::shared_ptr<v1::ImportDirectoryRequest>>& messages);

}  // namespace lianfang::personnel
