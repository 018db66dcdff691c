#include "common/sql/migrate.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/crypto/sha256.h"
#include "common/status/error.h"

namespace lianfang::sql {
namespace {

std::string InDialect(absl::string_view text, const Dialect& dialect) {
  return absl::StrReplaceAll(text, {{"{ID}", dialect.id_type},
                                    {"{BYTES}", dialect.bytes_type},
                                    {"{INT}", dialect.int_type},
                                    {"{OPTIONS}", dialect.table_options}});
}

}  // namespace

absl::Status Migrate(Connection& connection, const Dialect& dialect, absl::string_view component,
                     std::span<const EmbeddedFile> files) {
  LF_RETURN_IF_ERROR(
      connection
          .Execute(
              InDialect("CREATE TABLE IF NOT EXISTS schema_migrations (component {ID} NOT NULL, "
                        "file {ID} NOT NULL, digest {ID} NOT NULL, "
                        "PRIMARY KEY (component, file)) {OPTIONS}",
                        dialect),
              {})
          .status());
  std::vector<EmbeddedFile> ordered(files.begin(), files.end());
  std::sort(ordered.begin(), ordered.end(),
            [](const EmbeddedFile& a, const EmbeddedFile& b) { return a.name < b.name; });
  LF_RETURN_IF_ERROR(connection.Begin());
  const absl::Status applied = [&]() -> absl::Status {
    for (const EmbeddedFile& file : ordered) {
      const std::string digest = absl::BytesToHexString(crypto::ToBytes(crypto::Sha256(file.data)));
      std::string seen;
      LF_RETURN_IF_ERROR(
          connection.Query("SELECT digest FROM schema_migrations WHERE component = ? AND file = ?",
                           {Param::Text(component), Param::Text(file.name)}, [&](const Row& row) {
                             seen = std::string(row.Data(0));
                             return absl::OkStatus();
                           }));
      if (seen == digest) continue;
      if (!seen.empty()) {
        return MakeError(common::v1::ERROR_REASON_INTERNAL,
                         absl::StrCat("数据库迁移 ", component, "/", file.name,
                                      " 与已执行的不一致，请使用与数据相同或更新的版本。"),
                         absl::StrCat("Migration ", component, "/", file.name,
                                      " is not the one that was applied to this database."));
      }
      for (absl::string_view statement : absl::StrSplit(file.data, ';')) {
        statement = absl::StripAsciiWhitespace(statement);
        if (statement.empty()) continue;
        LF_RETURN_IF_ERROR(connection.Execute(InDialect(statement, dialect), {}).status());
      }
      LF_RETURN_IF_ERROR(
          connection
              .Execute("INSERT INTO schema_migrations (component, file, digest) VALUES (?, ?, ?)",
                       {Param::Text(component), Param::Text(file.name), Param::Text(digest)})
              .status());
    }
    return absl::OkStatus();
  }();
  if (!applied.ok()) {
    connection.Rollback().IgnoreError();
    return applied;
  }
  return connection.Commit();
}

}  // namespace lianfang::sql
