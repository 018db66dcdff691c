// What the suite asks of a database: one SQL text that SQLite and MySQL both take, prepared
// statements only. A driver turns its engine's errors into absl::Status with a reason; the engine's
// own text goes to the log and never further.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace lianfang::sql {

// A value to bind. Text and bytes are views: they must live until the call returns. Text is UTF-8.
struct Param {
  enum class Type { kNull, kInt, kText, kBytes };
  Type type = Type::kNull;
  int64_t number = 0;
  absl::string_view data;

  static Param Null() { return {}; }
  static Param Int(int64_t value) { return {Type::kInt, value, {}}; }
  static Param Text(absl::string_view value) { return {Type::kText, 0, value}; }
  static Param Bytes(absl::string_view value) { return {Type::kBytes, 0, value}; }
};

// The current row of a query. Views live until the next row.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool IsNull(int column) const = 0;
  virtual int64_t Int(int column) const = 0;
  // Text or bytes.
  virtual absl::string_view Data(int column) const = 0;
};

// One connection; used by one thread at a time. After an error inside a transaction nothing but
// Rollback may follow.
class Connection {
 public:
  virtual ~Connection() = default;

  // Calls `row` for each row until it returns an error, which is then the result.
  virtual absl::Status Query(absl::string_view sql, absl::Span<const Param> params,
                             absl::FunctionRef<absl::Status(const Row&)> row) = 0;
  // Runs a statement; returns the number of rows it changed.
  virtual absl::StatusOr<int64_t> Execute(absl::string_view sql,
                                          absl::Span<const Param> params) = 0;

  // Starts a transaction that will write. No other one of the same engine writes the same rows
  // meanwhile.
  virtual absl::Status Begin() = 0;
  // OK means durable. An error whose reason is DEPENDENCY_UNAVAILABLE means that the outcome is
  // unknown.
  virtual absl::Status Commit() = 0;
  virtual absl::Status Rollback() = 0;
};

// Where a driver's SQL differs: words in braces of schema files.
struct Dialect {
  std::string name;           // "sqlite" or "mysql"
  std::string id_type;        // {ID}: an id or a name, at most 255 bytes, compared byte by byte
  std::string bytes_type;     // {BYTES}: up to some megabytes
  std::string int_type;       // {INT}: 64 bits
  std::string table_options;  // {OPTIONS}: after the closing bracket
  // Most parameters of one statement.
  int max_params = 0;
};

// One service's database.
class Database {
 public:
  virtual ~Database() = default;
  virtual absl::StatusOr<std::unique_ptr<Connection>> Connect() = 0;
  virtual const Dialect& dialect() const = 0;
  // How many writers help: 1 where the engine writes one transaction at a time.
  virtual int writers() const = 0;
};

// A read connection on loan; goes back to the pool when it is destroyed.
class ConnectionPool {
 public:
  explicit ConnectionPool(Database* database) : database_(database) {}

  class Lease {
   public:
    Lease(ConnectionPool* pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection& operator*() { return *connection_; }
    Connection* get() { return connection_.get(); }
    // The connection is broken: it is not given to anybody again.
    void Discard() { connection_.reset(); }

   private:
    ConnectionPool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  absl::StatusOr<Lease> Borrow();

 private:
  Database* database_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;  // under mutex_
};

}  // namespace lianfang::sql
