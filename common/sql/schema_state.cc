#include "common/sql/schema_state.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/error.h"

namespace lianfang::sql {
namespace {

constexpr char kMigrations[] = "schema_migrations";
constexpr char kProgress[] = "schema_progress";
constexpr char kLock[] = "schema_lock";
// A component of this name is no component: its row is the mark of a restore, its file the backup,
// its digest the state.
constexpr char kRestore[] = "(restore)";
constexpr char kBegun[] = "begun";
constexpr char kFilled[] = "filled";
// Connections of processes that have just ended may be seen a little longer.
constexpr absl::Duration kLinger = absl::Seconds(2);

}  // namespace

bool KeepsSchema(absl::string_view table) {
  return table == kMigrations || table == kProgress || table == kLock;
}

absl::StatusOr<SchemaState> ReadSchemaState(Connection& connection, absl::Span<const Table> tables,
                                            absl::string_view database) {
  const auto has = [&](absl::string_view name) {
    return std::any_of(tables.begin(), tables.end(),
                       [&](const Table& table) { return table.name == name; });
  };
  SchemaState state;
  if (!has(kMigrations)) return state;
  state.exists = true;
  LF_RETURN_IF_ERROR(connection.Query(
      absl::StrCat("SELECT component, file, digest FROM ", Qualified(database, kMigrations),
                   " ORDER BY component, file"),
      {}, [&](const Row& row) {
        AppliedMigration one{std::string(row.Data(0)), std::string(row.Data(1)),
                             std::string(row.Data(2))};
        if (one.component == kRestore) {
          state.restore = {one.digest == kFilled ? RestoreState::kFilled : RestoreState::kBegun,
                           one.file};
        } else {
          state.applied.push_back(std::move(one));
        }
        return absl::OkStatus();
      }));
  if (!has(kProgress)) return state;
  LF_RETURN_IF_ERROR(connection.Query(
      absl::StrCat("SELECT component, file FROM ", Qualified(database, kProgress)), {},
      [&](const Row& row) {
        const std::string component(row.Data(0));
        const std::string file(row.Data(1));
        state.unfinished |= std::none_of(state.applied.begin(), state.applied.end(),
                                         [&](const AppliedMigration& one) {
                                           return one.component == component && one.file == file;
                                         });
        return absl::OkStatus();
      }));
  return state;
}

absl::Status RefuseWhileRestored(Connection& connection) {
  bool marked = false;
  LF_RETURN_IF_ERROR(connection.Query("SELECT file FROM schema_migrations WHERE component = ?",
                                      {Param::Text(kRestore)}, [&](const Row&) {
                                        marked = true;
                                        return absl::OkStatus();
                                      }));
  if (!marked) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE,
                   "数据库正在从备份恢复，或上次恢复没有完成；请等待其结束，或重新执行 lianfang "
                   "restore。",
                   "The database is being restored from a backup, or a restore did not end: wait, "
                   "or run lianfang restore again.");
}

absl::Status SetRestoreMark(Connection& connection, const RestoreMark& mark) {
  LF_RETURN_IF_ERROR(connection.Begin());
  absl::Status status =
      connection
          .Execute("DELETE FROM schema_migrations WHERE component = ?", {Param::Text(kRestore)})
          .status();
  if (status.ok() && mark.state != RestoreState::kNone) {
    status =
        connection
            .Execute("INSERT INTO schema_migrations (component, file, digest) VALUES (?, ?, ?)",
                     {Param::Text(kRestore), Param::Text(mark.backup),
                      Param::Text(mark.state == RestoreState::kFilled ? kFilled : kBegun)})
            .status();
  }
  if (status.ok()) return connection.Commit();
  connection.Rollback().IgnoreError();
  return status;
}

absl::Status DropTables(Connection& connection, const Dialect& dialect,
                        absl::Span<const Table> tables) {
  if (dialect.transactional_schema) LF_RETURN_IF_ERROR(connection.Begin());
  const auto drop = [&](absl::string_view name) {
    return connection.Execute(absl::StrCat("DROP TABLE ", Quoted(name)), {}).status();
  };
  absl::Status status;
  bool migrations = false;
  for (const Table& table : tables) {
    migrations |= table.name == kMigrations;
    // Whoever changes the schema now holds the lock.
    if (table.name != kMigrations && table.name != kLock) status.Update(drop(table.name));
    if (!status.ok()) break;
  }
  if (status.ok() && migrations) status = drop(kMigrations);
  if (!dialect.transactional_schema) return status;
  if (status.ok()) return connection.Commit();
  connection.Rollback().IgnoreError();
  return status;
}

absl::Status RefuseOtherConnections(Connection& connection, const Dialect& dialect) {
  if (dialect.name == "sqlite") return absl::OkStatus();
  const absl::Time until = absl::Now() + kLinger;
  while (true) {
    int64_t others = 0;
    LF_RETURN_IF_ERROR(connection.Query(
        "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND id <> "
        "CONNECTION_ID()",
        {}, [&](const Row& row) {
          others = row.Int(0);
          return absl::OkStatus();
        }));
    if (others == 0) return absl::OkStatus();
    if (absl::Now() > until) break;
    absl::SleepFor(absl::Milliseconds(100));
  }
  return MakeError(common::v1::ERROR_REASON_STILL_IN_USE,
                   "数据库正被其他进程使用：请先停掉全部服务。",
                   "Others are connected to the database: stop all services first.");
}

}  // namespace lianfang::sql
