// The main program of a server: options, signals, a clear line when it is ready and when it has
// stopped.
#pragma once

#include <vector>

#include "common/server/module.h"

namespace lianfang::server {

// Options: --config=FILE, --listen=HOST:PORT, --data-dir=FOLDER, --upstream=SERVICE=HOST:PORT
// (repeated), --modules=a,b, --metrics-listen=HOST:PORT, --token-key=FILE, --ledger-key=FILE,
// --log-level=debug|info|warning|error. Options override the file. Returns the exit code: 0 after
// an orderly stop (SIGTERM, SIGINT), 2 for wrong options, 1 when it cannot start.
int RunMain(int argc, char** argv, const std::vector<ModuleSpec>& modules);

// The same for arguments that were split off already, with a configuration to start from.
int RunServer(const std::vector<std::string>& arguments, config::v1::ServerConfig config,
              const std::vector<ModuleSpec>& modules);

// Reads a configuration file; unknown fields are errors.
absl::Status ReadConfig(const std::string& path, config::v1::ServerConfig* config);

}  // namespace lianfang::server
