// The migrations that this program has, against those that a backup's tables come from.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/server/module.h"
#include "common/sql/database.h"
#include "lianfang/internal/v1/backup.pb.h"

namespace lianfang::backup {

class Schemas {
 public:
  explicit Schemas(const std::vector<server::ModuleSpec>& modules);

  std::vector<std::string> services() const;

  // An error unless all services and migrations of the backup are known to this program.
  absl::Status Check(const internal::v1::BackupHeader& header) const;
  // Applies the migrations that the backup has, and no others.
  absl::Status MigrateAsIn(const internal::v1::BackupService& service,
                           sql::Database& database) const;
  // Applies all that this program has.
  absl::Status MigrateAll(const std::string& service, sql::Database& database) const;

 private:
  // By component, in the order in which a server applies them.
  using Components = std::vector<std::pair<std::string, std::span<const EmbeddedFile>>>;

  std::map<std::string, Components> services_;
};

}  // namespace lianfang::backup
