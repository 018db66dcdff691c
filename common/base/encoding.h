#ifndef LIANFANG_COMMON_BASE_ENCODING_H_
#define LIANFANG_COMMON_BASE_ENCODING_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lianfang {

enum class Encoding {
  kUtf8,
  kUtf8Bom,  // UTF-8 that starts with a byte order mark.
  kGb18030,  // What spreadsheet programs write as "CSV" on a Chinese system; GBK and GB2312 too.
};

// "UTF-8", "UTF-8 with BOM" or "GB18030".
absl::string_view EncodingName(Encoding encoding);

// The text of a file that a person made, as strict UTF-8 without a byte order mark. Reads UTF-8,
// with or without the mark, and otherwise GB18030. `detected` may be null; it is set on success.
//
// INVALID_ARGUMENT, naming the offset in bytes where one helps, for: bytes that are neither; UTF-16
// and UTF-32; a workbook instead of a CSV; a NUL byte; UTF-8 with damaged bytes, which is not read
// as GB18030 although that decodes: the result would be other characters, silently.
// FAILED_PRECONDITION when the system's iconv has no GB18030.
//
// A file that is valid in both encodings is read as UTF-8. This needs every Chinese character in it
// to be one of a few (“联通” alone in GBK is such a file), so tables of sentences are safe.
absl::StatusOr<std::string> ToUtf8(absl::string_view bytes, Encoding* detected);

}  // namespace lianfang

#endif  // LIANFANG_COMMON_BASE_ENCODING_H_
