#include "common/backup/restore.h"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/backup/column_type.h"
#include "common/backup/file_reader.h"
#include "common/backup/key_files.h"
#include "common/backup/schemas.h"
#include "common/backup/table_filler.h"
#include "common/server/folder_lock.h"
#include "common/server/storage.h"
#include "common/sql/schema_state.h"
#include "common/sql/tables.h"
#include "common/status/error.h"

namespace lianfang::backup {

using internal::v1::BackupPart;
using sql::RestoreState;

namespace {

absl::Status NotEmpty(absl::string_view service, absl::string_view table) {
  return MakeError(
      common::v1::ERROR_REASON_RESOURCE_EXISTS,
      absl::StrCat("服务 ", service, " 的数据库不是空的（表 ", table,
                   "）：只能恢复到空的数据库，没有改动任何数据。"),
      absl::StrCat("The database of ", service, " is not empty (table ", table,
                   "): a backup is restored into empty databases only. Nothing was changed."));
}

absl::Status OtherBackup() {
  return MakeError(
      common::v1::ERROR_REASON_RESOURCE_EXISTS,
      "这些数据库此前已由另一份备份完整恢复，刚才补完了其最后一步；数据库不是空的。",
      "An earlier restore of another backup had filled these databases; its last step was made "
      "now. They are not empty.");
}

absl::Status WrongTables(absl::string_view service) {
  return MakeError(
      common::v1::ERROR_REASON_INVALID_FIELD,
      absl::StrCat("备份中服务 ", service, " 的表与其所列的数据库迁移不符，没有恢复。"),
      absl::StrCat("The tables of ", service,
                   " in the backup are not those of its migrations; nothing was restored."));
}

using Columns = std::map<std::string, int>;  // type by name

class Restoration {
 public:
  Restoration(const config::v1::ServerConfig& config,
              const std::vector<server::ModuleSpec>& modules, const RestoreOptions& options)
      : config_(config), schemas_(modules), options_(options) {}

  absl::StatusOr<RestoreSummary> Run() {
    LF_ASSIGN_OR_RETURN(reader_, FileReader::Open(options_.input));
    LF_RETURN_IF_ERROR(CheckFile());
    LF_RETURN_IF_ERROR(CheckKeyFiles());
    LF_RETURN_IF_ERROR(MakeFolder(config_.data_dir()));
    LF_ASSIGN_OR_RETURN(
        const auto lock,
        server::FolderLock::Take(config_.data_dir(), server::FolderLock::Use::kRestore));
    LF_RETURN_IF_ERROR(OpenTargets());
    LF_ASSIGN_OR_RETURN(const std::string filled, Examine());
    if (filled.empty()) {
      absl::Status status = Fill();
      if (!status.ok()) {
        // What cannot be cleared has its mark, and the next restore clears it; the keys stay with
        // it.
        if (Clear().ok()) {
          for (const std::string& path : made_keys_) unlink(path.c_str());
        }
        return status;
      }
    }
    LF_RETURN_IF_ERROR(Complete(/*earlier=*/!filled.empty()));
    if (!filled.empty() && filled != summary_.header.id()) return OtherBackup();
    summary_.was_complete = !filled.empty();
    summary_.ledger_key_missing = !HasLedgerKey(config_);
    return std::move(summary_);
  }

 private:
  struct Target {
    std::string service;
    std::unique_ptr<sql::Database> database;
    std::unique_ptr<sql::Connection> connection;
    std::vector<sql::Table> tables;  // that it had at the beginning
    sql::SchemaState schema;
    bool wanted = false;  // the backup has it
  };

  // The whole file is read before anything is touched.
  absl::Status CheckFile() {
    BackupPart part;
    int64_t told = 0;
    while (true) {
      LF_ASSIGN_OR_RETURN(const bool more, reader_->Next(&part));
      if (options_.checked) options_.checked(reader_->position() - told, reader_->size());
      told = reader_->position();
      // What a damaged file says of its migrations is nothing to tell anybody.
      if (!more) return schemas_.Check(summary_.header);
      if (part.has_header()) {
        summary_.header = part.header();
      } else if (part.has_table()) {
        Columns& columns = tables_[part.table().service()][part.table().table()];
        for (const auto& column : part.table().columns()) columns[column.name()] = column.type();
      } else if (part.has_keys()) {
        has_keys_ = true;
        keys_ = part.keys();
      } else if (part.has_end()) {
        summary_.counts.assign(part.end().counts().begin(), part.end().counts().end());
        for (const auto& count : summary_.counts) total_ += count.rows();
      }
    }
  }

