// The database of a service, as the configuration says.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/sql/database.h"
#include "lianfang/config/v1/config.pb.h"

namespace lianfang::server {

absl::StatusOr<std::unique_ptr<sql::Database>> OpenStorage(const config::v1::ServerConfig& config,
                                                           absl::string_view service);

// The same for a database that is there already; null when there is none. Makes nothing.
absl::StatusOr<std::unique_ptr<sql::Database>> OpenExistingStorage(
    const config::v1::ServerConfig& config, absl::string_view service);

// The file of a service's database, where databases are files.
std::string StorageFile(const config::v1::ServerConfig& config, absl::string_view service);

}  // namespace lianfang::server
