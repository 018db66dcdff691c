#include "services/cli/core/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/base/utf8.h"
#include "services/cli/core/exit_code.h"

namespace lianfang::cli {

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return Failure(absl::StrCat("没有文件 ", Printable(path), "，或它不是普通文件。"),
                   absl::StrCat("There is no file ", Printable(path), ", or it is no plain file."));
  }
  std::ifstream file(path, std::ios::binary);
  std::string text;
  if (file) {
    text.resize(max_bytes + 1);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<size_t>(file.gcount()));
  }
  if (!file && !file.eof()) {
    return Failure(absl::StrCat("无法读取文件 ", Printable(path), "。"),
                   absl::StrCat("Cannot read the file ", Printable(path), "."));
  }
  if (text.size() > max_bytes) {
    return Failure(absl::StrCat("文件 ", Printable(path), " 超过 ", max_bytes, " 字节。"),
                   absl::StrCat("The file ", Printable(path), " exceeds ", max_bytes, " bytes."));
  }
  return text;
}

absl::Status WriteFile(const std::string& path, absl::string_view bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  bool ok = file >= 0;
  while (ok && !bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written <= 0) {
      ok = written < 0 && errno == EINTR;
      continue;
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  if (file >= 0 && close(file) != 0) ok = false;
  if (ok) return absl::OkStatus();
  return Failure(absl::StrCat("无法写入文件 ", Printable(path), "。"),
                 absl::StrCat("Cannot write the file ", Printable(path), "."));
}

bool FileExists(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

}  // namespace lianfang::cli
