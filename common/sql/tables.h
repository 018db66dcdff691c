// Which tables a database has, as its engine says: for what must reach every table, those of later
// versions too.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/sql/database.h"

namespace lianfang::sql {

// What the schema files call {INT}, {ID} and {BYTES}.
enum class ColumnType { kInt, kText, kBytes };

struct Column {
  std::string name;
  ColumnType type = ColumnType::kInt;
};

struct Table {
  std::string name;
  std::vector<Column> columns;
  std::vector<size_t> key;  // columns of the primary key, in its order
};

// Name of the database that the connection is to; empty where the engine has files.
absl::StatusOr<std::string> DatabaseName(Connection& connection, const Dialect& dialect);

// All tables by name, those that keep the schema included. `database` is another database of the
// same server; empty: the connection's own. An error for a table without a primary key or with
// columns of other types: no schema file makes such.
absl::StatusOr<std::vector<Table>> ListTables(Connection& connection, const Dialect& dialect,
                                              absl::string_view database = "");

// A name as it stands in a statement, in both engines. Names come from the engine itself.
std::string Quoted(absl::string_view name);

// `table` of the database, quoted; `database` as above.
std::string Qualified(absl::string_view database, absl::string_view table);

}  // namespace lianfang::sql
