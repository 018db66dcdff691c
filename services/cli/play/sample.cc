#include "services/cli/play/sample.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/utf8.h"
#include "common/message/text_proto.h"
#include "common/status/error.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"

namespace lianfang::cli {
namespace {

constexpr size_t kMaxPartBytes = size_t{4} << 20;
constexpr size_t kMaxParts = 64;

// Paths of the sample's files, in the order of their names.
absl::StatusOr<std::vector<std::string>> PartsIn(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".txtpb") paths.push_back(it->path().string());
    if (paths.size() > kMaxParts) break;
  }
  if (error || paths.empty() || paths.size() > kMaxParts) {
    return Failure(absl::StrCat("文件夹 ", Printable(folder), " 中应有 1 至 ", kMaxParts,
                                " 个样例文件（*.txtpb）。"),
                   absl::StrCat("The folder ", Printable(folder), " must have 1 to ", kMaxParts,
                                " files of a sample (*.txtpb)."));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

absl::StatusOr<Sample> ReadSample(const std::string& folder) {
  Sample sample;
  LF_ASSIGN_OR_RETURN(const std::vector<std::string> paths, PartsIn(folder));
  for (const std::string& path : paths) {
    LF_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxPartBytes));
    config::v1::SampleYear part;
    const std::string problem = message::ParseTextProto(text, &part);
    if (!problem.empty()) {
      return Failure(
          absl::StrCat("样例 ", Printable(path), " 有误：", Printable(problem)),
          absl::StrCat("The sample ", Printable(path), " is wrong: ", Printable(problem)));
    }
    sample.year.MergeFrom(part);
  }
  LF_ASSIGN_OR_RETURN(sample.directory, ReadDirectory(absl::StrCat(folder, "/directory")));
  return sample;
}

}  // namespace lianfang::cli
