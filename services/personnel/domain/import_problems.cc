#include "services/personnel/domain/import_problems.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace lianfang::personnel {

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
  problems_.Add({.order = file,
                 .row = line,
                 .place = absl::StrCat(FileName(file), ":", line, ":", Quoted(column)),
                 .zh = std::string(zh),
                 .en = std::string(en)});
}

void Problems::List(v1::ImportDirectoryResponse* response) const {
  for (const table::ImportProblem* problem : problems_.Sorted()) {
    auto* listed = response->add_problems();
    // The column may hold anything, the file's name no colon.
    const std::vector<std::string> place = absl::StrSplit(problem->place, absl::MaxSplits(':', 2));
    listed->set_file(place[0]);
    listed->set_line(problem->row);
    listed->set_column(place[2]);
    listed->set_reason(problem->zh);
  }
}

}  // namespace lianfang::personnel
