#include "common/sql/mysql.h"

#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/statement.h>

#include <algorithm>
#include <array>
#include <list>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/crypto/random.h"
#include "common/obs/log.h"
#include "common/sql/mysql_errors.h"
#include "common/sql/mysql_hosts.h"
#include "common/status/error.h"

namespace lianfang::sql {
namespace {

// Prepared statements that a connection keeps: more than the texts of one service.
constexpr size_t kKeptStatements = 256;
// How long a starting process waits for another one that changes the schema.
constexpr absl::Duration kSchemaWait = absl::Minutes(2);

::sql::SQLString Copy(absl::string_view text) { return {text.data(), text.size()}; }

// The client library keeps things per thread.
void UseThread() {
  struct Registered {
    Registered() { get_driver_instance()->threadInit(); }
    ~Registered() { get_driver_instance()->threadEnd(); }
  };
  thread_local const Registered registered;
}

// Exceptions of the client library end here.
template <class Fn>
absl::Status Guard(absl::string_view doing, const Fn& fn) {
  UseThread();
  try {
    return fn();
  } catch (const ::sql::SQLException& error) {
    return MysqlError(error.getErrorCode(), error.what(), doing);
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("mysql ", doing, ": ", error.what()));
  }
}

class MysqlRow final : public Row {
 public:
  explicit MysqlRow(::sql::ResultSet* result) : result_(result) {}
  bool IsNull(int column) const override { return result_->isNull(column + 1); }
  int64_t Int(int column) const override { return result_->getInt64(column + 1); }
  absl::string_view Data(int column) const override {
    if (data_.size() <= static_cast<size_t>(column)) data_.resize(column + 1);
    data_[column] = result_->getString(column + 1);
    return {data_[column].c_str(), data_[column].length()};
  }

 private:
  ::sql::ResultSet* result_;
  mutable std::vector<::sql::SQLString> data_;
};

class MysqlConnection final : public Connection {
 public:
  MysqlConnection(std::unique_ptr<::sql::Connection> connection, const obs::StorageMetrics& metrics)
      : connection_(std::move(connection)),
        plain_(connection_->createStatement()),
        metrics_(metrics) {
    metrics_.ConnectionOpened();
  }
  ~MysqlConnection() override {
    UseThread();
    statements_.clear();
    plain_.reset();
    connection_.reset();
    metrics_.ConnectionClosed();
  }
  MysqlConnection(const MysqlConnection&) = delete;
  MysqlConnection& operator=(const MysqlConnection&) = delete;

  absl::Status Query(absl::string_view sql, absl::Span<const Param> params,
                     absl::FunctionRef<absl::Status(const Row&)> row) override {
    LF_RETURN_IF_ERROR(StandByItself());
    return WithStatement("query", sql, params, [&](::sql::PreparedStatement& statement) {
      const std::unique_ptr<::sql::ResultSet> result(statement.executeQuery());
      const MysqlRow current(result.get());
      absl::Status status;
      while (status.ok() && result->next()) status = row(current);
      return status;
    });
  }

  absl::StatusOr<int64_t> Execute(absl::string_view sql, absl::Span<const Param> params) override {
    LF_RETURN_IF_ERROR(StandByItself());
    int64_t changed = 0;
    // Without values there is nothing to prepare, and changes of the schema cannot be.
    const absl::Status status =
        params.empty()
            ? Plain("execute", sql)
            : WithStatement("execute", sql, params, [&](::sql::PreparedStatement& statement) {
                changed = statement.executeUpdate();
                return absl::OkStatus();
              });
    if (!status.ok()) return status;
    return changed;
  }

