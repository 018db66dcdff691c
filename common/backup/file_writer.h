// Writing a backup file (proto/lianfang/internal/v1/backup.proto): a gzip stream, so that
// `gzip -t` checks it and other programs can unpack it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/crypto/sha256_stream.h"
#include "lianfang/internal/v1/backup.pb.h"

namespace lianfang::backup {

inline constexpr char kFormat[] = "lianfang-backup";
inline constexpr int kFormatVersion = 1;
// Largest part: a row that is larger than any that a service takes still fits.
inline constexpr size_t kMaxPartBytes = 256 << 20;

// The file gets its name when it is whole and on the disk; until then it is beside, as
// `NAME.partial`, which goes away with this object unless the process is killed. Mode 0600.
class FileWriter {
 public:
  // An error when there is such a file: no backup is ever overwritten.
  static absl::StatusOr<std::unique_ptr<FileWriter>> Create(const std::string& path);
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  absl::Status Write(const internal::v1::BackupPart& part);
  // Writes the end with the digest of what was written, and gives the file its name.
  absl::Status Finish(internal::v1::BackupEnd end);

  // Size of the file so far.
  int64_t bytes() const { return bytes_; }

 private:
  struct Deflate;

  FileWriter(std::string path, int fd);
  absl::Status Compress(absl::string_view data, bool finish);
  absl::Status Problem(absl::string_view zh, absl::string_view en) const;

  const std::string path_;
  const std::string partial_;
  int fd_;
  std::unique_ptr<Deflate> deflate_;
  crypto::Sha256Stream digest_;
  std::string packed_;  // a part, used again
  int64_t bytes_ = 0;
};

}  // namespace lianfang::backup
