// Who uses a data folder: any number of servers, or one restore.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace lianfang::server {

// Held as long as the object lives; ends with the process, however that ends. A lock on the folder
// itself: there is no file that could belong to the wrong account.
class FolderLock {
 public:
  enum class Use { kServe, kRestore };

  // The folder must exist. An error at once when it is used in the other way.
  static absl::StatusOr<std::unique_ptr<FolderLock>> Take(const std::string& folder, Use use);

  explicit FolderLock(int fd) : fd_(fd) {}
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  const int fd_;
};

}  // namespace lianfang::server
