// How backups are packed; for the sources beside it.
#pragma once

namespace lianfang::backup {

// 32 KiB of window, with the header and trailer of gzip.
inline constexpr int kGzipWindow = 15 + 16;

}  // namespace lianfang::backup
