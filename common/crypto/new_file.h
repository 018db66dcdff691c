// Writing files that must be whole or not there.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace lianfang::crypto {

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  const int fd_;
};

// What errno says of a file.
absl::Status FileError(absl::string_view doing, const std::string& path);

// Writes a file that must not be there yet; its bytes are on the disk when this returns OK.
absl::Status WriteNewFile(const std::string& path, absl::string_view text, mode_t mode);

// Brings the names in the folder of `path` to the disk.
absl::Status SyncDirectoryOf(const std::string& path);

}  // namespace lianfang::crypto
