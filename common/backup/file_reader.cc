#include "common/backup/file_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/backup/file_writer.h"
#include "common/backup/gzip_window.h"
#include "common/status/error.h"

namespace lianfang::backup {

using internal::v1::BackupPart;
using internal::v1::BackupValue;

namespace {

// Memory is taken as the bytes come, not as a length promises them.
constexpr size_t kStep = 1 << 20;

}  // namespace

struct FileReader::Inflate {
  z_stream stream = {};
  std::array<unsigned char, 1 << 16> in;
  bool ready = false;
  bool ended = false;

  Inflate() { ready = inflateInit2(&stream, kGzipWindow) == Z_OK; }
  ~Inflate() {
    if (ready) inflateEnd(&stream);
  }
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;
};

FileReader::FileReader(std::string path, int fd, int64_t size)
    : path_(std::move(path)), fd_(fd), size_(size), inflate_(std::make_unique<Inflate>()) {}

FileReader::~FileReader() { close(fd_); }

absl::StatusOr<std::unique_ptr<FileReader>> FileReader::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info {};
  if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    const std::string why = fd < 0 ? std::strerror(errno) : "no plain file";
    if (fd >= 0) close(fd);
    return MakeError(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND,
                     absl::StrCat("无法读取备份文件 ", path, "：", why),
                     absl::StrCat("Cannot read the backup file ", path, ": ", why));
  }
  std::unique_ptr<FileReader> reader(new FileReader(path, fd, info.st_size));
  if (!reader->inflate_->ready) return absl::InternalError("zlib cannot be initialized");
  return reader;
}

absl::Status FileReader::Rewind() {
  if (lseek(fd_, 0, SEEK_SET) != 0) return Damaged("无法重读。", "it cannot be read again.");
  position_ = 0;
  inflate_ = std::make_unique<Inflate>();
  if (!inflate_->ready) return absl::InternalError("zlib cannot be initialized");
  digest_.Finish();
  begun_ = keys_ = ended_ = false;
  services_.clear();
  tables_.clear();
  table_.Clear();
  counts_.clear();
  return absl::OkStatus();
}

absl::Status FileReader::Damaged(absl::string_view zh, absl::string_view en) const {
  return MakeError(common::v1::ERROR_REASON_INCOMPLETE_STREAM,
                   absl::StrCat("备份文件 ", path_, " 不完整或已损坏，没有改动任何数据：", zh),
                   absl::StrCat("The backup file ", path_,
                                " is cut off or damaged, and nothing was changed: ", en));
}

absl::Status FileReader::Unpack(size_t size, std::string* out) {
  z_stream& stream = inflate_->stream;
  while (size > 0 && !inflate_->ended) {
    if (stream.avail_in == 0) {
      ssize_t n = 0;
      do {
        n = read(fd_, inflate_->in.data(), inflate_->in.size());
      } while (n < 0 && errno == EINTR);
      if (n < 0) return Damaged(std::strerror(errno), std::strerror(errno));
      if (n == 0) return Damaged("文件在中途结束。", "it ends in the middle.");
      position_ += n;
      stream.next_in = inflate_->in.data();
      stream.avail_in = static_cast<uInt>(n);
    }
    const size_t before = out->size();
    const size_t step = std::min(size, kStep);
    out->resize(before + step);
    stream.next_out = reinterpret_cast<Bytef*>(out->data() + before);
    stream.avail_out = static_cast<uInt>(step);
    const int code = inflate(&stream, Z_NO_FLUSH);
    const size_t got = step - stream.avail_out;
    out->resize(before + got);
    size -= got;
    if (code == Z_STREAM_END) {
      inflate_->ended = true;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return Damaged("解压失败。", "it cannot be unpacked.");
    }
  }
  return absl::OkStatus();
}

// Length of the next part, and its bytes as they stand in the file; 0 at the end of the stream.
absl::StatusOr<size_t> FileReader::PartSize(std::string* length) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const size_t before = length->size();
    LF_RETURN_IF_ERROR(Unpack(1, length));
    if (length->size() == before) {
      if (before == 0) return 0;
      return Damaged("数据在中途结束。", "its data end in the middle.");
    }
    const auto byte = static_cast<uint8_t>(length->back());
    value |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) {
      if (value == 0 || value > kMaxPartBytes) break;
      return static_cast<size_t>(value);
    }
  }
  return Damaged("长度有误。", "a length is wrong.");
}

