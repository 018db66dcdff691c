// What is wrong with an import, place by place.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::personnel {

// Problems that an error lists; it says how many more there are. An error travels as metadata, of
// which most clients take 8 KiB.
inline constexpr size_t kListedProblems = 12;

// `departments`, `posts`, `persons`, `appointments` or `leading_group`.
absl::string_view FileName(v1::DirectoryFile file);

class Problems {
 public:
  // `line` from 1; `column` is the column's title as the file has it.
  void Add(v1::DirectoryFile file, int line, absl::string_view column, absl::string_view zh,
           absl::string_view en);

  size_t count() const { return count_; }
  bool empty() const { return count_ == 0; }

  // IMPORT_REJECTED with one violation `{file}:{line}:{column}` for each problem, by file and line;
  // the first kListedProblems of them. Must not be empty.
  absl::Status ToError() const;
  // All that were kept, by file and line.
  void List(v1::ImportDirectoryResponse* response) const;

 private:
  struct Problem {
    v1::DirectoryFile file;
    int line;
    std::string column;
    std::string zh;
    std::string en;
  };
  std::vector<const Problem*> Sorted() const;

  std::vector<Problem> kept_;  // no more than memory is worth spending on; the rest is only counted
  size_t count_ = 0;
};

// What a cell holds, short enough for a message and safe for a terminal.
std::string Quoted(absl::string_view cell);

}  // namespace lianfang::personnel
