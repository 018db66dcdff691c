#include "common/backup/file_writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/backup/gzip_window.h"
#include "common/status/error.h"
#include "google/protobuf/io/coded_stream.h"

namespace lianfang::backup {
namespace {

// Records pack well at any level, and services want the processor meanwhile.
constexpr int kLevel = 3;
constexpr int kMemory = 8;

// The name stands for sure only when its folder is on the disk too.
bool SyncFolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int fd = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  // Some file systems cannot sync folders and say so by EINVAL.
  const bool done = fsync(fd) == 0 || errno == EINVAL;
  close(fd);
  return done;
}

}  // namespace

struct FileWriter::Deflate {
  z_stream stream = {};
  std::array<unsigned char, 1 << 16> out;
  bool ready = false;

  Deflate() {
    ready =
        deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~Deflate() {
    if (ready) deflateEnd(&stream);
  }
  Deflate(const Deflate&) = delete;
  Deflate& operator=(const Deflate&) = delete;
};

FileWriter::FileWriter(std::string path, int fd)
    : path_(std::move(path)),
      partial_(path_ + ".partial"),
      fd_(fd),
      deflate_(std::make_unique<Deflate>()) {}

FileWriter::~FileWriter() {
  if (fd_ < 0) return;
  unlink(partial_.c_str());
  close(fd_);
}

absl::StatusOr<std::unique_ptr<FileWriter>> FileWriter::Create(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) == 0) {
    return MakeError(common::v1::ERROR_REASON_RESOURCE_EXISTS,
                     absl::StrCat("文件 ", path, " 已存在；备份不覆盖任何文件。"),
                     absl::StrCat("The file ", path, " exists; a backup overwrites nothing."));
  }
  const std::string partial = path + ".partial";
  const auto failed = [&](int error) {
    return MakeError(common::v1::ERROR_REASON_STORAGE_FULL,
                     absl::StrCat("无法写文件 ", partial, "：", std::strerror(error)),
                     absl::StrCat("Cannot write the file ", partial, ": ", std::strerror(error)));
  };
  const int fd = open(partial.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return failed(errno);
  // Two at a time would write into each other. One that was killed leaves its file without a lock.
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    close(fd);
    if (error != EWOULDBLOCK) return failed(error);
    return MakeError(common::v1::ERROR_REASON_STILL_IN_USE,
                     absl::StrCat("另一次备份正在写 ", partial, "。"),
                     absl::StrCat("Another backup is writing ", partial, "."));
  }
  std::unique_ptr<FileWriter> writer(new FileWriter(path, fd));
  if (ftruncate(fd, 0) != 0 || fchmod(fd, 0600) != 0) return failed(errno);
  if (!writer->deflate_->ready) return absl::InternalError("zlib cannot be initialized");
  return writer;
}

absl::Status FileWriter::Problem(absl::string_view zh, absl::string_view en) const {
  return MakeError(
      common::v1::ERROR_REASON_STORAGE_FULL,
      absl::StrCat("备份没有完成，无法写文件 ", partial_, "：", zh),
      absl::StrCat("The backup was not completed; cannot write the file ", partial_, ": ", en));
}

absl::Status FileWriter::Compress(absl::string_view data, bool finish) {
  z_stream& stream = deflate_->stream;
  // zlib does not write to it.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  while (true) {
    stream.next_out = deflate_->out.data();
    stream.avail_out = static_cast<uInt>(deflate_->out.size());
    const int code = deflate(&stream, finish ? Z_FINISH : Z_NO_FLUSH);
    if (code == Z_STREAM_ERROR) return absl::InternalError("zlib cannot compress");
    const size_t made = deflate_->out.size() - stream.avail_out;
    size_t written = 0;
    while (written < made) {
      const ssize_t n = write(fd_, deflate_->out.data() + written, made - written);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return Problem(std::strerror(errno), std::strerror(errno));
      written += static_cast<size_t>(n);
    }
    bytes_ += static_cast<int64_t>(made);
    if (finish ? code == Z_STREAM_END : stream.avail_out > 0) return absl::OkStatus();
  }
}

absl::Status FileWriter::Write(const internal::v1::BackupPart& part) {
  const size_t size = part.ByteSizeLong();
  if (size > kMaxPartBytes) {
    return Problem("一行记录过大。", "a record is too large.");
  }
  std::array<uint8_t, 10> length;
  const uint8_t* end =
      google::protobuf::io::CodedOutputStream::WriteVarint64ToArray(size, length.data());
  packed_.assign(reinterpret_cast<const char*>(length.data()),
                 static_cast<size_t>(end - length.data()));
  if (!part.AppendToString(&packed_)) return absl::InternalError("a part cannot be serialized");
  digest_.Update(packed_);
  return Compress(packed_, /*finish=*/false);
}

absl::Status FileWriter::Finish(internal::v1::BackupEnd end) {
  end.set_sha256(crypto::ToBytes(digest_.Finish()));
  internal::v1::BackupPart part;
  *part.mutable_end() = std::move(end);
  LF_RETURN_IF_ERROR(Write(part));
  LF_RETURN_IF_ERROR(Compress("", /*finish=*/true));
  if (fsync(fd_) != 0 || rename(partial_.c_str(), path_.c_str()) != 0) {
    return Problem(std::strerror(errno), std::strerror(errno));
  }
  close(fd_);
  fd_ = -1;
  if (!SyncFolderOf(path_)) return Problem(std::strerror(errno), std::strerror(errno));
  return absl::OkStatus();
}

}  // namespace lianfang::backup
