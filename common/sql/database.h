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
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/obs/storage_metrics.h"
#include "common/sql/failure.h"

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
// Rollback may follow. Errors say by FailureOf whether running it again helps.
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
  // OK means durable. After kLost the outcome is unknown; after any other error nothing stands.
  virtual absl::Status Commit() = 0;
  virtual absl::Status Rollback() = 0;
  // Takes what was overwritten and deleted, in transactions that were committed, out of the
  // engine's files, as far as it can be told to. An error: not now; try again later.
  virtual absl::Status Scrub() { return absl::OkStatus(); }

  // False once the connection is known to be broken: take another one.
  virtual bool usable() const = 0;
  // This is the connection that writes: what many changes touch at once should stay in memory.
  virtual absl::Status PrepareToWrite() { return absl::OkStatus(); }
  // Reads from the database. An error: the connection, or the server behind it, does not serve.
  virtual absl::Status Check() = 0;
};

// Where a driver's SQL differs: words in braces of schema files.
struct Dialect {
  std::string name;           // "sqlite" or "mysql"
  std::string id_type;        // {ID}: an id or a name, at most 255 bytes, compared byte by byte
  std::string bytes_type;     // {BYTES}: up to some megabytes
  std::string int_type;       // {INT}: 64 bits
  std::string table_options;  // {OPTIONS}: after the closing bracket
  // What a SELECT ends with so that the rows it finds stay locked until the transaction ends.
  std::string lock_rows;
  // Whether a change of the schema belongs to the transaction around it. Where it does not, each
  // statement stands at once.
  bool transactional_schema = false;
  // Most parameters of one statement.
  int max_params = 0;
};

// Held by whoever changes the schema; ends with the object.
class SchemaLock {
 public:
  virtual ~SchemaLock() = default;
  // Keeps the lock for another while; an error: it was lost.
  virtual absl::Status Keep() = 0;
};

// One service's database.
class Database {
 public:
  virtual ~Database() = default;
  virtual absl::StatusOr<std::unique_ptr<Connection>> Connect() = 0;
  // Waits, for a bounded time, until nobody else changes the schema, in this process or another.
  virtual absl::StatusOr<std::unique_ptr<SchemaLock>> LockSchema() = 0;
  virtual const Dialect& dialect() const = 0;
  // How many writers help: 1 where the engine writes one transaction at a time.
  virtual int writers() const = 0;

  // From now on connections are counted here. Before the first Connect.
  void CountBy(const obs::StorageMetrics& metrics) { metrics_ = metrics; }

 protected:
  obs::StorageMetrics metrics_;
};

// Read connections on loan. At most as many are open as are lent at a time, which the bounded pool
// of reading threads limits.
class ConnectionPool {
 public:
  explicit ConnectionPool(Database* database) : database_(database) {}

  // Goes back to the pool when it is destroyed, unless the connection has broken.
  class Lease {
   public:
    Lease(ConnectionPool* pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection& operator*() { return *connection_; }
    Connection* get() { return connection_.get(); }

   private:
    ConnectionPool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  absl::StatusOr<Lease> Borrow();

  // Runs `read` with a connection. When that connection breaks, all idle ones are given up, since
  // what broke it has broken them too, and `read` runs once more with a new one: so it must only
  // read.
  absl::Status Read(absl::FunctionRef<absl::Status(Connection&)> read);

 private:
  struct Idle {
    std::unique_ptr<Connection> connection;
    absl::Time since;
  };

  Database* database_;
  std::mutex mutex_;
  std::vector<Idle> idle_;  // under mutex_
};

}  // namespace lianfang::sql
