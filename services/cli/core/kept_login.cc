#include "services/cli/core/kept_login.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/utf8.h"
#include "common/crypto/key_file.h"
#include "common/crypto/new_file.h"
#include "common/server/random_ids.h"
#include "common/status/error.h"
#include "google/protobuf/util/json_util.h"
#include "services/cli/core/exit_code.h"

namespace lianfang::cli {
namespace {

// A token that ends sooner is not worth sending.
constexpr absl::Duration kRefreshMargin = absl::Seconds(30);

absl::Status CannotKeep(const std::string& path, absl::string_view why) {
  return Failure(absl::StrCat("无法保存登录凭证 ", Printable(path), "：", why),
                 absl::StrCat("Cannot keep the login in ", Printable(path), ": ", why));
}

// Holds other runs of this program up while it refreshes.
class Lock {
 public:
  explicit Lock(const std::string& path)
      : file_(open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    while (file_.get() >= 0 && flock(file_.get(), LOCK_EX) != 0 && errno == EINTR) {
    }
  }

 private:
  const crypto::FileDescriptor file_;
};

}  // namespace

std::string LoginFile(const Environment& environment) {
  std::string state = environment.variable("XDG_STATE_HOME");
  if (state.empty()) {
    const std::string home = environment.variable("HOME");
    if (home.empty()) return "";
    state = absl::StrCat(home, "/.local/state");
  }
  return absl::StrCat(state, "/lianfang/login");
}

absl::StatusOr<std::optional<KeptLogin>> ReadLogin(const std::string& path) {
  std::optional<KeptLogin> login;
  if (path.empty()) return login;
  const auto text = crypto::ReadKeyFile(path, /*secret=*/true);
  if (absl::IsNotFound(text.status())) return login;
  if (!text.ok()) {
    return Failure(
        absl::StrCat("无法使用保存的登录 ", Printable(path), "：其他用户也能打开它，或无法读取。"),
        absl::StrCat("Cannot use the kept login ", Printable(path), ": ",
                     std::string(text.status().message())));
  }
  // The server's address, then the tokens.
  const std::pair<std::string, std::string> parts = absl::StrSplit(*text, absl::MaxSplits('\n', 1));
  login.emplace();
  login->address = parts.first;
  if (!google::protobuf::util::JsonStringToMessage(parts.second, &login->tokens).ok()) {
    return Failure(absl::StrCat("保存的登录 ", Printable(path), " 已损坏，请重新登录。"),
                   absl::StrCat("The kept login ", Printable(path), " is damaged; sign in again."));
  }
  return login;
}

absl::Status WriteLogin(const std::string& path, const KeptLogin& login,
                        crypto::RandomSource& random) {
  if (path.empty()) return CannotKeep("~/.local/state/lianfang/login", "HOME?");
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  std::filesystem::create_directories(folder.parent_path(), error);
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return CannotKeep(path, std::strerror(errno));
  }
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(login.tokens, &json).ok()) {
    return CannotKeep(path, "JSON");
  }
  const std::string fresh = absl::StrCat(path, ".", server::RandomIds(&random).NewId());
  absl::Status written =
      crypto::WriteNewFile(fresh, absl::StrCat(login.address, "\n", json, "\n"), 0600);
  if (written.ok() && std::rename(fresh.c_str(), path.c_str()) != 0) {
    written = CannotKeep(path, std::strerror(errno));
  }
  if (!written.ok()) {
    unlink(fresh.c_str());
    return CannotKeep(path, written.message());
  }
  return absl::OkStatus();
}

absl::Status RemoveLogin(const std::string& path) {
  if (path.empty() || unlink(path.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return CannotKeep(path, std::strerror(errno));
}

absl::StatusOr<std::string> FreshToken(const std::string& path, const Environment& environment,
                                       const std::string& stale, const RefreshLogin& refresh) {
  const auto holds = [&](const personnel::v1::Tokens& tokens) {
    return tokens.access_token() != stale && absl::FromUnixSeconds(tokens.expire_time().seconds()) >
                                                 environment.clock->Now() + kRefreshMargin;
  };
  LF_ASSIGN_OR_RETURN(auto login, ReadLogin(path));
  if (!login) return std::string();
  if (holds(login->tokens)) return login->tokens.access_token();
  const Lock lock(path);
  LF_ASSIGN_OR_RETURN(login, ReadLogin(path));
  if (!login) return std::string();
  if (holds(login->tokens)) return login->tokens.access_token();
  LF_ASSIGN_OR_RETURN(login->tokens, refresh(login->tokens));
  LF_RETURN_IF_ERROR(WriteLogin(path, *login, *environment.random));
  return login->tokens.access_token();
}

}  // namespace lianfang::cli