  // A cluster may end a transaction between two statements, when another node was faster, and not
  // every way to learn of it reaches us: some answers the client library keeps for itself. What
  // follows would then stand by itself. So nothing commits by itself in here, and the mark that
  // stands at the beginning must still be there at the end.
  absl::Status Begin() override {
    LF_RETURN_IF_ERROR(SetAutocommit(false));
    in_transaction_ = true;
    return Plain("begin", "SAVEPOINT begun");
  }
  // As a statement: the client library's commit() does not say when the connection is lost.
  absl::Status Commit() override {
    LF_RETURN_IF_ERROR(Plain("look for the begin", "RELEASE SAVEPOINT begun"));
    LF_RETURN_IF_ERROR(Plain("commit", "COMMIT"));
    in_transaction_ = false;
    return absl::OkStatus();
  }
  absl::Status Rollback() override {
    gone_ = absl::OkStatus();
    if (!in_transaction_) return absl::OkStatus();
    in_transaction_ = false;
    return Plain("rollback", "ROLLBACK");
  }

  bool usable() const override { return usable_; }
  // A node that has lost its cluster answers to anything that reads no table.
  absl::Status Check() override {
    return Query("SELECT COUNT(*) FROM schema_migrations", {},
                 [](const Row&) { return absl::OkStatus(); });
  }

  // One value of a plain query; empty when there is no row.
  absl::StatusOr<std::string> Ask(absl::string_view sql, int column) {
    LF_RETURN_IF_ERROR(StandByItself());
    std::string value;
    LF_RETURN_IF_ERROR(Talk("ask", [&] {
      const std::unique_ptr<::sql::ResultSet> result(plain_->executeQuery(Copy(sql)));
      if (result->next()) {
        const ::sql::SQLString text = result->getString(column + 1);
        value.assign(text.c_str(), text.length());
      }
      return absl::OkStatus();
    }));
    return value;
  }

  absl::Status Plain(absl::string_view doing, absl::string_view sql) {
    return Talk(doing, [&] {
      plain_->execute(Copy(sql));
      return absl::OkStatus();
    });
  }

 private:
  struct Prepared {
    std::unique_ptr<::sql::PreparedStatement> statement;
    std::list<std::string>::iterator use;
  };

  // A statement outside a transaction stands by itself; one that follows a transaction on this
  // connection is told so. Where one transaction follows another, nothing has to be told.
  absl::Status StandByItself() { return in_transaction_ ? absl::OkStatus() : SetAutocommit(true); }

  absl::Status SetAutocommit(bool on) {
    if (autocommit_ == on) return absl::OkStatus();
    LF_RETURN_IF_ERROR(Plain("begin", on ? "SET autocommit = 1" : "SET autocommit = 0"));
    autocommit_ = on;
    return absl::OkStatus();
  }

  // Runs what talks to the server. Remembers when the connection broke; and after an error inside a
  // transaction gives the same error until it is rolled back: the server may have ended the
  // transaction, and what follows would stand by itself.
  template <class Fn>
  absl::Status Talk(absl::string_view doing, const Fn& fn) {
    if (!gone_.ok()) return gone_;
    bool said_no = true;
    const absl::Status status = Guard(doing, [&] {
      absl::Status result = fn();
      said_no = false;
      return result;
    });
    if (!said_no) return status;
    const Failure failure = FailureOf(status);
    if (failure == Failure::kLost || failure == Failure::kUnavailable) usable_ = false;
    if (in_transaction_) gone_ = status;
    return status;
  }

  template <class Fn>
  absl::Status WithStatement(absl::string_view doing, absl::string_view sql,
                             absl::Span<const Param> params, const Fn& run) {
    return Talk(doing, [&]() -> absl::Status {
      for (int attempt = 0;; ++attempt) {
        try {
          ::sql::PreparedStatement& statement = Prepare(sql);
          Bind(statement, params);
          return run(statement);
        } catch (const ::sql::SQLException& error) {
          if (attempt > 0 || !IsStaleStatement(error.getErrorCode())) throw;
          Forget(sql);
        }
      }
    });
  }

