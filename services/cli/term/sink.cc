#include "services/cli/term/sink.h"

namespace lianfang::cli {

void FileSink::Write(absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file_);
  std::fflush(file_);
}

}  // namespace lianfang::cli
