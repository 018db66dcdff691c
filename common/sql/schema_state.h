// What a database says of its own schema, and of a restore that fills it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/sql/database.h"
#include "common/sql/tables.h"

namespace lianfang::sql {

struct AppliedMigration {
  std::string component;
  std::string file;
  std::string digest;
};

// A restore puts its mark into every database that it fills before the first row, and takes all of
// them away when everything stands everywhere. A database with a mark is served by nobody: Migrate
// refuses it. The next restore finds the mark and clears the database, or, when all databases had
// been filled, takes away the marks that are left.
enum class RestoreState {
  kNone,
  kBegun,   // this database or another one of the group is not complete
  kFilled,  // all databases of the group are complete
};

struct RestoreMark {
  RestoreState state = RestoreState::kNone;
  std::string backup;  // id of the backup
};

struct SchemaState {
  bool exists = false;  // whether any migration was ever begun
  std::vector<AppliedMigration> applied;
  // A migration was ended in the middle; the next start of the service goes on with it.
  bool unfinished = false;
  RestoreMark restore;
};

// `tables` are those of ListTables, `database` as there.
absl::StatusOr<SchemaState> ReadSchemaState(Connection& connection, absl::Span<const Table> tables,
                                            absl::string_view database = "");

// Whether the table keeps the schema itself, so that it is no data: migrations, their progress, the
// lock.
bool KeepsSchema(absl::string_view table);

// An error while the database has a mark. The table of migrations must be there.
absl::Status RefuseWhileRestored(Connection& connection);

// Puts the mark in the place of another one; kNone takes it away. Durable when it returns.
absl::Status SetRestoreMark(Connection& connection, const RestoreMark& mark);

// Takes away all tables and all that is in them; the table with the mark last, so that an end in
// between shows.
absl::Status DropTables(Connection& connection, const Dialect& dialect,
                        absl::Span<const Table> tables);

// An error when others have connections to the connection's database. A server's account sees its
// own ones on the node that it is connected to. Files need the lock of their folder instead.
absl::Status RefuseOtherConnections(Connection& connection, const Dialect& dialect);

}  // namespace lianfang::sql
