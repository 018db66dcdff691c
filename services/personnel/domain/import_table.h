// The files of a directory as tables: which columns each has, and how bytes or rows become cells in
// a known order.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "services/personnel/domain/import_problems.h"

namespace lianfang::personnel {

// A column: its name in the API, then other titles that it may have, and what stands in its cells,
// in the words of whoever fills it in.
struct Column {
  absl::string_view name;
  std::vector<absl::string_view> titles;
  std::string meaning;
};

// The columns of a file, in the order of Row::cells. Empty for a file that is not known.
std::span<const Column> ColumnsOf(v1::DirectoryFile file);

// Most rows of one file.
inline constexpr size_t kMaxRows = 20000;

struct Row {
  int line = 0;                    // in the file, from 1
  std::vector<std::string> cells;  // one for each of ColumnsOf, trimmed
};

struct Table {
  v1::DirectoryFile file = v1::DIRECTORY_FILE_UNSPECIFIED;
  std::vector<std::string> titles;  // as the file has them, one for each of ColumnsOf
  std::vector<Row> rows;
  // Some of the file could not be read: what other files refer to may well be in it.
  bool incomplete = false;
};

// Reads a CSV file: UTF-8 with or without byte order mark, or GB18030. Columns may come in any
// order; columns that are not known are passed over. What is wrong is added to `problems`.
Table ReadCsvFile(v1::DirectoryFile file, absl::string_view bytes, Problems* problems);

// Takes rows that are split into columns already.
Table ReadRows(v1::DirectoryFile file, const std::vector<const v1::ImportRow*>& rows,
               Problems* problems);

}  // namespace lianfang::personnel