absl::StatusOr<bool> FileReader::Next(BackupPart* part) {
  std::string length;
  LF_ASSIGN_OR_RETURN(const size_t size, PartSize(&length));
  if (size == 0) {
    if (!ended_) return Damaged("没有结尾。", "it has no end.");
    // What stands behind the stream is no part of any backup.
    if (inflate_->stream.avail_in > 0 || position_ != size_) {
      return Damaged("结尾之后还有内容。", "there is more behind its end.");
    }
    return false;
  }
  if (ended_) return Damaged("结尾之后还有内容。", "there is more behind its end.");
  std::string bytes;
  LF_RETURN_IF_ERROR(Unpack(size, &bytes));
  if (bytes.size() != size) return Damaged("数据在中途结束。", "its data end in the middle.");
  if (!part->ParseFromString(bytes)) return Damaged("内容有误。", "its content is wrong.");
  if (part->has_end()) {
    ended_ = true;
    LF_RETURN_IF_ERROR(CheckEnd(part->end(), crypto::ToBytes(digest_.Finish())));
    return true;
  }
  digest_.Update(length);
  digest_.Update(bytes);
  LF_RETURN_IF_ERROR(Check(*part));
  return true;
}

absl::Status FileReader::Check(const BackupPart& part) {
  if (part.has_header() == begun_) return Damaged("不是备份文件。", "it is no backup.");
  switch (part.part_case()) {
    case BackupPart::kHeader:
      begun_ = true;
      LF_RETURN_IF_ERROR(CheckHeader(part.header()));
      for (const auto& service : part.header().services()) services_.insert(service.service());
      return absl::OkStatus();
    case BackupPart::kTable:
      return CheckTable(part.table());
    case BackupPart::kRows:
      return CheckRows(part.rows());
    case BackupPart::kKeys:
      if (keys_) return Damaged("内容有误。", "its content is wrong.");
      keys_ = true;
      return absl::OkStatus();
    default:
      return Damaged("内容有误。", "its content is wrong.");
  }
}

absl::Status FileReader::CheckHeader(const internal::v1::BackupHeader& header) const {
  if (header.format() != kFormat) return Damaged("不是备份文件。", "it is no backup.");
  if (header.version() == kFormatVersion) return absl::OkStatus();
  return MakeError(
      common::v1::ERROR_REASON_INVALID_FIELD,
      absl::StrCat("备份文件 ", path_, " 的格式版本为 ", header.version(), "，由 ",
                   header.program_version(), " 版写成，本程序只认识版本 ", kFormatVersion, "。"),
      absl::StrCat("The backup file ", path_, " has the form of version ", header.version(),
                   ", written by program version ", header.program_version(),
                   "; this program knows version ", kFormatVersion, " only."));
}

absl::Status FileReader::CheckTable(const internal::v1::BackupTable& table) {
  const bool typed =
      std::all_of(table.columns().begin(), table.columns().end(), [](const auto& column) {
        return column.type() >= internal::v1::BACKUP_TYPE_INT &&
               column.type() <= internal::v1::BACKUP_TYPE_BYTES;
      });
  if (keys_ || table.columns().empty() || !typed || !services_.contains(table.service()) ||
      !tables_.emplace(table.service(), table.table()).second) {
    return Damaged("表的说明有误。", "the description of a table is wrong.");
  }
  table_ = table;
  auto& count = counts_.emplace_back();
  count.set_service(table.service());
  count.set_table(table.table());
  return absl::OkStatus();
}

absl::Status FileReader::CheckRows(const internal::v1::BackupRows& rows) {
  if (keys_ || counts_.empty()) return Damaged("内容有误。", "its content is wrong.");
  for (const auto& row : rows.rows()) {
    bool right = row.values_size() == table_.columns_size();
    for (int i = 0; right && i < row.values_size(); ++i) {
      const bool is_int = table_.columns(i).type() == internal::v1::BACKUP_TYPE_INT;
      const auto kind = row.values(i).value_case();
      right = kind == BackupValue::VALUE_NOT_SET || (kind == BackupValue::kNumber) == is_int;
    }
    if (!right) return Damaged("记录与表不符。", "a row does not fit its table.");
  }
  counts_.back().set_rows(counts_.back().rows() + rows.rows_size());
  return absl::OkStatus();
}

absl::Status FileReader::CheckEnd(const internal::v1::BackupEnd& end, absl::string_view digest) {
  if (!begun_) return Damaged("不是备份文件。", "it is no backup.");
  if (end.sha256() != digest) return Damaged("校验和不符。", "its checksum is wrong.");
  const bool counted = std::equal(counts_.begin(), counts_.end(), end.counts().begin(),
                                  end.counts().end(), [](const auto& a, const auto& b) {
                                    return a.service() == b.service() && a.table() == b.table() &&
                                           a.rows() == b.rows();
                                  });
  if (!counted) return Damaged("记录数不符。", "the number of its rows is wrong.");
  return absl::OkStatus();
}

}  // namespace lianfang::backup
