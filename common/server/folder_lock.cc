#include "common/server/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/obs/log.h"
#include "common/status/error.h"

namespace lianfang::server {

FolderLock::~FolderLock() { close(fd_); }

absl::StatusOr<std::unique_ptr<FolderLock>> FolderLock::Take(const std::string& folder, Use use) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    return MakeError(
        common::v1::ERROR_REASON_STORAGE_FULL,
        absl::StrCat("无法打开数据文件夹 ", folder, "：", std::strerror(errno)),
        absl::StrCat("Cannot open the data folder ", folder, ": ", std::strerror(errno)));
  }
  auto lock = std::make_unique<FolderLock>(fd);
  if (flock(fd, (use == Use::kServe ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) {
    // Some network file systems cannot lock folders. Files of SQLite do not belong there anyway;
    // with a database server the folder holds keys only.
    obs::Log(obs::Level::kWarning, "folder_not_locked",
             {{"folder", folder}, {"error", std::strerror(errno)}});
    return lock;
  }
  if (use == Use::kServe) {
    return MakeError(common::v1::ERROR_REASON_STILL_IN_USE,
                     absl::StrCat("数据文件夹 ", folder, " 正在从备份恢复，请等待其结束。"),
                     absl::StrCat("The data folder ", folder,
                                  " is being restored from a backup; wait until that ends."));
  }
  return MakeError(common::v1::ERROR_REASON_STILL_IN_USE,
                   absl::StrCat("有服务或另一次恢复正在使用数据文件夹 ", folder, "，请先停掉。"),
                   absl::StrCat("A server or another restore uses the data folder ", folder,
                                "; stop it first."));
}

}  // namespace lianfang::server
