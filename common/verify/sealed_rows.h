// Rows that are kept in secret beside the ledger: what is in them is on no ledger, but the records
// say their digests.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "common/server/module.h"
#include "common/sql/snapshot.h"
#include "common/verify/derived_rows.h"
#include "common/verify/finding.h"

namespace lianfang::verify {

class SealedRows {
 public:
  // What the records, as the ledger says them, say of the rows.
  SealedRows(const server::Sealed& sealed, const ExpectedRows& records);

  // Compares the rows of a unit. `of_table` is a finding with all but the row; `rows` counts them.
  absl::Status Compare(sql::Snapshot& snapshot, size_t place, const sql::Table& table,
                       const std::string& unit_id, const Finding& of_table, Findings* findings,
                       int64_t* rows);

 private:
  struct Expected {
    std::string digest;
    int64_t entry = 0;
    std::string ledger;
  };
  std::map<std::string, Expected> expected_;  // by id
};

}  // namespace lianfang::verify