  absl::Status CheckKeyFiles() const {
    if (options_.include_keys) {
      if (!has_keys_) {
        return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                         "备份中没有密钥：它不是用 --include-keys 做的。",
                         "The backup holds no keys: it was made without --include-keys.");
      }
      return CheckKeys(config_, keys_);
    }
    const std::string& of_backup = summary_.header.ledger_public_key();
    const std::string here = LedgerPublicKey(config_);
    if (of_backup.empty() || here.empty() || of_backup == here ||
        WasLedgerKey(config_, of_backup)) {
      return absl::OkStatus();
    }
    return MakeError(
        common::v1::ERROR_REASON_RESOURCE_EXISTS,
        "此处的账本密钥（ledger."
        "pem）不是备份所属的那一个：恢复后，上级将不再信任这些账本。请先放回原来的"
        "密钥，或用 --include-keys 恢复。",
        "The ledger key here (ledger.pem) is not that of the backup: the layer above would not "
        "trust "
        "the ledgers. Put the former key in its place, or restore with --include-keys.");
  }

  absl::Status OpenTargets() {
    for (const std::string& service : schemas_.services()) {
      Target target;
      target.service = service;
      target.wanted =
          std::any_of(summary_.header.services().begin(), summary_.header.services().end(),
                      [&](const auto& one) { return one.service() == service; });
      if (target.wanted) {
        LF_ASSIGN_OR_RETURN(target.database, server::OpenStorage(config_, service));
        if (!config_.storage().has_mysql()) {
          LF_RETURN_IF_ERROR(
              GiveToOwnerOf(config_.data_dir(), server::StorageFile(config_, service)));
        }
      } else {
        LF_ASSIGN_OR_RETURN(target.database, server::OpenExistingStorage(config_, service));
        if (target.database == nullptr) continue;
      }
      LF_ASSIGN_OR_RETURN(target.connection, target.database->Connect());
      targets_.push_back(std::move(target));
    }
    return absl::OkStatus();
  }

  // Whether the targets may be used. Gives the id of the backup that an earlier restore had filled
  // them with, and empty when they are to be filled.
  absl::StatusOr<std::string> Examine() {
    std::string filled;
    for (Target& target : targets_) {
      sql::Connection& connection = *target.connection;
      const sql::Dialect& dialect = target.database->dialect();
      LF_RETURN_IF_ERROR(sql::RefuseOtherConnections(connection, dialect));
      LF_ASSIGN_OR_RETURN(target.tables, sql::ListTables(connection, dialect));
      LF_ASSIGN_OR_RETURN(target.schema, sql::ReadSchemaState(connection, target.tables));
      if (target.schema.restore.state == RestoreState::kFilled) {
        filled = target.schema.restore.backup;
      }
    }
    if (!filled.empty()) return filled;
    for (Target& target : targets_) {
      if (target.schema.restore.state == RestoreState::kBegun) continue;
      for (const sql::Table& table : target.tables) {
        if (sql::KeepsSchema(table.name)) continue;
        // Tables that no migration made are somebody else's, with rows or without.
        if (!target.schema.exists) return NotEmpty(target.service, table.name);
        bool rows = false;
        LF_RETURN_IF_ERROR(target.connection->Query(
            absl::StrCat("SELECT 1 FROM ", sql::Quoted(table.name), " LIMIT 1"), {},
            [&](const sql::Row&) {
              rows = true;
              return absl::OkStatus();
            }));
        if (rows) return NotEmpty(target.service, table.name);
      }
    }
    return filled;
  }

  // Empties the targets, tables included: those that are there may be of newer migrations than the
  // backup's.
  absl::Status Clear() {
    for (Target& target : targets_) {
      if (!target.wanted && target.schema.restore.state == RestoreState::kNone) continue;
      const sql::Dialect& dialect = target.database->dialect();
      LF_ASSIGN_OR_RETURN(const auto lock, target.database->LockSchema());
      // A new one: that of a transaction that failed may be broken.
      LF_ASSIGN_OR_RETURN(target.connection, target.database->Connect());
      LF_ASSIGN_OR_RETURN(const auto tables, sql::ListTables(*target.connection, dialect));
      LF_ASSIGN_OR_RETURN(const auto schema, sql::ReadSchemaState(*target.connection, tables));
      if (schema.exists) LF_RETURN_IF_ERROR(Mark(target, RestoreState::kBegun));
      LF_RETURN_IF_ERROR(sql::DropTables(*target.connection, dialect, tables));
    }
    return absl::OkStatus();
  }

