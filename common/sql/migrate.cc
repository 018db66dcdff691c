#include "common/sql/migrate.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/crypto/sha256.h"
#include "common/sql/schema_state.h"
#include "common/status/error.h"

namespace lianfang::sql {
namespace {

std::string InDialect(absl::string_view text, const Dialect& dialect) {
  return absl::StrReplaceAll(text, {{"{ID}", dialect.id_type},
                                    {"{BYTES}", dialect.bytes_type},
                                    {"{INT}", dialect.int_type},
                                    {"{OPTIONS}", dialect.table_options}});
}

// The file's text without its comments, which may hold anything, also what separates statements.
std::string WithoutComments(absl::string_view text) {
  std::string code;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::StartsWith(absl::StripAsciiWhitespace(line), "--"))
      absl::StrAppend(&code, line, "\n");
  }
  return code;
}

// Files that were applied, and how many statements of a file stand while it is being applied where
// the engine makes each stand at once.
constexpr const char* kOwnTables[] = {
    "CREATE TABLE IF NOT EXISTS schema_migrations (component {ID} NOT NULL, file {ID} NOT NULL, "
    "digest {ID} NOT NULL, PRIMARY KEY (component, file)) {OPTIONS}",
    "CREATE TABLE IF NOT EXISTS schema_progress (component {ID} NOT NULL, file {ID} NOT NULL, "
    "statements {INT} NOT NULL, PRIMARY KEY (component, file)) {OPTIONS}",
};

class Migration {
 public:
  Migration(Connection* connection, SchemaLock* lock, const Dialect* dialect,
            absl::string_view component)
      : connection_(connection), lock_(lock), dialect_(dialect), component_(component) {}

  // Whether the file was applied; an error when it was and has changed since.
  absl::StatusOr<bool> IsApplied(const EmbeddedFile& file) {
    const std::string digest = MigrationDigest(file);
    std::string seen;
    LF_RETURN_IF_ERROR(
        connection_->Query("SELECT digest FROM schema_migrations WHERE component = ? AND file = ?",
                           {Param::Text(component_), Param::Text(file.name)}, [&](const Row& row) {
                             seen = std::string(row.Data(0));
                             return absl::OkStatus();
                           }));
    if (!seen.empty() && seen != digest) {
      return MakeError(common::v1::ERROR_REASON_INTERNAL,
                       absl::StrCat("数据库迁移 ", component_, "/", file.name,
                                    " 与已执行的不一致，请使用与数据相同或更新的版本。"),
                       absl::StrCat("Migration ", component_, "/", file.name,
                                    " is not the one that was applied to this database."));
    }
    return !seen.empty();
  }

  absl::Status Apply(const EmbeddedFile& file) {
    LF_ASSIGN_OR_RETURN(const bool applied, IsApplied(file));
    if (applied) return absl::OkStatus();
    LF_RETURN_IF_ERROR(Statements(file));
    return connection_
        ->Execute(
            "INSERT INTO schema_migrations (component, file, digest) VALUES (?, ?, ?)",
            {Param::Text(component_), Param::Text(file.name), Param::Text(MigrationDigest(file))})
        .status();
  }

 private:
  absl::Status Statements(const EmbeddedFile& file) {
    int64_t done = 0;
    bool resumed = false;
    if (!dialect_->transactional_schema) {
      LF_RETURN_IF_ERROR(connection_->Query(
          "SELECT statements FROM schema_progress WHERE component = ? AND file = ?",
          {Param::Text(component_), Param::Text(file.name)}, [&](const Row& row) {
            done = row.Int(0);
            resumed = true;
            return absl::OkStatus();
          }));
      if (!resumed) LF_RETURN_IF_ERROR(NoteProgress(file, 0));
    }
    int64_t number = 0;
    const std::string code = WithoutComments(file.data);
    for (absl::string_view statement : absl::StrSplit(code, ';')) {
      statement = absl::StripAsciiWhitespace(statement);
      if (statement.empty() || ++number <= done) continue;
      LF_RETURN_IF_ERROR(lock_->Keep());
      const absl::Status status =
          connection_->Execute(InDialect(statement, *dialect_), {}).status();
      // The attempt before was ended between the statement and the note that it stands.
      const bool stands = resumed && number == done + 1 && FailureOf(status) == Failure::kExists;
      if (!status.ok() && !stands) return status;
      if (!dialect_->transactional_schema) LF_RETURN_IF_ERROR(NoteProgress(file, number));
    }
    return absl::OkStatus();
  }

  absl::Status NoteProgress(const EmbeddedFile& file, int64_t statements) {
    return connection_
        ->Execute("REPLACE INTO schema_progress (component, file, statements) VALUES (?, ?, ?)",
                  {Param::Text(component_), Param::Text(file.name), Param::Int(statements)})
        .status();
  }

  Connection* connection_;
  SchemaLock* lock_;
  const Dialect* dialect_;
  absl::string_view component_;
};

}  // namespace

int64_t StatementsOf(const EmbeddedFile& file) {
  int64_t number = 0;
  const std::string code = WithoutComments(file.data);
  for (const absl::string_view statement : absl::StrSplit(code, ';')) {
    number += !absl::StripAsciiWhitespace(statement).empty();
  }
  return number;
}

std::string MigrationDigest(const EmbeddedFile& file) {
  return absl::BytesToHexString(crypto::ToBytes(crypto::Sha256(file.data)));
}

absl::Status Migrate(Database& database, absl::string_view component,
                     std::span<const EmbeddedFile> files) {
  LF_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection, database.Connect());
  const Dialect& dialect = database.dialect();
  if (!dialect.transactional_schema) {
    // The usual start has nothing to change, and then waits for nobody who holds the lock, least of
    // all for one who was killed with it. Before the first start there is no table to ask.
    Migration look(connection.get(), nullptr, &dialect, component);
    const bool done =
        !files.empty() && std::all_of(files.begin(), files.end(), [&](const EmbeddedFile& file) {
          return look.IsApplied(file).value_or(false);
        });
    if (done) return RefuseWhileRestored(*connection);
  }
  LF_ASSIGN_OR_RETURN(const std::unique_ptr<SchemaLock> lock, database.LockSchema());
  for (const char* table : kOwnTables) {
    LF_RETURN_IF_ERROR(connection->Execute(InDialect(table, dialect), {}).status());
  }
  LF_RETURN_IF_ERROR(RefuseWhileRestored(*connection));
  std::vector<EmbeddedFile> ordered(files.begin(), files.end());
  std::sort(ordered.begin(), ordered.end(),
            [](const EmbeddedFile& a, const EmbeddedFile& b) { return a.name < b.name; });
  if (dialect.transactional_schema) LF_RETURN_IF_ERROR(connection->Begin());
  Migration migration(connection.get(), lock.get(), &dialect, component);
  absl::Status applied;
  for (const EmbeddedFile& file : ordered) {
    applied.Update(migration.Apply(file));
    if (!applied.ok()) break;
  }
  if (!dialect.transactional_schema) return applied;
  if (!applied.ok()) {
    connection->Rollback().IgnoreError();
    return applied;
  }
  return connection->Commit();
}

}  // namespace lianfang::sql
