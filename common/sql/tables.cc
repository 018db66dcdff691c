#include "common/sql/tables.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status/error.h"

namespace lianfang::sql {
namespace {

bool IsSqlite(const Dialect& dialect) { return dialect.name == "sqlite"; }

absl::Status AddColumn(Table& table, absl::string_view name, absl::string_view engine_type) {
  const std::string type = absl::AsciiStrToLower(engine_type);
  ColumnType known = ColumnType::kInt;
  if (type == "text" || type == "varbinary") {
    known = ColumnType::kText;
  } else if (type == "blob" || type == "mediumblob") {
    known = ColumnType::kBytes;
  } else if (type != "integer" && type != "bigint") {
    return absl::InternalError(
        absl::StrCat("column ", table.name, ".", name, " is of the type ", type));
  }
  table.columns.push_back({std::string(name), known});
  return absl::OkStatus();
}

absl::Status AddKey(Table& table, absl::string_view column) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const Column& one) { return one.name == column; });
  if (found == table.columns.end()) {
    return absl::InternalError(absl::StrCat("no column ", table.name, ".", column));
  }
  table.key.push_back(static_cast<size_t>(found - table.columns.begin()));
  return absl::OkStatus();
}

absl::Status ReadSqlite(Connection& connection, std::map<std::string, Table>& tables) {
  LF_RETURN_IF_ERROR(connection.Query(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'", {},
      [&](const Row& row) {
        tables[std::string(row.Data(0))];
        return absl::OkStatus();
      }));
  for (auto& entry : tables) {
    Table& table = entry.second;
    table.name = entry.first;
    std::map<int64_t, std::string> key;
    LF_RETURN_IF_ERROR(
        connection.Query("SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid",
                         {Param::Text(table.name)}, [&](const Row& row) {
                           const std::string column(row.Data(0));
                           const std::string type(row.Data(1));
                           if (row.Int(2) > 0) key[row.Int(2)] = column;
                           return AddColumn(table, column, type);
                         }));
    for (const auto& [place, column] : key) LF_RETURN_IF_ERROR(AddKey(table, column));
  }
  return absl::OkStatus();
}

absl::Status ReadMysql(Connection& connection, absl::string_view database,
                       std::map<std::string, Table>& tables) {
  const Param schema = Param::Text(database);
  LF_RETURN_IF_ERROR(connection.Query(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_type = "
      "'BASE TABLE'",
      {schema}, [&](const Row& row) {
        const std::string name(row.Data(0));
        tables[name].name = name;
        return absl::OkStatus();
      }));
  LF_RETURN_IF_ERROR(connection.Query(
      "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE "
      "table_schema = ? ORDER BY table_name, ordinal_position",
      {schema}, [&](const Row& row) {
        const auto table = tables.find(std::string(row.Data(0)));
        if (table == tables.end()) return absl::OkStatus();  // a view
        return AddColumn(table->second, row.Data(1), row.Data(2));
      }));
  return connection.Query(
      "SELECT table_name, column_name FROM information_schema.statistics WHERE table_schema = ? "
      "AND index_name = 'PRIMARY' ORDER BY table_name, seq_in_index",
      {schema}, [&](const Row& row) {
        const auto table = tables.find(std::string(row.Data(0)));
        if (table == tables.end()) return absl::OkStatus();
        return AddKey(table->second, row.Data(1));
      });
}

}  // namespace

absl::StatusOr<std::string> DatabaseName(Connection& connection, const Dialect& dialect) {
  std::string name;
  if (IsSqlite(dialect)) return name;
  LF_RETURN_IF_ERROR(connection.Query("SELECT DATABASE()", {}, [&](const Row& row) {
    name = std::string(row.Data(0));
    return absl::OkStatus();
  }));
  return name;
}

absl::StatusOr<std::vector<Table>> ListTables(Connection& connection, const Dialect& dialect,
                                              absl::string_view database) {
  std::map<std::string, Table> found;
  if (IsSqlite(dialect)) {
    LF_RETURN_IF_ERROR(ReadSqlite(connection, found));
  } else {
    std::string name(database);
    if (name.empty()) {
      LF_ASSIGN_OR_RETURN(name, DatabaseName(connection, dialect));
    }
    LF_RETURN_IF_ERROR(ReadMysql(connection, name, found));
  }
  std::vector<Table> tables;
  tables.reserve(found.size());
  for (auto& [name, table] : found) {
    if (table.key.empty()) {
      return absl::InternalError(absl::StrCat("table ", name, " has no primary key"));
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

std::string Quoted(absl::string_view name) {
  return absl::StrCat("`", absl::StrReplaceAll(name, {{"`", "``"}}), "`");
}

std::string Qualified(absl::string_view database, absl::string_view table) {
  return database.empty() ? Quoted(table) : absl::StrCat(Quoted(database), ".", Quoted(table));
}

}  // namespace lianfang::sql
