#include "common/backup/table_filler.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/sql/failure.h"
#include "common/sql/tables.h"
#include "common/status/error.h"

namespace lianfang::backup {

using internal::v1::BackupRows;
using internal::v1::BackupValue;

namespace {

constexpr size_t kTransactionBytes = 8 << 20;
// Far below the smallest packet that servers take by default, but for a single row that is larger.
constexpr size_t kStatementBytes = 1 << 20;

size_t SizeOf(const internal::v1::BackupRow& row) {
  size_t bytes = 0;
  for (const BackupValue& value : row.values()) bytes += value.data().size() + 8;
  return bytes;
}

}  // namespace

TableFiller::TableFiller(sql::Connection* connection, const sql::Dialect* dialect,
                         internal::v1::BackupTable table)
    : connection_(connection),
      max_rows_(std::max(1, dialect->max_params / std::max(1, table.columns_size()))),
      table_(std::move(table)) {}

TableFiller::~TableFiller() {
  if (open_) connection_->Rollback().IgnoreError();
}

std::string TableFiller::Statement(int rows) const {
  std::vector<std::string> names;
  for (const auto& column : table_.columns()) names.push_back(sql::Quoted(column.name()));
  const std::string one =
      absl::StrCat("(", absl::StrJoin(std::vector<const char*>(names.size(), "?"), ", "), ")");
  return absl::StrCat("INSERT INTO ", sql::Quoted(table_.table()), " (", absl::StrJoin(names, ", "),
                      ") VALUES ", absl::StrJoin(std::vector<std::string>(rows, one), ", "));
}

absl::Status TableFiller::InsertSome(const BackupRows& rows, int first, int count) {
  params_.clear();
  for (int i = first; i < first + count; ++i) {
    for (int column = 0; column < table_.columns_size(); ++column) {
      const BackupValue& value = rows.rows(i).values(column);
      if (value.value_case() == BackupValue::VALUE_NOT_SET) {
        params_.push_back(sql::Param::Null());
      } else if (value.has_number()) {
        params_.push_back(sql::Param::Int(value.number()));
      } else if (table_.columns(column).type() == internal::v1::BACKUP_TYPE_TEXT) {
        params_.push_back(sql::Param::Text(value.data()));
      } else {
        params_.push_back(sql::Param::Bytes(value.data()));
      }
    }
  }
  const absl::Status status = connection_->Execute(Statement(count), params_).status();
  if (status.ok() || sql::FailureOf(status) != sql::Failure::kData) return status;
  return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                   absl::StrCat("数据库不接受表 ", table_.service(), "/", table_.table(),
                                " 的一行记录：过大或不合规定。"),
                   absl::StrCat("The database does not take a row of the table ", table_.service(),
                                "/", table_.table(), ": it is too large or not allowed."));
}

absl::Status TableFiller::Insert(const BackupRows& rows) {
  int first = 0;
  while (first < rows.rows_size()) {
    if (!open_) {
      LF_RETURN_IF_ERROR(connection_->Begin());
      open_ = true;
      bytes_ = 0;
    }
    // Twice as many rows as long as they fit: a table has few different statements.
    size_t bytes = SizeOf(rows.rows(first));
    int count = 1;
    while (first + 2 * count <= rows.rows_size() && 2 * count <= max_rows_) {
      size_t more = 0;
      for (int i = first + count; i < first + 2 * count; ++i) more += SizeOf(rows.rows(i));
      if (bytes + more > kStatementBytes) break;
      bytes += more;
      count *= 2;
    }
    LF_RETURN_IF_ERROR(InsertSome(rows, first, count));
    first += count;
    bytes_ += bytes;
    if (bytes_ >= kTransactionBytes) LF_RETURN_IF_ERROR(Finish());
  }
  return absl::OkStatus();
}

absl::Status TableFiller::Finish() {
  if (!open_) return absl::OkStatus();
  open_ = false;
  return connection_->Commit();
}

}  // namespace lianfang::backup
