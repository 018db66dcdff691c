#include "common/table/import_problems.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/utf8.h"
#include "common/status/error.h"

namespace lianfang::table {
namespace {

constexpr size_t kKept = 5000;
constexpr int kQuotedWidth = 40;

}  // namespace

void ImportProblems::Add(ImportProblem problem) {
  ++count_;
  if (kept_.size() < kKept) kept_.push_back(std::move(problem));
}

std::vector<const ImportProblem*> ImportProblems::Sorted() const {
  std::vector<const ImportProblem*> sorted;
  sorted.reserve(kept_.size());
  for (const ImportProblem& problem : kept_) sorted.push_back(&problem);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    return std::tie(a->order, a->row) < std::tie(b->order, b->row);
  });
  return sorted;
}

absl::Status ImportProblems::ToError() const {
  std::vector<const ImportProblem*> sorted = Sorted();
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
  for (const ImportProblem* problem : sorted) error.Field(problem->place, problem->zh, problem->en);
  return error;
}

std::string Quoted(absl::string_view cell) {
  // Cut first: only the start of a long cell is worth looking at.
  return Printable(TruncateToWidth(cell.substr(0, 512), kQuotedWidth));
}

}  // namespace lianfang::table
