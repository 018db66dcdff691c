// Schema migrations: numbered SQL files, append-only, applied in order, each once.
#pragma once

#include <span>
#include <string>

#include "absl/status/status.h"
#include "common/base/embedded.h"
#include "common/sql/database.h"

namespace lianfang::sql {

// Applies those of `files` (named `NNNN_words.sql`) that the database has not seen, of one
// component, e.g. "ledger" or "risk". An applied file that changed since is an error: migrations
// are append-only. Several processes may start at once: one migrates, the others wait and find it
// done. Killed anywhere, the next start goes on where it ended. A database that a restore has not
// completed is an error.
absl::Status Migrate(Database& database, absl::string_view component,
                     std::span<const EmbeddedFile> files);

// Statements of a file, as their progress is counted.
int64_t StatementsOf(const EmbeddedFile& file);

// What an applied file is known by: SHA-256 of its text, hexadecimal.
std::string MigrationDigest(const EmbeddedFile& file);

}  // namespace lianfang::sql
