// The tables that offices fill in: the five of a directory, and 附件2, 5, 6 and 7. What an import
// reads, a template has and an export writes are the same columns.
#pragma once

#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "common/document/form_columns.h"
#include "common/table/xlsx_reader.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/risk/v1/form_import.pb.h"

namespace lianfang::cli {

struct KnownTable {
  const char* id;     // on the command line: `posts`, `department-risks`
  const char* title;  // of its sheet
  std::variant<personnel::v1::DirectoryFile, risk::v1::FormKind> kind;
  std::vector<document::Column> columns;
  // Of a directory's columns, in their order, as the API calls them; else empty.
  std::vector<std::string> api_names;
  // Headings without which a row is not this table's.
  std::vector<std::string> needed;

  // The heading of the column that the API calls so; empty for none.
  std::string HeadingOfApiName(absl::string_view name) const;
  bool is_directory() const { return std::holds_alternative<personnel::v1::DirectoryFile>(kind); }
};

std::span<const KnownTable> KnownTables();
// Null for an id that none has.
const KnownTable* FindTable(absl::string_view id);

// A table as it stands in a file.
struct FoundTable {
  const KnownTable* table = nullptr;
  std::string sheet;
  std::map<int, std::string> headings;          // by column; as KnownTable has them
  std::vector<lianfang::table::SheetRow> rows;  // below the headings; without rows that say nothing
};

// The sheets of a workbook or the one of a CSV file (UTF-8 or GB18030; apostrophes that guard
// formulas are taken away). `name`: of the file, for messages; its ending says what it is.
absl::StatusOr<std::vector<lianfang::table::Sheet>> ReadSheets(const std::string& name,
                                                               const std::string& bytes);

// Finds on each sheet the row of headings, within its first rows, and which table it is; `only`
// (may be null) is the one that it must be. Sheets without any are passed over; an error when no
// sheet has one.
absl::StatusOr<std::vector<FoundTable>> FindTables(
    const std::vector<lianfang::table::Sheet>& sheets, const KnownTable* only);

}  // namespace lianfang::cli
