#include "common/backup/backup.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/backup/column_type.h"
#include "common/backup/file_writer.h"
#include "common/backup/key_files.h"
#include "common/obs/process_metrics.h"
#include "common/server/storage.h"
#include "common/sql/snapshot.h"
#include "common/status/error.h"
#include "google/protobuf/util/time_util.h"

namespace lianfang::backup {

using internal::v1::BackupPart;

namespace {

// Rows of one part.
constexpr int kPartRows = 512;
constexpr size_t kPartBytes = 1 << 20;

absl::Status NotRestored(absl::string_view service) {
  return MakeError(common::v1::ERROR_REASON_STILL_IN_USE,
                   absl::StrCat("服务 ", service, " 的数据库正在从备份恢复，或上次恢复没有完成。"),
                   absl::StrCat("The database of ", service,
                                " is being restored, or a restore of it did not end."));
}

absl::Status Unfinished(absl::string_view service) {
  return MakeError(
      common::v1::ERROR_REASON_STILL_IN_USE,
      absl::StrCat("服务 ", service, " 的数据库结构升级没有完成；请先启动该服务，再备份。"),
      absl::StrCat("An upgrade of the database of ", service,
                   " has not ended; start the service first, then back up."));
}

class Backup {
 public:
  Backup(const config::v1::ServerConfig& config, const BackupOptions& options)
      : config_(config), options_(options) {}

  absl::StatusOr<BackupSummary> Run() {
    BackupPart keys;
    if (options_.include_keys) {
      LF_ASSIGN_OR_RETURN(*keys.mutable_keys(), ReadKeys(config_));
    }
    LF_ASSIGN_OR_RETURN(writer_, FileWriter::Create(options_.output));
    LF_RETURN_IF_ERROR(Open());
    LF_RETURN_IF_ERROR(WriteHeader());
    LF_RETURN_IF_ERROR(CountRows());
    for (const Source& source : sources_) {
      for (const sql::Table& table : source.tables) LF_RETURN_IF_ERROR(WriteTable(source, table));
    }
    if (options_.include_keys) LF_RETURN_IF_ERROR(writer_->Write(keys));
    LF_RETURN_IF_ERROR(writer_->Finish(std::move(end_)));
    summary_.bytes = writer_->bytes();
    return std::move(summary_);
  }

 private:
  struct Source {
    size_t database;  // place in the snapshot
    std::string service;
    std::vector<sql::Table> tables;
    sql::SchemaState schema;
  };

  absl::Status Open() {
    std::vector<std::string> names = options_.services;
    std::sort(names.begin(), names.end());
    std::vector<sql::Database*> databases;
    std::vector<std::string> found;
    for (const std::string& name : names) {
      LF_ASSIGN_OR_RETURN(auto database, server::OpenExistingStorage(config_, name));
      if (database == nullptr) continue;
      databases.push_back(database.get());
      databases_.push_back(std::move(database));
      found.push_back(name);
    }
    LF_ASSIGN_OR_RETURN(snapshot_, sql::Snapshot::Take(databases));
    taken_ = options_.clock->Now();
    for (size_t i = 0; i < databases.size(); ++i) {
      Source source{i, found[i], {}, {}};
      LF_ASSIGN_OR_RETURN(std::vector<sql::Table> tables, snapshot_->Tables(i));
      LF_ASSIGN_OR_RETURN(source.schema, snapshot_->Schema(i, tables));
      // Made and never used.
      if (!source.schema.exists && tables.empty()) continue;
      if (source.schema.restore.state != sql::RestoreState::kNone) return NotRestored(found[i]);
      if (!source.schema.exists || source.schema.unfinished) return Unfinished(found[i]);
      for (sql::Table& table : tables) {
        if (!sql::KeepsSchema(table.name)) source.tables.push_back(std::move(table));
      }
      sources_.push_back(std::move(source));
    }
    if (!sources_.empty()) return absl::OkStatus();
    const std::string where =
        config_.storage().has_mysql() ? std::string("storage.mysql") : config_.data_dir();
    return MakeError(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND,
                     absl::StrCat(where, " 中没有任何服务的数据库。"),
                     absl::StrCat("There is no service's database in ", where, "."));
  }

