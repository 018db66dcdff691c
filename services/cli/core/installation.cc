#include "services/cli/core/installation.h"

#include "common/server/run_main.h"
#include "common/status/error.h"
#include "services/cli/core/exit_code.h"

namespace lianfang::cli {

absl::StatusOr<config::v1::ServerConfig> InstallationOf(const Session& session) {
  const Arguments& arguments = session.arguments();
  if (!arguments.Has("config") && !arguments.Has("data-dir")) {
    return UsageError("需要用 --config 或 --data-dir 指出服务的配置或数据文件夹。",
                      "The server's configuration or data folder is needed: --config or "
                      "--data-dir.");
  }
  config::v1::ServerConfig config;
  config.set_data_dir("./data");
  if (arguments.Has("config")) {
    const absl::Status read = server::ReadConfig(arguments.Get("config"), &config);
    if (!read.ok()) return UsageError(ChineseText(read), read.message());
  }
  if (arguments.Has("data-dir")) config.set_data_dir(arguments.Get("data-dir"));
  return config;
}

absl::Status EndOf(const absl::Status& status) {
  switch (ReasonOf(status)) {
    case common::v1::ERROR_REASON_INCOMPLETE_STREAM:
      return VerificationError(ChineseText(status), status.message());
    case common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE:
      return Failure(ChineseText(status), status.message());
    default:
      return status;
  }
}

}  // namespace lianfang::cli
