// What is wrong with an import, place by place.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/table/import_problems.h"
#include "lianfang/personnel/v1/personnel.pb.h"

namespace lianfang::personnel {

using table::kListedProblems;
using table::Quoted;

// `departments`, `posts`, `persons`, `appointments` or `leading_group`.
absl::string_view FileName(v1::DirectoryFile file);

class Problems {
 public:
  // `line` from 1; `column` is the column's title as the file has it.
  void Add(v1::DirectoryFile file, int line, absl::string_view column, absl::string_view zh,
           absl::string_view en);

  size_t count() const { return problems_.count(); }
  bool empty() const { return problems_.empty(); }

  // IMPORT_REJECTED with one violation `{file}:{line}:{column}` for each problem, by file and line;
  // the first kListedProblems of them. Must not be empty.
  absl::Status ToError() const { return problems_.ToError(); }
  // All that were kept, by file and line.
  void List(v1::ImportDirectoryResponse* response) const;

 private:
  table::ImportProblems problems_;
};

}  // namespace lianfang::personnel
