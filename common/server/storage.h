// The database of a service, as the configuration says.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/sql/database.h"
#include "lianfang/config/v1/config.pb.h"

namespace lianfang::server {

absl::StatusOr<std::unique_ptr<sql::Database>> OpenStorage(const config::v1::ServerConfig& config,
                                                           absl::string_view service);

}  // namespace lianfang::server
