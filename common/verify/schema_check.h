// Whether a database has the tables that the program verifies, all of their columns, and the
// migrations that made them: what nobody verifies must not pass for verified.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/server/module.h"
#include "common/sql/snapshot.h"
#include "common/verify/finding.h"
#include "common/verify/recount.h"

namespace lianfang::verify {

// The tables of a service's database.
struct ServiceTables {
  const server::ModuleSpec* module = nullptr;
  size_t place = 0;                                                     // in the snapshot
  std::function<std::unique_ptr<Recount>(const std::string&)> recount;  // may be empty
  std::map<std::string, sql::Table> tables;
  // Record kinds of its own ledger: the module's, and those that are on every ledger.
  std::vector<const store::RecordKind*> kinds;

  const sql::Table* Find(const std::string& name) const {
    const auto it = tables.find(name);
    return it == tables.end() ? nullptr : &it->second;
  }
};

// Place of a column; -1: the table has none of this name.
int ColumnOf(const sql::Table& table, absl::string_view name);

absl::Status CheckSchema(sql::Snapshot& snapshot, const ServiceTables& service, int64_t* rows,
                         Findings* findings);

}  // namespace lianfang::verify
