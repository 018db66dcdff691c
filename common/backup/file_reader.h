// Reading a backup file: everything that the file says of itself is checked on the way, so a file
// that was read to its end is whole.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/crypto/sha256_stream.h"
#include "lianfang/internal/v1/backup.pb.h"

namespace lianfang::backup {

class FileReader {
 public:
  static absl::StatusOr<std::unique_ptr<FileReader>> Open(const std::string& path);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  // The next part; false after the end, when the file as a whole is right. INCOMPLETE_STREAM for a
  // file that is cut off, damaged or none of ours, INVALID_FIELD for a form that this program does
  // not know.
  absl::StatusOr<bool> Next(internal::v1::BackupPart* part);
  // Begins again with the same open file.
  absl::Status Rewind();

  int64_t size() const { return size_; }          // of the file
  int64_t position() const { return position_; }  // read of it

 private:
  struct Inflate;

  FileReader(std::string path, int fd, int64_t size);
  absl::Status Damaged(absl::string_view zh, absl::string_view en) const;
  // Appends up to `size` unpacked bytes; fewer only at the end.
  absl::Status Unpack(size_t size, std::string* out);
  absl::StatusOr<size_t> PartSize(std::string* length);
  absl::Status Check(const internal::v1::BackupPart& part);
  absl::Status CheckHeader(const internal::v1::BackupHeader& header) const;
  absl::Status CheckTable(const internal::v1::BackupTable& table);
  absl::Status CheckRows(const internal::v1::BackupRows& rows);
  absl::Status CheckEnd(const internal::v1::BackupEnd& end, absl::string_view digest);

  const std::string path_;
  const int fd_;
  const int64_t size_;
  int64_t position_ = 0;
  std::unique_ptr<Inflate> inflate_;
  crypto::Sha256Stream digest_;
  bool begun_ = false;
  bool keys_ = false;
  bool ended_ = false;
  std::set<std::string> services_;
  std::set<std::pair<std::string, std::string>> tables_;
  internal::v1::BackupTable table_;
  std::vector<internal::v1::BackupCount> counts_;
};

}  // namespace lianfang::backup
