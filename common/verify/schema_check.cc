#include "common/verify/schema_check.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/follow/follow_kinds.h"
#include "common/sql/migrate.h"
#include "common/status/error.h"
#include "common/store/ledger_schema.h"

namespace lianfang::verify {
namespace {

constexpr char kMigrations[] = "schema_migrations";
constexpr char kProgress[] = "schema_progress";

using Columns = std::set<std::string>;

Columns ColumnsOf(const store::RecordKind& kind) {
  Columns columns = {"unit_id", "id", "sequence", "body"};
  columns.insert(kind.columns().begin(), kind.columns().end());
  return columns;
}

// Every table that is verified, with the columns that are.
std::map<std::string, Columns> Verified(const ServiceTables& service) {
  std::map<std::string, Columns> verified = {
      {"ledger_heads", {"unit_id", "size", "frontier", "writes"}},
      {"ledger_entries",
       {"unit_id", "sequence", "request_id", "header", "hashes", "content", "erasure"}},
      {kMigrations, {"component", "file", "digest"}},
      {kProgress, {"component", "file", "statements"}}};
  verified["cosignatures"] = {"unit_id", "id", "sequence", "body"};
  verified["follow_positions"] = ColumnsOf(follow::FollowPositionKind());
  for (const auto* kind : service.kinds) verified[kind->table()] = ColumnsOf(*kind);
  for (const auto* kind : service.module->derived) verified[kind->table()] = ColumnsOf(*kind);
  for (const auto& sealed : service.module->sealed) {
    verified[sealed.rows->table()] = ColumnsOf(*sealed.rows);
  }
  return verified;
}

class SchemaCheck {
 public:
  SchemaCheck(sql::Snapshot& snapshot, const ServiceTables& service, int64_t* rows,
              Findings* findings)
      : snapshot_(snapshot), service_(service), rows_(rows), findings_(findings) {}

  absl::Status Run() {
    CheckTables();
    components_.emplace_back(store::kLedgerComponent, store::LedgerSchema());
    components_.insert(components_.end(), service_.module->schemas.begin(),
                       service_.module->schemas.end());
    LF_RETURN_IF_ERROR(CheckMigrations());
    return CheckProgress();
  }

 private:
  void Add(absl::string_view table, std::string key, std::string field, std::string stored,
           std::string expected, Words problem) {
    findings_->Add({.service = service_.module->name,
                    .table = std::string(table),
                    .unit_id = "",
                    .key = std::move(key),
                    .field = std::move(field),
                    .sequence = 0,
                    .ledger = "",
                    .stored = std::move(stored),
                    .expected = std::move(expected),
                    .problem = std::move(problem)});
  }

  void CheckTables() {
    const auto verified = Verified(service_);
    for (const auto& [name, table] : service_.tables) {
      // Says who changes the schema at the moment, and nothing else.
      if (name == "schema_lock") continue;
      const auto known = verified.find(name);
      if (known == verified.end()) {
        Add(name, "", "", "", "",
            {"本程序不会核验这张表，其内容无从保证",
             "no part of this program verifies this table: what is in it is not vouched for"});
        continue;
      }
      for (const sql::Column& column : table.columns) {
        if (known->second.contains(column.name)) continue;
        Add(name, "", column.name, "", "",
            {"本程序不会核验这一列", "no part of this program verifies this column"});
      }
    }
    for (const auto& [name, columns] : verified) {
      const sql::Table* table = service_.Find(name);
      if (table == nullptr) {
        // Made by the first migration on any engine.
        Add(name, "", "", "", "", {"数据库没有这张表", "the database has no such table"});
        continue;
      }
      for (const std::string& column : columns) {
        if (ColumnOf(*table, column) >= 0) continue;
        Add(name, "", column, "", "", {"表没有这一列", "the table has no such column"});
      }
    }
  }

  // component/file → what it must be.
  std::map<std::string, std::string> Expected(bool statements) const {
    std::map<std::string, std::string> expected;
    for (const auto& [component, files] : components_) {
      for (const EmbeddedFile& file : files) {
        const std::string key = absl::StrCat(component, "/", file.name);
        expected[key] =
            statements ? absl::StrCat(sql::StatementsOf(file)) : sql::MigrationDigest(file);
      }
    }
    return expected;
  }

  absl::Status CheckMigrations() {
    const sql::Table* table = service_.Find(kMigrations);
    if (table == nullptr) return absl::OkStatus();
    std::map<std::string, std::string> expected = Expected(false);
    LF_RETURN_IF_ERROR(snapshot_.Read(service_.place, *table, [&](const sql::Row& row) {
      ++*rows_;
      const std::string key = absl::StrCat(row.Data(0), "/", row.Data(1));
      const std::string stored(row.Data(2));
      const auto it = expected.find(key);
      if (it == expected.end()) {
        Add(kMigrations, key, "", "", "",
            {"本程序没有这个数据库迁移", "this program has no such migration"});
        return absl::OkStatus();
      }
      if (it->second != stored) {
        Add(kMigrations, key, "digest", ShownName(stored), it->second,
            {"与本程序的数据库迁移不符", "is not that of this program's migration"});
      }
      expected.erase(it);
      return absl::OkStatus();
    }));
    for (const auto& [key, digest] : expected) {
      Add(kMigrations, key, "", "", digest,
          {"没有执行过这个数据库迁移：行被删除，或数据库由较旧的版本写成",
           "the migration was not applied: the row is gone, or an older version wrote the "
           "database"});
    }
    return absl::OkStatus();
  }

  // Only where each statement stands at once are there any rows.
  absl::Status CheckProgress() {
    const sql::Table* table = service_.Find(kProgress);
    if (table == nullptr) return absl::OkStatus();
    std::map<std::string, std::string> expected = Expected(true);
    bool any = false;
    LF_RETURN_IF_ERROR(snapshot_.Read(service_.place, *table, [&](const sql::Row& row) {
      ++*rows_;
      any = true;
      const std::string key = absl::StrCat(row.Data(0), "/", row.Data(1));
      const auto it = expected.find(key);
      const std::string right = it == expected.end() ? "" : it->second;
      const std::string stored = absl::StrCat(row.Int(2));
      if (right != stored) {
        Add(kProgress, key, "statements", stored, right,
            {"与本程序的数据库迁移不符", "is not that of this program's migration"});
      }
      if (it != expected.end()) expected.erase(it);
      return absl::OkStatus();
    }));
    for (const auto& [key, statements] : expected) {
      if (!any) break;
      Add(kProgress, key, "", "", statements, {"行缺失", "the row is missing"});
    }
    return absl::OkStatus();
  }

  sql::Snapshot& snapshot_;
  const ServiceTables& service_;
  int64_t* rows_;
  Findings* findings_;
  std::vector<std::pair<std::string, std::span<const EmbeddedFile>>> components_;
};

}  // namespace

int ColumnOf(const sql::Table& table, absl::string_view name) {
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

absl::Status CheckSchema(sql::Snapshot& snapshot, const ServiceTables& service, int64_t* rows,
                         Findings* findings) {
  return SchemaCheck(snapshot, service, rows, findings).Run();
}

}  // namespace lianfang::verify
