// The embedded engine: one file, write-ahead log, every commit on the disk before it is answered.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/sql/database.h"

namespace lianfang::sql {

// Opens (or makes, with mode 0600) the database file. The folder must exist.
absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(const std::string& path);

}  // namespace lianfang::sql