  ::sql::PreparedStatement& Prepare(absl::string_view sql) {
    if (const auto it = statements_.find(sql); it != statements_.end()) {
      uses_.splice(uses_.begin(), uses_, it->second.use);
      return *it->second.statement;
    }
    if (statements_.size() >= kKeptStatements) Forget(std::string(uses_.back()));
    std::unique_ptr<::sql::PreparedStatement> statement(connection_->prepareStatement(Copy(sql)));
    uses_.emplace_front(sql);
    Prepared& kept = statements_[uses_.front()];
    kept = {std::move(statement), uses_.begin()};
    return *kept.statement;
  }

  void Forget(absl::string_view sql) {
    const auto it = statements_.find(sql);
    if (it == statements_.end()) return;
    uses_.erase(it->second.use);
    statements_.erase(it);
  }

  static void Bind(::sql::PreparedStatement& statement, absl::Span<const Param> params) {
    unsigned int at = 0;
    for (const Param& param : params) {
      ++at;
      switch (param.type) {
        case Param::Type::kNull:
          statement.setNull(at, 0);
          break;
        case Param::Type::kInt:
          statement.setInt64(at, param.number);
          break;
        case Param::Type::kText:
        case Param::Type::kBytes:
          statement.setString(at, Copy(param.data));
          break;
      }
    }
  }

  std::unique_ptr<::sql::Connection> connection_;
  std::unique_ptr<::sql::Statement> plain_;
  const obs::StorageMetrics metrics_;
  std::list<std::string> uses_;  // newest first
  absl::flat_hash_map<std::string, Prepared> statements_;
  bool usable_ = true;
  bool autocommit_ = true;
  bool in_transaction_ = false;
  absl::Status gone_;  // why the transaction is gone, until it is rolled back
};

class MysqlDatabase final : public Database {
 public:
  explicit MysqlDatabase(MysqlOptions options)
      : options_(std::move(options)), hosts_(options_.hosts) {
    dialect_ = {.name = "mysql",
                .id_type = "VARBINARY(255)",
                .bytes_type = "MEDIUMBLOB",
                .int_type = "BIGINT",
                .table_options = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
                .lock_rows = " FOR UPDATE",
                .transactional_schema = false,
                .max_params = 30'000};
  }

  absl::StatusOr<std::unique_ptr<Connection>> Connect() override { return Open(options_.database); }

  absl::StatusOr<std::unique_ptr<SchemaLock>> LockSchema() override;
  const Dialect& dialect() const override { return dialect_; }
  int writers() const override { return options_.writers; }
  absl::Duration io_timeout() const { return options_.io_timeout; }

  // Makes the database unless it is there.
  absl::Status Prepare() {
    const auto connection = Open(options_.database);
    if (connection.ok()) return absl::OkStatus();
    if (FailureOf(connection.status()) != Failure::kNone) return connection.status();
    auto server = Open("");
    if (!server.ok()) return connection.status();
    if (!options_.make) {
      bool there = false;
      LF_RETURN_IF_ERROR((*server)->Query(
          "SELECT schema_name FROM information_schema.schemata WHERE schema_name = ?",
          {Param::Text(options_.database)}, [&](const Row&) {
            there = true;
            return absl::OkStatus();
          }));
      return there ? connection.status() : absl::NotFoundError("no such database");
    }
    return static_cast<MysqlConnection&>(**server).Plain(
        "create database", absl::StrCat("CREATE DATABASE IF NOT EXISTS `", options_.database,
                                        "` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"));
  }

 private:
  absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& schema) {
    absl::Status last = StorageUnavailable(Failure::kUnavailable);
    for (const MysqlHost& host : hosts_.InOrder()) {
      auto connection = OpenOn(host, schema);
      if (connection.ok()) {
        hosts_.Serves(host);
        return std::unique_ptr<Connection>(*std::move(connection));
      }
      metrics_.ConnectFailed();
      last = connection.status();
      // A wrong account is wrong everywhere.
      if (FailureOf(last) == Failure::kNone) return last;
    }
    return last;
  }

