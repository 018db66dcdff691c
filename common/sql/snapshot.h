// One state of several databases: what one service has followed of another is never ahead of that
// one. Services go on writing meanwhile.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/sql/database.h"
#include "common/sql/schema_state.h"
#include "common/sql/tables.h"

namespace lianfang::sql {

class Snapshot {
 public:
  // The databases are all files, or all of one server; they must live as long as the snapshot.
  //
  // Files: the write locks of all are taken, a reading transaction is begun in each, the locks are
  // given back; writers wait some milliseconds. Not all obtained soon, none is kept, and it is
  // tried again, for a bounded time. While the snapshot lives, their logs grow with what is
  // written. Servers: one transaction of one connection reads all.
  static absl::StatusOr<std::unique_ptr<Snapshot>> Take(absl::Span<Database* const> databases);

  // Of the database with this place in `databases`.
  absl::StatusOr<std::vector<Table>> Tables(size_t database);
  absl::StatusOr<SchemaState> Schema(size_t database, absl::Span<const Table> tables);
  // Rows of the table. A server is not asked: it could take longer to count than a statement may
  // be without an answer.
  absl::StatusOr<std::optional<int64_t>> Count(size_t database, const Table& table);
  // Gives every row, with the columns in the table's order, in the order of its key. Reads pages of
  // about a megabyte, or one row where that is larger.
  absl::Status Read(size_t database, const Table& table,
                    absl::FunctionRef<absl::Status(const Row&)> row);
  // The same for the rows whose first key column, a text, has this value.
  absl::Status ReadOf(size_t database, const Table& table, absl::string_view first,
                      absl::FunctionRef<absl::Status(const Row&)> row);
  // The values of the first key column, a text, in ascending order.
  absl::StatusOr<std::vector<std::string>> FirstKeys(size_t database, const Table& table);

 private:
  struct Source {
    Connection* connection;
    const Dialect* dialect;
    std::string database;  // empty: the connection's own
  };

  absl::Status PinFiles(absl::Span<Database* const> databases);
  absl::Status PinServer(absl::Span<Database* const> databases);

  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Source> sources_;
};

}  // namespace lianfang::sql