  absl::Status Mark(Target& target, RestoreState state) {
    return sql::SetRestoreMark(*target.connection, {state, summary_.header.id()});
  }

  absl::Status Fill() {
    // First: a server that is started on what a killed restore left would make other keys, and
    // refuses only then.
    if (options_.include_keys) LF_RETURN_IF_ERROR(WriteKeys(config_, keys_, &made_keys_));
    LF_RETURN_IF_ERROR(Clear());
    for (const auto& service : summary_.header.services()) {
      Target& target = Of(service.service());
      LF_RETURN_IF_ERROR(schemas_.MigrateAsIn(service, *target.database));
      LF_RETURN_IF_ERROR(CompareTables(target));
    }
    for (Target& target : targets_) {
      if (target.wanted) LF_RETURN_IF_ERROR(Mark(target, RestoreState::kBegun));
    }
    // A server that began before the marks is connected by now.
    for (Target& target : targets_) {
      LF_RETURN_IF_ERROR(
          sql::RefuseOtherConnections(*target.connection, target.database->dialect()));
    }
    return Insert();
  }

  absl::Status CompareTables(Target& target) {
    LF_ASSIGN_OR_RETURN(const auto tables,
                        sql::ListTables(*target.connection, target.database->dialect()));
    std::map<std::string, Columns> made;
    for (const sql::Table& table : tables) {
      if (sql::KeepsSchema(table.name)) continue;
      Columns& columns = made[table.name];
      for (const sql::Column& column : table.columns) {
        columns[column.name] = TypeInFile(column.type);
      }
    }
    return made == tables_[target.service] ? absl::OkStatus() : WrongTables(target.service);
  }

  absl::Status Insert() {
    LF_RETURN_IF_ERROR(reader_->Rewind());
    std::unique_ptr<TableFiller> filler;
    BackupPart part;
    while (true) {
      // The same checks once more: the file may have changed since.
      LF_ASSIGN_OR_RETURN(const bool more, reader_->Next(&part));
      if (!more) return absl::OkStatus();
      if (part.has_rows()) {
        LF_RETURN_IF_ERROR(filler->Insert(part.rows()));
        if (options_.inserted) options_.inserted(part.rows().rows_size(), total_);
        continue;
      }
      if (filler != nullptr) LF_RETURN_IF_ERROR(filler->Finish());
      filler.reset();
      if (!part.has_table()) continue;
      if (!tables_[part.table().service()].contains(part.table().table())) {
        return WrongTables(part.table().service());
      }
      Target& target = Of(part.table().service());
      filler = std::make_unique<TableFiller>(target.connection.get(), &target.database->dialect(),
                                             part.table());
    }
  }

  // Takes the marks away, all of them saying before that nothing is missing: what is left of them
  // when this ends in between is known to stand on complete databases.
  absl::Status Complete(bool earlier) {
    std::vector<Target*> marked;
    for (Target& target : targets_) {
      const bool has_mark = target.schema.restore.state != RestoreState::kNone;
      if (earlier ? has_mark : target.wanted) marked.push_back(&target);
    }
    for (Target* target : marked) {
      LF_RETURN_IF_ERROR(sql::SetRestoreMark(
          *target->connection,
          {RestoreState::kFilled, earlier ? target->schema.restore.backup : summary_.header.id()}));
    }
    for (Target* target : marked) {
      LF_RETURN_IF_ERROR(sql::SetRestoreMark(*target->connection, {}));
    }
    // As the start of a server would.
    for (Target* target : marked) {
      LF_RETURN_IF_ERROR(schemas_.MigrateAll(target->service, *target->database));
    }
    return absl::OkStatus();
  }

  Target& Of(absl::string_view service) {
    return *std::find_if(targets_.begin(), targets_.end(),
                         [&](const Target& target) { return target.service == service; });
  }

  const config::v1::ServerConfig& config_;
  const Schemas schemas_;
  const RestoreOptions& options_;
  std::unique_ptr<FileReader> reader_;
  std::map<std::string, std::map<std::string, Columns>> tables_;  // of the backup, by service
  bool has_keys_ = false;
  internal::v1::BackupKeys keys_;
  std::vector<std::string> made_keys_;
  int64_t total_ = 0;
  std::vector<Target> targets_;
  RestoreSummary summary_;
};

}  // namespace

absl::StatusOr<RestoreSummary> Restore(const config::v1::ServerConfig& config,
                                       const std::vector<server::ModuleSpec>& modules,
                                       const RestoreOptions& options) {
  return Restoration(config, modules, options).Run();
}

}  // namespace lianfang::backup