  absl::StatusOr<std::unique_ptr<MysqlConnection>> OpenOn(const MysqlHost& host,
                                                          const std::string& schema) {
    std::unique_ptr<MysqlConnection> connection;
    LF_RETURN_IF_ERROR(Guard(absl::StrCat("connect to ", host.name), [&] {
      ::sql::ConnectOptionsMap map;
      map["hostName"] = Copy(host.url);
      map["userName"] = Copy(options_.user);
      map["password"] = Copy(options_.password);
      map["schema"] = Copy(schema);
      map["OPT_CONNECT_TIMEOUT"] = Seconds(options_.connect_timeout);
      map["OPT_READ_TIMEOUT"] = Seconds(options_.io_timeout);
      map["OPT_WRITE_TIMEOUT"] = Seconds(options_.io_timeout);
      map["OPT_CHARSET_NAME"] = ::sql::SQLString("utf8mb4");
      map["OPT_REPORT_DATA_TRUNCATION"] = true;
      // An UPDATE to the same value found its row.
      map["CLIENT_FOUND_ROWS"] = true;
      if (!options_.tls_ca_file.empty()) {
        map["sslCA"] = Copy(options_.tls_ca_file);
        map["sslVerify"] = true;
        map["sslEnforce"] = true;
        if (!options_.tls_certificate_file.empty()) {
          map["sslCert"] = Copy(options_.tls_certificate_file);
          map["sslKey"] = Copy(options_.tls_key_file);
        }
      }
      connection = std::make_unique<MysqlConnection>(
          std::unique_ptr<::sql::Connection>(get_driver_instance()->connect(map)), metrics_);
      return absl::OkStatus();
    }));
    LF_RETURN_IF_ERROR(SetUp(*connection));
    return connection;
  }

  static int Seconds(absl::Duration duration) {
    return static_cast<int>(std::max<int64_t>(1, absl::ToInt64Seconds(duration)));
  }

  absl::Status SetUp(MysqlConnection& connection) {
    if (!options_.tls_ca_file.empty()) {
      LF_ASSIGN_OR_RETURN(const std::string cipher,
                          connection.Ask("SHOW SESSION STATUS LIKE 'Ssl_cipher'", 1));
      if (cipher.empty()) {
        return MakeError(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE,
                         "与数据库的连接没有加密，已拒绝使用。",
                         "The connection to the database is not encrypted and is not used.");
      }
    }
    for (const char* statement :
         {"SET NAMES utf8mb4 COLLATE utf8mb4_bin",
          "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_"
          "ZERO'",
          // What a transaction reads is kept still by the lock of its units' heads; gaps between
          // keys need not be locked for it.
          "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"}) {
      LF_RETURN_IF_ERROR(connection.Plain("set up", statement));
    }
    // A wait for a lock ends with an answer, before its silence looks like a lost connection.
    LF_RETURN_IF_ERROR(connection.Plain(
        "set up", absl::StrCat("SET SESSION innodb_lock_wait_timeout = ",
                               std::max(1, Seconds(options_.io_timeout) * 2 / 3))));
    LF_ASSIGN_OR_RETURN(const std::string clustered,
                        connection.Ask("SHOW VARIABLES LIKE 'wsrep_on'", 1));
    if (clustered != "ON") return absl::OkStatus();
    LF_ASSIGN_OR_RETURN(const std::string ready,
                        connection.Ask("SHOW STATUS LIKE 'wsrep_ready'", 1));
    if (ready != "ON") return StorageUnavailable(Failure::kUnavailable);
    // A read sees what any node has committed before.
    return connection.Plain("set up", "SET SESSION wsrep_sync_wait = 1");
  }

