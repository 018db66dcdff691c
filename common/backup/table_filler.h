// Inserts the rows of one table of a backup.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/sql/database.h"
#include "lianfang/internal/v1/backup.pb.h"

namespace lianfang::backup {

// Many rows a statement and some megabytes a transaction, whatever the table. Rows of a transaction
// that was not committed are taken back when the object goes away.
class TableFiller {
 public:
  TableFiller(sql::Connection* connection, const sql::Dialect* dialect,
              internal::v1::BackupTable table);
  ~TableFiller();
  TableFiller(const TableFiller&) = delete;
  TableFiller& operator=(const TableFiller&) = delete;

  absl::Status Insert(const internal::v1::BackupRows& rows);
  // Makes the last ones durable.
  absl::Status Finish();

 private:
  std::string Statement(int rows) const;
  absl::Status InsertSome(const internal::v1::BackupRows& rows, int first, int count);

  sql::Connection* const connection_;
  const int max_rows_;
  const internal::v1::BackupTable table_;
  std::vector<sql::Param> params_;
  bool open_ = false;  // a transaction
  size_t bytes_ = 0;   // in it
};

}  // namespace lianfang::backup