  absl::Status WriteHeader() {
    internal::v1::BackupHeader& header = summary_.header;
    header.set_format(kFormat);
    header.set_version(kFormatVersion);
    std::array<uint8_t, 16> id;
    LF_RETURN_IF_ERROR(options_.random->Fill(id));
    header.set_id(absl::BytesToHexString({reinterpret_cast<const char*>(id.data()), id.size()}));
    header.set_program_version(obs::Version());
    *header.mutable_create_time() =
        google::protobuf::util::TimeUtil::MillisecondsToTimestamp(absl::ToUnixMillis(taken_));
    header.set_engine(databases_.front()->dialect().name);
    header.set_ledger_public_key(LedgerPublicKey(config_));
    for (const Source& source : sources_) {
      auto* service = header.add_services();
      service->set_service(source.service);
      for (const sql::AppliedMigration& applied : source.schema.applied) {
        auto* migration = service->add_migrations();
        migration->set_component(applied.component);
        migration->set_file(applied.file);
        migration->set_digest(applied.digest);
      }
    }
    BackupPart part;
    *part.mutable_header() = header;
    return writer_->Write(part);
  }

  absl::Status CountRows() {
    for (const Source& source : sources_) {
      for (const sql::Table& table : source.tables) {
        LF_ASSIGN_OR_RETURN(const auto count, snapshot_->Count(source.database, table));
        total_ += count.value_or(0);
      }
    }
    return absl::OkStatus();
  }

  absl::Status WriteTable(const Source& source, const sql::Table& table) {
    BackupPart part;
    part.mutable_table()->set_service(source.service);
    part.mutable_table()->set_table(table.name);
    for (const sql::Column& column : table.columns) {
      auto* described = part.mutable_table()->add_columns();
      described->set_name(column.name);
      described->set_type(TypeInFile(column.type));
    }
    LF_RETURN_IF_ERROR(writer_->Write(part));
    part.Clear();
    size_t bytes = 0;
    int64_t rows = 0;
    LF_RETURN_IF_ERROR(
        snapshot_->Read(source.database, table, [&](const sql::Row& row) -> absl::Status {
          bytes += AddRow(table, row, part.mutable_rows()->add_rows());
          ++rows;
          if (bytes < kPartBytes && part.rows().rows_size() < kPartRows) return absl::OkStatus();
          bytes = 0;
          return WriteRows(part);
        }));
    if (part.has_rows()) LF_RETURN_IF_ERROR(WriteRows(part));
    auto* count = end_.add_counts();
    count->set_service(source.service);
    count->set_table(table.name);
    count->set_rows(rows);
    summary_.counts.push_back(*count);
    return absl::OkStatus();
  }

  static size_t AddRow(const sql::Table& table, const sql::Row& row,
                       internal::v1::BackupRow* into) {
    size_t bytes = 0;
    for (size_t i = 0; i < table.columns.size(); ++i) {
      auto* value = into->add_values();
      const int column = static_cast<int>(i);
      if (row.IsNull(column)) continue;
      if (table.columns[i].type == sql::ColumnType::kInt) {
        value->set_number(row.Int(column));
      } else {
        value->set_data(std::string(row.Data(column)));
        bytes += value->data().size();
      }
    }
    return bytes;
  }

  absl::Status WriteRows(BackupPart& part) {
    const int64_t rows = part.rows().rows_size();
    LF_RETURN_IF_ERROR(writer_->Write(part));
    part.Clear();
    if (options_.advance) options_.advance(rows, total_);
    return absl::OkStatus();
  }

  const config::v1::ServerConfig& config_;
  const BackupOptions& options_;
  std::unique_ptr<FileWriter> writer_;
  std::vector<std::unique_ptr<sql::Database>> databases_;
  std::unique_ptr<sql::Snapshot> snapshot_;
  std::vector<Source> sources_;
  absl::Time taken_;
  int64_t total_ = 0;
  BackupSummary summary_;
  internal::v1::BackupEnd end_;
};

}  // namespace

absl::StatusOr<BackupSummary> MakeBackup(const config::v1::ServerConfig& config,
                                         const BackupOptions& options) {
  return Backup(config, options).Run();
}

}  // namespace lianfang::backup
