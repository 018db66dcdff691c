#include "common/backup/schemas.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/obs/process_metrics.h"
#include "common/sql/migrate.h"
#include "common/status/error.h"
#include "common/store/ledger_schema.h"

namespace lianfang::backup {
namespace {

absl::Status Unknown(const internal::v1::BackupHeader& header, absl::string_view what) {
  return MakeError(
      common::v1::ERROR_REASON_INVALID_FIELD,
      absl::StrCat("备份由 ", header.program_version(), " 版写成，其中的 ", what, " 是本程序（",
                   obs::Version(), " 版）没有的；请用与备份相同或更新的版本恢复。"),
      absl::StrCat("The backup was written by version ", header.program_version(), " and has ",
                   what, ", which this program (version ", obs::Version(),
                   ") does not know; restore it with the same version or a newer one."));
}

}  // namespace

Schemas::Schemas(const std::vector<server::ModuleSpec>& modules) {
  for (const server::ModuleSpec& module : modules) {
    Components& components = services_[module.name];
    components.emplace_back(store::kLedgerComponent, store::LedgerSchema());
    components.insert(components.end(), module.schemas.begin(), module.schemas.end());
  }
}

std::vector<std::string> Schemas::services() const {
  std::vector<std::string> names;
  for (const auto& [name, components] : services_) names.push_back(name);
  return names;
}

absl::Status Schemas::Check(const internal::v1::BackupHeader& header) const {
  for (const auto& service : header.services()) {
    const auto known = services_.find(service.service());
    if (known == services_.end()) return Unknown(header, service.service());
    for (const auto& migration : service.migrations()) {
      const bool found =
          std::any_of(known->second.begin(), known->second.end(), [&](const auto& component) {
            return component.first == migration.component() &&
                   std::any_of(component.second.begin(), component.second.end(),
                               [&](const EmbeddedFile& file) {
                                 return file.name == migration.file() &&
                                        sql::MigrationDigest(file) == migration.digest();
                               });
          });
      if (found) continue;
      return Unknown(header, absl::StrCat(service.service(), "/", migration.component(), "/",
                                          migration.file()));
    }
  }
  return absl::OkStatus();
}

absl::Status Schemas::MigrateAsIn(const internal::v1::BackupService& service,
                                  sql::Database& database) const {
  for (const auto& known : services_.at(service.service())) {
    const std::string& component = known.first;
    std::vector<EmbeddedFile> wanted;
    for (const EmbeddedFile& file : known.second) {
      const bool applied = std::any_of(
          service.migrations().begin(), service.migrations().end(), [&](const auto& migration) {
            return migration.component() == component && migration.file() == file.name;
          });
      if (applied) wanted.push_back(file);
    }
    LF_RETURN_IF_ERROR(sql::Migrate(database, component, wanted));
  }
  return absl::OkStatus();
}

absl::Status Schemas::MigrateAll(const std::string& service, sql::Database& database) const {
  for (const auto& [component, files] : services_.at(service)) {
    LF_RETURN_IF_ERROR(sql::Migrate(database, component, files));
  }
  return absl::OkStatus();
}

}  // namespace lianfang::backup
