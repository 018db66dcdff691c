// Sending a folder of CSV files to ImportDirectory.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/client/client.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "services/cli/term/lang.h"
#include "services/cli/term/table.h"

namespace lianfang::cli {

struct DirectoryFiles {
  // The files of the folder that ImportDirectory knows, with their bytes.
  std::vector<std::pair<personnel::v1::DirectoryFile, std::string>> files;
  size_t bytes = 0;
  // SHA-256 over all of them, in hexadecimal: the same for the same folder.
  std::string digest;
};

// `departments.csv`, `posts.csv`, `persons.csv`, `appointments.csv` and `leading_group.csv`, as far
// as they are there; an error when none is, or all together exceed what the service takes.
absl::StatusOr<DirectoryFiles> ReadDirectory(const std::string& folder);

// Name of the file in a folder, e.g. `posts.csv`.
std::string FileNameOf(personnel::v1::DirectoryFile file);

// Streams the files. `advance` is called with the bytes of each piece that was taken.
absl::StatusOr<personnel::v1::ImportDirectoryResponse> ImportFiles(
    const client::Client& client, const std::string& unit_id, const DirectoryFiles& files,
    bool validate_only, const std::string& request_id, absl::Duration timeout,
    const std::function<void(int64_t)>& advance);

// The rows that an IMPORT_REJECTED error lists: file, line, column, reason. False when the error
// lists none.
bool BadRows(const absl::Status& status, Lang lang, Table* table);
// A table for BadRows.
Table BadRowsTable(Lang lang);

}  // namespace lianfang::cli
