// lianfang serve: the services of one unit, or some of them, in this process.
#include "common/server/run_main.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/modules.h"
#include "services/cli/core/exit_code.h"

namespace lianfang::cli {
namespace {

constexpr Flag kServeFlags[] = {
    {"listen",
     "HOST:PORT",
     Flag::kValue,
     {"监听地址；默认 127.0.0.1:7100", "address to listen on; default 127.0.0.1:7100"}},
    {"config",
     "FILE",
     Flag::kValue,
     {"配置文件（textproto）；选项优先于文件", "configuration (textproto); options override it"}},
    {"modules",
     "a,b",
     Flag::kValue,
     {"只运行这些服务：personnel、risk、grading、reporting、aggregator；默认全部",
      "only these services: personnel, risk, grading, reporting, aggregator; default all"}},
    {"upstream",
     "SERVICE=HOST:PORT",
     Flag::kList,
     {"不在本进程的服务的地址，可多次给出", "where a service of another process is; repeatable"}},
    {"metrics-listen",
     "HOST:PORT",
     Flag::kValue,
     {"提供 Prometheus 指标的地址；默认不提供", "address that serves metrics; default none"}},
    {"token-key", "FILE", Flag::kValue, {"签名密钥文件", "key file that signs tokens"}},
    {"log-level",
     "LEVEL",
     Flag::kValue,
     {"日志级别：debug、info、warning、error", "debug, info, warning or error"}},
};

absl::Status RunServe(Session& session) {
  std::vector<std::string> line;
  for (const char* name :
       {"config", "listen", "data-dir", "modules", "metrics-listen", "token-key", "log-level"}) {
    if (session.arguments().Has(name)) {
      line.push_back(absl::StrCat("--", name, "=", session.arguments().Get(name)));
    }
  }
  for (const std::string& upstream : session.arguments().All("upstream")) {
    line.push_back(absl::StrCat("--upstream=", upstream));
  }
  config::v1::ServerConfig config;
  config.set_listen("127.0.0.1:7100");
  config.set_data_dir("./data");
  const int code = server::RunServer(line, config, AllModules());
  // RunServer has said what was wrong.
  if (code == kExitUsage) {
    return UsageError("服务没有启动：选项有误。", "The server did not start: wrong options.");
  }
  if (code != kExitOk) return Failure("服务没有启动。", "The server did not start.");
  return absl::OkStatus();
}

}  // namespace

const Command kServe = {
    "serve",
    {"启动服务，直到收到 SIGTERM 或 SIGINT", "runs the services until SIGTERM or SIGINT"},
    kServeFlags,
    RunServe};

}  // namespace lianfang::cli
