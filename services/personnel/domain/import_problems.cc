#include "services/personnel/domain/import_problems.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/base/utf8.h"
#include "common/status/error.h"

namespace lianfang::personnel {
namespace {

constexpr size_t kKept = 5000;
constexpr int kQuotedWidth = 40;

}  // namespace

absl::string_view FileName(v1::DirectoryFile file) {
  switch (file) {
    case v1::DIRECTORY_FILE_DEPARTMENTS:
      return "departments";
    case v1::DIRECTORY_FILE_POSTS:
      return "posts";
    case v1::DIRECTORY_FILE_PERSONS:
      return "persons";
    case v1::DIRECTORY_FILE_APPOINTMENTS:
      return "appointments";
    case v1::DIRECTORY_FILE_LEADING_GROUP:
      return "leading_group";
    default:
      return "unknown";
  }
}

void Problems::Add(v1::DirectoryFile file, int line, absl::string_view column, absl::string_view zh,
                   absl::string_view en) {
  ++count_;
  if (kept_.size() < kKept) {
    kept_.push_back({file, line, Printable(TruncateToWidth(column, kQuotedWidth)), std::string(zh),
                     std::string(en)});
  }
}

std::vector<const Problems::Problem*> Problems::Sorted() const {
  std::vector<const Problem*> sorted;
  sorted.reserve(kept_.size());
  for (const Problem& problem : kept_) sorted.push_back(&problem);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem* a, const Problem* b) {
    return std::tie(a->file, a->line) < std::tie(b->file, b->line);
  });
  return sorted;
}

void Problems::List(v1::ImportDirectoryResponse* response) const {
  for (const Problem* problem : Sorted()) {
    auto* listed = response->add_problems();
    listed->set_file(std::string(FileName(problem->file)));
    listed->set_line(problem->line);
    listed->set_column(problem->column);
    listed->set_reason(problem->zh);
  }
}

absl::Status Problems::ToError() const {
  std::vector<const Problem*> sorted = Sorted();
  if (sorted.size() > kListedProblems) sorted.resize(kListedProblems);
  std::string zh = absl::StrCat("导入未进行：有 ", count_, " 处问题");
  std::string en =
      absl::StrCat("Nothing was imported: ", count_, count_ == 1 ? " problem" : " problems");
  const size_t more = count_ - sorted.size();
  if (more > 0) {
    absl::StrAppend(&zh, "，只列出前 ", sorted.size(), " 处，还有 ", more, " 处");
    absl::StrAppend(&en, "; the first ", sorted.size(), " are listed, there are ", more, " more");
  }
  ErrorBuilder error(common::v1::ERROR_REASON_IMPORT_REJECTED, absl::StrCat(zh, "。"),
                     absl::StrCat(en, "."));
  error.Meta("problems", absl::StrCat(count_)).Meta("unlisted_problems", absl::StrCat(more));
  for (const Problem* problem : sorted) {
    error.Field(absl::StrCat(FileName(problem->file), ":", problem->line, ":", problem->column),
                problem->zh, problem->en);
  }
  return error;
}

std::string Quoted(absl::string_view cell) {
  // Cut first: only the start of a long cell is worth looking at.
  return Printable(TruncateToWidth(cell.substr(0, 512), kQuotedWidth));
}

}  // namespace lianfang::personnel
