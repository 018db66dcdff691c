#include "common/verify/verify.h"

#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/sql/snapshot.h"
#include "common/status/error.h"
#include "common/store/audit_kind.h"
#include "common/store/erasure.h"
#include "common/verify/checkpoints.h"
#include "common/verify/schema_check.h"
#include "common/verify/unit_check.h"

namespace lianfang::verify {
namespace {

absl::Status NotComplete(absl::string_view service) {
  return MakeError(
      common::v1::ERROR_REASON_STILL_IN_USE,
      absl::StrCat("服务 ", service,
                   " 的数据库正在从备份恢复，或结构升级没有完成；请先恢复完毕或启动该服务。"),
      absl::StrCat("The database of ", service,
                   " is being restored, or an upgrade of it has not ended: let the restore end, or "
                   "start the service first."));
}

class Verification {
 public:
  Verification(std::span<const Source> sources, const Options& options)
      : sources_(sources), options_(options), findings_(options.most_findings) {}

  absl::StatusOr<Result> Run() {
    LF_RETURN_IF_ERROR(Open());
    LF_RETURN_IF_ERROR(ReadKnown());
    for (const ServiceTables& service : services_) {
      LF_RETURN_IF_ERROR(CheckSchema(*snapshot_, service, &result_.rows, &findings_));
      result_.tables += static_cast<int64_t>(service.tables.size());
    }
    LF_ASSIGN_OR_RETURN(const std::set<std::string> units, Units());
    for (const std::string& unit_id : units) {
      LF_RETURN_IF_ERROR(
          UnitCheck(*snapshot_, services_, options_, known_, unit_id, &findings_, &result_).Run());
    }
    result_.count = findings_.count();
    result_.findings = findings_.kept();
    return std::move(result_);
  }

 private:
  absl::Status Open() {
    std::vector<sql::Database*> databases;
    databases.reserve(sources_.size());
    for (const Source& source : sources_) databases.push_back(source.database);
    LF_ASSIGN_OR_RETURN(snapshot_, sql::Snapshot::Take(databases));
    for (size_t i = 0; i < sources_.size(); ++i) {
      ServiceTables service;
      service.module = sources_[i].module;
      service.place = i;
      service.recount = sources_[i].recount;
      LF_ASSIGN_OR_RETURN(std::vector<sql::Table> tables, snapshot_->Tables(i));
      LF_ASSIGN_OR_RETURN(const sql::SchemaState schema, snapshot_->Schema(i, tables));
      // Made and never used.
      if (!schema.exists && tables.empty()) continue;
      if (schema.unfinished || schema.restore.state != sql::RestoreState::kNone) {
        return NotComplete(service.module->name);
      }
      for (sql::Table& table : tables) {
        if (table.name == "ledger_entries" && options_.advance) {
          LF_ASSIGN_OR_RETURN(const auto count, snapshot_->Count(i, table));
          options_.advance(0, count.value_or(0));
        }
        const std::string name = table.name;
        service.tables.emplace(name, std::move(table));
      }
      service.kinds = service.module->kinds;
      service.kinds.push_back(&store::ErasureKind());
      service.kinds.push_back(&store::AuditRecordKind());
      services_.push_back(std::move(service));
    }
    return absl::OkStatus();
  }

  absl::Status ReadKnown() {
    for (const std::string& note : options_.known) {
      std::string unit_id;
      std::string service;
      if (!SplitOrigin(OriginOf(note), &unit_id, &service)) {
        return absl::InvalidArgumentError("a known checkpoint is none of a ledger");
      }
      known_[{unit_id, service}].push_back(note);
    }
    return absl::OkStatus();
  }

  // Every unit that any row names, and those whose checkpoints are known: a unit may be gone.
  absl::StatusOr<std::set<std::string>> Units() {
    std::set<std::string> units;
    for (const ServiceTables& service : services_) {
      for (const auto& [name, table] : service.tables) {
        if (table.columns[table.key.front()].name != "unit_id") continue;
        LF_ASSIGN_OR_RETURN(const auto found, snapshot_->FirstKeys(service.place, table));
        units.insert(found.begin(), found.end());
      }
    }
    for (const auto& known : known_) units.insert(known.first.first);
    return units;
  }

  std::span<const Source> sources_;
  const Options& options_;
  Findings findings_;
  Result result_;
  std::unique_ptr<sql::Snapshot> snapshot_;
  std::vector<ServiceTables> services_;
  KnownCheckpoints known_;
};

}  // namespace

absl::StatusOr<Result> Verify(std::span<const Source> sources, const Options& options) {
  return Verification(sources, options).Run();
}

}  // namespace lianfang::verify
