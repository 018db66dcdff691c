#include "common/crypto/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace lianfang::crypto {
namespace {

absl::Status WriteAll(int fd, absl::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t n = write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return FileError("cannot write", path);
    text.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteNewFile(const std::string& path, absl::string_view text, mode_t mode) {
  const FileDescriptor fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (fd.get() < 0) return FileError("cannot create", path);
  if (fchmod(fd.get(), mode) != 0) return FileError("cannot protect", path);
  absl::Status written = WriteAll(fd.get(), text, path);
  if (!written.ok()) return written;
  return fsync(fd.get()) == 0 ? absl::OkStatus() : FileError("cannot sync", path);
}

absl::Status SyncDirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "."
                                : slash == 0               ? "/"
                                                           : path.substr(0, slash);
  const FileDescriptor fd(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || fsync(fd.get()) != 0) return FileError("cannot sync", directory);
  return absl::OkStatus();
}

absl::Status FileError(absl::string_view doing, const std::string& path) {
  const int error = errno;
  return absl::Status(absl::ErrnoToStatusCode(error),
                      absl::StrCat(doing, " ", path, ": ", std::generic_category().message(error)));
}

}  // namespace lianfang::crypto
