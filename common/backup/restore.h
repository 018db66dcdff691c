// A restore: the databases of a backup in empty ones of either engine.
//
// Nothing is served before all of it stands. Every database has a mark (sql::RestoreMark) before
// the first row is inserted anywhere, and a server refuses a database with a mark. A restore that
// fails takes away what it has inserted; one that is killed leaves the marks, and the next restore
// begins by clearing what is marked. When the last row stands, the marks say so; then they are
// taken away. Killed within that, the next restore takes away those that are left.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/server/module.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/internal/v1/backup.pb.h"

namespace lianfang::backup {

struct RestoreOptions {
  std::string input;
  bool include_keys = false;
  // Called with what each step did and with what there is to do: bytes of the file checked, rows
  // inserted.
  std::function<void(int64_t, int64_t)> checked;
  std::function<void(int64_t, int64_t)> inserted;
};

struct RestoreSummary {
  internal::v1::BackupHeader header;
  std::vector<internal::v1::BackupCount> counts;
  // An earlier restore of this backup had inserted everything; its last step was made now.
  bool was_complete = false;
  // There is no key to sign the ledgers with: a server would make another one.
  bool ledger_key_missing = false;
};

// `modules` are all services that the program has. An error when a database of any of them is not
// empty, or is in use, when the file is damaged or of a newer program, or when keys are there that
// are not those of the backup: nothing was changed then.
absl::StatusOr<RestoreSummary> Restore(const config::v1::ServerConfig& config,
                                       const std::vector<server::ModuleSpec>& modules,
                                       const RestoreOptions& options);

}  // namespace lianfang::backup
