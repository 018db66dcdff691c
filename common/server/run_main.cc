#include "common/server/run_main.h"

#include <pthread.h>
#include <signal.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "common/crypto/library.h"
#include "common/message/text_proto.h"
#include "common/obs/log.h"
#include "common/server/server.h"
#include "common/status/error.h"

namespace lianfang::server {
namespace {

constexpr int kGraceSeconds = 20;

absl::Status BadOption(absl::string_view option) {
  return MakeError(common::v1::ERROR_REASON_INVALID_FIELD, absl::StrCat("无法理解的选项：", option),
                   absl::StrCat("Unknown or incomplete option: ", option));
}

absl::Status ParseArguments(const std::vector<std::string>& arguments,
                            config::v1::ServerConfig* config) {
  // The file first, wherever it stands, so that options override it.
  for (absl::string_view argument : arguments) {
    if (absl::ConsumePrefix(&argument, "--config=")) {
      LF_RETURN_IF_ERROR(ReadConfig(std::string(argument), config));
    }
  }
  for (const std::string& whole : arguments) {
    absl::string_view argument = whole;
    if (absl::StartsWith(argument, "--config=")) continue;
    if (absl::ConsumePrefix(&argument, "--listen=")) {
      config->set_listen(std::string(argument));
    } else if (absl::ConsumePrefix(&argument, "--data-dir=")) {
      config->set_data_dir(std::string(argument));
    } else if (absl::ConsumePrefix(&argument, "--modules=")) {
      config->clear_modules();
      for (absl::string_view name : absl::StrSplit(argument, ',', absl::SkipEmpty())) {
        config->add_modules(std::string(name));
      }
    } else if (absl::ConsumePrefix(&argument, "--upstream=")) {
      const std::vector<std::string> parts = absl::StrSplit(argument, absl::MaxSplits('=', 1));
      if (parts.size() != 2) return BadOption(whole);
      auto* upstream = config->add_upstreams();
      upstream->set_service(parts[0]);
      upstream->set_endpoint(parts[1]);
    } else if (absl::ConsumePrefix(&argument, "--metrics-listen=")) {
      config->set_metrics_listen(std::string(argument));
    } else if (absl::ConsumePrefix(&argument, "--token-key=")) {
      config->mutable_keys()->set_token_key(std::string(argument));
    } else if (absl::ConsumePrefix(&argument, "--ledger-key=")) {
      config->mutable_keys()->set_ledger_key(std::string(argument));
    } else if (absl::ConsumePrefix(&argument, "--log-level=")) {
      if (argument == "debug") obs::SetLevel(obs::Level::kDebug);
      if (argument == "info") obs::SetLevel(obs::Level::kInfo);
      if (argument == "error") obs::SetLevel(obs::Level::kError);
    } else {
      return BadOption(whole);
    }
  }
  return absl::OkStatus();
}

void Print(const absl::Status& status) {
  std::fprintf(stderr, "%s\n%s\n", ChineseText(status).c_str(),
               std::string(status.message()).c_str());
}

}  // namespace

absl::Status ReadConfig(const std::string& path, config::v1::ServerConfig* config) {
  std::ifstream file(path);
  if (!file) {
    return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                     absl::StrCat("无法读取配置文件 ", path),
                     absl::StrCat("Cannot read the configuration file ", path));
  }
  std::stringstream text;
  text << file.rdbuf();
  const std::string problem = message::ParseTextProto(text.str(), config);
  if (!problem.empty()) {
    return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                     absl::StrCat("配置文件 ", path, " 有误：", problem),
                     absl::StrCat("The configuration file ", path, " is wrong: ", problem));
  }
  return absl::OkStatus();
}

int RunServer(const std::vector<std::string>& arguments, config::v1::ServerConfig config,
              const std::vector<ModuleSpec>& modules) {
  if (const absl::Status status = ParseArguments(arguments, &config); !status.ok()) {
    Print(status);
    return 2;
  }
  // The library as packaged looks for deadlocks at every lock, under one lock of its own.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // Blocked before any thread exists, so that only the wait below gets them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  auto server = Server::Start(config, modules);
  if (!server.ok()) {
    Print(server.status());
    return 1;
  }
  std::printf("已就绪，地址 %s，数据 %s / ready on %s, data in %s\n", (*server)->address().c_str(),
              config.data_dir().c_str(), (*server)->address().c_str(), config.data_dir().c_str());
  std::fflush(stdout);
  int signal_number = 0;
  sigwait(&signals, &signal_number);
  if (const int drain = config.limits().drain_seconds(); drain > 0) {
    (*server)->Drain();
    // A second signal ends the wait.
    const timespec wait{.tv_sec = drain, .tv_nsec = 0};
    sigtimedwait(&signals, nullptr, &wait);
  }
  const int grace = config.limits().grace_seconds();
  (*server)->Shutdown(absl::Seconds(grace > 0 ? grace : kGraceSeconds));
  std::printf("已停止 / stopped\n");
  return 0;
}

int RunMain(int argc, char** argv, const std::vector<ModuleSpec>& modules) {
  crypto::LeaveToTheEnd();
  config::v1::ServerConfig config;
  config.set_listen("127.0.0.1:0");
  config.set_data_dir("./data");
  return RunServer(std::vector<std::string>(argv + 1, argv + argc), config, modules);
}

}  // namespace lianfang::server
