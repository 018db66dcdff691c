// An installation that a command works on by itself, without its server: where its databases and
// keys are.
#pragma once

#include "absl/status/statusor.h"
#include "lianfang/config/v1/config.pb.h"
#include "services/cli/core/session.h"

namespace lianfang::cli {

inline constexpr Flag kConfigFlag = {
    "config",
    "FILE",
    Flag::kValue,
    {"服务的配置文件；只有 SQLite 时给 --data-dir 即可",
     "the server's configuration; with SQLite --data-dir is enough"}};

// As `lianfang serve` would take --config and --data-dir; a usage error without either.
absl::StatusOr<config::v1::ServerConfig> InstallationOf(const Session& session);

// The end of a command that works on it. The server's address has nothing to do with it, so it is
// no failure to reach that; a file that is not what it claims to be is one of verification.
absl::Status EndOf(const absl::Status& status);

}  // namespace lianfang::cli