  const MysqlOptions options_;
  MysqlHosts hosts_;
  Dialect dialect_;
};

// A row that says who changes the schema and until when. A row and not a lock of the server: those
// hold on one node of a cluster only.
class MysqlSchemaLock final : public SchemaLock {
 public:
  MysqlSchemaLock(std::unique_ptr<Connection> connection, std::string owner, int64_t seconds)
      : connection_(std::move(connection)), owner_(std::move(owner)), seconds_(seconds) {}
  ~MysqlSchemaLock() override {
    connection_
        ->Execute("DELETE FROM schema_lock WHERE id = ? AND owner = ?",
                  {Param::Int(1), Param::Text(owner_)})
        .IgnoreError();
  }

  absl::Status MakeTable() {
    return connection_
        ->Execute(
            "CREATE TABLE IF NOT EXISTS schema_lock (id BIGINT NOT NULL PRIMARY KEY, owner "
            "VARBINARY(64) NOT NULL, expires BIGINT NOT NULL) ENGINE=InnoDB",
            {})
        .status();
  }

  // Whether it is ours now. Duplicates and deadlocks: somebody else was faster.
  absl::StatusOr<bool> Take() {
    LF_RETURN_IF_ERROR(
        connection_
            ->Execute("DELETE FROM schema_lock WHERE id = ? AND expires < UNIX_TIMESTAMP()",
                      {Param::Int(1)})
            .status());
    const absl::Status taken =
        connection_
            ->Execute(
                "INSERT INTO schema_lock (id, owner, expires) VALUES (?, ?, UNIX_TIMESTAMP() "
                "+ ?)",
                {Param::Int(1), Param::Text(owner_), Param::Int(seconds_)})
            .status();
    if (taken.ok()) return true;
    const Failure failure = FailureOf(taken);
    if (failure == Failure::kDuplicate || failure == Failure::kRetry) return false;
    return taken;
  }

  absl::Status Keep() override {
    LF_ASSIGN_OR_RETURN(
        const int64_t kept,
        connection_->Execute("UPDATE schema_lock SET expires = UNIX_TIMESTAMP() + ? WHERE id = ? "
                             "AND owner = ?",
                             {Param::Int(seconds_), Param::Int(1), Param::Text(owner_)}));
    if (kept == 1) return absl::OkStatus();
    return StorageBusy(Failure::kRetry);
  }

 private:
  std::unique_ptr<Connection> connection_;
  const std::string owner_;
  const int64_t seconds_;
};

absl::StatusOr<std::unique_ptr<SchemaLock>> MysqlDatabase::LockSchema() {
  LF_ASSIGN_OR_RETURN(auto connection, Connect());
  // Longer than a statement can take, so that a holder that lives does not lose it.
  const int64_t seconds = absl::ToInt64Seconds(options_.io_timeout) + 15;
  std::array<uint8_t, 16> owner;
  LF_RETURN_IF_ERROR(crypto::SystemRandom().Fill(owner));
  auto lock = std::make_unique<MysqlSchemaLock>(
      std::move(connection),
      absl::BytesToHexString({reinterpret_cast<const char*>(owner.data()), owner.size()}), seconds);
  LF_RETURN_IF_ERROR(lock->MakeTable());
  const absl::Time until = absl::Now() + kSchemaWait;
  while (true) {
    LF_ASSIGN_OR_RETURN(const bool taken, lock->Take());
    if (taken) return std::unique_ptr<SchemaLock>(std::move(lock));
    if (absl::Now() > until) return StorageBusy(Failure::kRetry);
    absl::SleepFor(absl::Milliseconds(50));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenMysql(MysqlOptions options) {
  if (options.hosts.empty()) {
    return FieldError(common::v1::ERROR_REASON_REQUIRED_FIELD, "storage.mysql.hosts",
                      "至少要有一个数据库地址。", "needs at least one server.");
  }
  auto database = std::make_unique<MysqlDatabase>(std::move(options));
  LF_RETURN_IF_ERROR(database->Prepare());
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace lianfang::sql
