// What is wrong with an import, place by place: kept up to a bound, listed as far as an error has
// room.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace lianfang::table {

// Problems that an error lists; it says how many more there are. An error travels as metadata, of
// which most clients take 8 KiB.
inline constexpr size_t kListedProblems = 12;

struct ImportProblem {
  int order = 0;  // of the file or sheet
  int row = 0;    // from 1
  std::string place;
  std::string zh;
  std::string en;
};

class ImportProblems {
 public:
  void Add(ImportProblem problem);

  size_t count() const { return count_; }
  bool empty() const { return count_ == 0; }

  // IMPORT_REJECTED with one violation for each problem, by order and row; the first
  // kListedProblems of them. Must not be empty.
  absl::Status ToError() const;
  // All that were kept, by order and row.
  std::vector<const ImportProblem*> Sorted() const;

 private:
  std::vector<ImportProblem>
      kept_;  // no more than memory is worth spending on; the rest is only counted
  size_t count_ = 0;
};

// What a cell holds, short enough for a message and safe for a terminal.
std::string Quoted(absl::string_view cell);

}  // namespace lianfang::table
