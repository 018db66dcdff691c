// Backup files: whatever a file says of itself, it is read to its end or refused. The first byte
// chooses whether the bytes are the file or are packed into one.
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/backup/file_reader.h"
#include "tests/fuzz/must.h"

namespace lianfang {
namespace {

// Parts of one file, a bound that a file of this size does not reach honestly.
constexpr int kMaxParts = 100'000;

std::string Packed(absl::string_view bytes) {
  z_stream stream{};
  fuzz::Must(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib");
  std::string out(compressBound(bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  fuzz::Must(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace
}  // namespace lianfang

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace lianfang;  // NOLINT(google-build-using-namespace)
  absl::string_view bytes = fuzz::Bytes(data, size);
  std::string file = fuzz::Take(&bytes) % 2 == 0 ? std::string(bytes) : Packed(bytes);
  static const int memory = memfd_create("backup", 0);
  fuzz::Must(memory >= 0 && ftruncate(memory, 0) == 0 &&
                 pwrite(memory, file.data(), file.size(), 0) == static_cast<ssize_t>(file.size()),
             "no file");
  auto reader = backup::FileReader::Open(absl::StrCat("/proc/self/fd/", memory));
  if (!reader.ok()) return 0;
  internal::v1::BackupPart part;
  int parts = 0;
  for (; parts < kMaxParts; ++parts) {
    const auto next = (*reader)->Next(&part);
    if (!next.ok()) {
      fuzz::Must(!next.status().message().empty(), "an error without a text");
      return 0;
    }
    if (!*next) break;
  }
  fuzz::Must(parts < kMaxParts, "a file without an end");
  return 0;
}
