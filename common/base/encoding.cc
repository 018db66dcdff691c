#include "common/base/encoding.h"

#include <iconv.h>

#include <cerrno>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/byte_order_mark.h"
#include "common/base/utf8.h"

namespace lianfang {
namespace {

class Converter {
 public:
  Converter() : handle_(iconv_open("UTF-8", "GB18030")) {}
  ~Converter() {
    if (ok()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool ok() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  // Appends the text of `bytes` to `out`; returns the offset of the first byte that cannot be read.
  std::optional<size_t> Convert(absl::string_view bytes, std::string* out) {
    // iconv takes a pointer to mutable bytes but only reads them.
    char* in = const_cast<char*>(bytes.data());
    size_t in_left = bytes.size();
    char buffer[8192];
    // Every turn either ends or takes at least one character, as the buffer holds many.
    while (in_left > 0) {
      char* to = buffer;
      size_t to_left = sizeof(buffer);
      const size_t rc = iconv(handle_, &in, &in_left, &to, &to_left);
      const int error = rc == static_cast<size_t>(-1) ? errno : 0;
      out->append(buffer, sizeof(buffer) - to_left);
      if (error != 0 && error != E2BIG) return bytes.size() - in_left;
    }
    return std::nullopt;
  }

 private:
  iconv_t handle_;
};

absl::Status Refuse(absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("the file is ", what, "; save it as CSV in UTF-8 or GB18030"));
}

// Errors that are known from the first bytes. A marker is longer than any text that a CSV in UTF-8
// or GB18030 may start with, as 0xFF and 0xFE 0xFF start no character in either.
absl::Status CheckSignature(absl::string_view bytes) {
  if (absl::StartsWith(bytes, absl::string_view("\xFF\xFE\0\0", 4)) ||
      absl::StartsWith(bytes, absl::string_view("\0\0\xFE\xFF", 4))) {
    return Refuse("UTF-32 text");
  }
  if (absl::StartsWith(bytes, "\xFF\xFE") || absl::StartsWith(bytes, "\xFE\xFF")) {
    return Refuse("UTF-16 text");
  }
  if (absl::StartsWith(bytes, "PK\x03\x04") ||
      absl::StartsWith(bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) {
    return Refuse("a workbook or an archive, not text");
  }
  return absl::OkStatus();
}

// True when `bytes`, which are not UTF-8 throughout, can hardly be anything but damaged UTF-8:
// sequences of three bytes or more, such as every Chinese character is there, outnumber the stray
// bytes. In GB18030 text nearly every character is stray bytes, and such a sequence needs rare
// characters in exactly the right places.
bool LooksLikeUtf8(absl::string_view bytes) {
  size_t sequences = 0;
  size_t strays = 0;
  while (!bytes.empty()) {
    const absl::string_view before = bytes;
    const char32_t c = NextLossy(bytes);
    const size_t length = before.size() - bytes.size();
    if (length >= 3) ++sequences;
    if (length == 1 && c == kReplacementCharacter) ++strays;
  }
  return sequences >= 2 && sequences > strays;
}

}  // namespace

absl::string_view EncodingName(Encoding encoding) {
  switch (encoding) {
    case Encoding::kUtf8:
      return "UTF-8";
    case Encoding::kUtf8Bom:
      return "UTF-8 with BOM";
    case Encoding::kGb18030:
      return "GB18030";
  }
  return "unknown";
}

absl::StatusOr<std::string> ToUtf8(absl::string_view bytes, Encoding* detected) {
  if (absl::Status status = CheckSignature(bytes); !status.ok()) return status;
  // UTF-16 without a mark shows itself here; in GB18030 and UTF-8 NUL is only ever NUL.
  if (const size_t nul = bytes.find('\0'); nul != absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("byte ", nul, " of the file is NUL: it is not text in UTF-8 or GB18030"));
  }

  const bool marked = absl::StartsWith(bytes, kByteOrderMark);
  const std::optional<size_t> bad_utf8 = FindInvalidUtf8(bytes);
  if (!bad_utf8) {
    if (detected != nullptr) *detected = marked ? Encoding::kUtf8Bom : Encoding::kUtf8;
    return std::string(bytes.substr(marked ? kByteOrderMark.size() : 0));
  }
  if (marked || LooksLikeUtf8(bytes)) {
    return absl::InvalidArgumentError(absl::StrCat("the file is UTF-8 but damaged: byte ",
                                                   *bad_utf8, " belongs to no character"));
  }

  Converter converter;
  if (!converter.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("byte ", *bad_utf8,
                     " of the file is not UTF-8, and this system cannot read GB18030: its iconv "
                     "has no such converter"));
  }
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 2);
  std::optional<size_t> bad_gb = converter.Convert(bytes, &text);
  if (!bad_gb && !IsValidUtf8(text)) bad_gb = *bad_utf8;
  if (bad_gb) {
    return absl::InvalidArgumentError(absl::StrCat("the file is neither UTF-8 (byte ", *bad_utf8,
                                                   ") nor GB18030 (byte ", *bad_gb, ")"));
  }
  if (absl::StartsWith(text, kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  if (detected != nullptr) *detected = Encoding::kGb18030;
  return text;
}

}  // namespace lianfang
