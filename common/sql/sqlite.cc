#include "common/sql/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/base/thread_name.h"
#include "common/obs/log.h"
#include "common/status/error.h"

namespace lianfang::sql {
namespace {

constexpr int kBusyMillis = 10'000;
// How long, and how often, a scrub waits for readers: the writer waits with it.
constexpr int kScrubMillis = 200;
constexpr int kScrubTries = 5;

absl::Status SqliteError(sqlite3* db, int code, absl::string_view doing) {
  obs::Log(obs::Level::kWarning, "sqlite",
           {{"doing", doing}, {"code", absl::StrCat(code)}, {"text", sqlite3_errmsg(db)}});
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return StorageFull();
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return StorageBusy(Failure::kRetry);
    case SQLITE_CONSTRAINT:
      return WithFailure(absl::InternalError(absl::StrCat("sqlite ", doing, ": ", code)),
                         code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE
                             ? Failure::kDuplicate
                             : Failure::kData);
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
      return WithFailure(absl::InternalError(absl::StrCat("sqlite ", doing, ": ", code)),
                         Failure::kData);
    default:
      return absl::InternalError(absl::StrCat("sqlite ", doing, ": ", code));
  }
}

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool IsNull(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  int64_t Int(int column) const override { return sqlite3_column_int64(statement_, column); }
  absl::string_view Data(int column) const override {
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return data == nullptr ? absl::string_view()
                           : absl::string_view(static_cast<const char*>(data), size);
  }

 private:
  sqlite3_stmt* statement_;
};

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(sqlite3* db, const obs::StorageMetrics& metrics) : db_(db), metrics_(metrics) {
    metrics_.ConnectionOpened();
  }
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  ~SqliteConnection() override {
    for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(db_);
    metrics_.ConnectionClosed();
  }

  absl::Status Query(absl::string_view sql, absl::Span<const Param> params,
                     absl::FunctionRef<absl::Status(const Row&)> row) override {
    LF_ASSIGN_OR_RETURN(sqlite3_stmt * statement, Prepare(sql, params));
    const SqliteRow current(statement);
    absl::Status result;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      result = row(current);
      if (!result.ok()) break;
    }
    if (result.ok() && code != SQLITE_DONE) result = SqliteError(db_, code, "query");
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return result;
  }

  // A batch of changes of 64 units touches some 400 pages; what does not fit is written to the log
  // before its time, and read from it again.
  absl::Status PrepareToWrite() override {
    LF_RETURN_IF_ERROR(Execute("PRAGMA cache_size=-8192", {}).status());
    return Execute("PRAGMA cache_spill=OFF", {}).status();
  }

  absl::StatusOr<int64_t> Execute(absl::string_view sql, absl::Span<const Param> params) override {
    LF_ASSIGN_OR_RETURN(sqlite3_stmt * statement, Prepare(sql, params));
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    }
    const absl::Status result =
        code == SQLITE_DONE ? absl::OkStatus() : SqliteError(db_, code, "execute");
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (!result.ok()) return result;
    return sqlite3_changes64(db_);
  }

  absl::Status Begin() override { return Execute("BEGIN IMMEDIATE", {}).status(); }
  absl::Status Commit() override { return Execute("COMMIT", {}).status(); }
  absl::Status Rollback() override {
    if (sqlite3_get_autocommit(db_) != 0) return absl::OkStatus();  // the engine did it already
    return Execute("ROLLBACK", {}).status();
  }

  // What a page held before stays in the log until it is written over. What was deleted in the file
  // itself is zero already (secure_delete).
  absl::Status Scrub() override {
    sqlite3_busy_timeout(db_, kScrubMillis);
    int code = SQLITE_BUSY;
    for (int i = 0; i < kScrubTries && (code == SQLITE_BUSY || code == SQLITE_LOCKED); ++i) {
      code = sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
      code &= 0xff;
      // Nobody waits for a checkpoint that another one is at.
      if (code == SQLITE_BUSY) sqlite3_sleep(kScrubMillis / kScrubTries);
    }
    sqlite3_busy_timeout(db_, kBusyMillis);
    return code == SQLITE_OK ? absl::OkStatus() : SqliteError(db_, code, "scrub");
  }

  bool usable() const override { return true; }
  absl::Status Check() override {
    return Query("SELECT COUNT(*) FROM sqlite_schema", {},
                 [](const Row&) { return absl::OkStatus(); });
  }

 private:
  absl::StatusOr<sqlite3_stmt*> Prepare(absl::string_view sql, absl::Span<const Param> params) {
    sqlite3_stmt* statement = nullptr;
    if (const auto it = statements_.find(sql); it != statements_.end()) {
      statement = it->second;
    } else {
      const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
      if (code != SQLITE_OK || statement == nullptr) {
        return SqliteError(db_, code, absl::StrCat("prepare ", sql.substr(0, 200)));
      }
      statements_.emplace(std::string(sql), statement);
    }
    for (size_t i = 0; i < params.size(); ++i) {
      const Param& param = params[i];
      const int at = static_cast<int>(i) + 1;
      int code = SQLITE_OK;
      switch (param.type) {
        case Param::Type::kNull:
          code = sqlite3_bind_null(statement, at);
          break;
        case Param::Type::kInt:
          code = sqlite3_bind_int64(statement, at, param.number);
          break;
        case Param::Type::kText:
          code = sqlite3_bind_text(statement, at, param.data.data() ? param.data.data() : "",
                                   static_cast<int>(param.data.size()), SQLITE_STATIC);
          break;
        case Param::Type::kBytes:
          // A null pointer would bind NULL; empty bytes are not NULL.
          code = sqlite3_bind_blob(statement, at, param.data.data() ? param.data.data() : "",
                                   static_cast<int>(param.data.size()), SQLITE_STATIC);
          break;
      }
      if (code != SQLITE_OK) return SqliteError(db_, code, "bind");
    }
    return statement;
  }

  sqlite3* db_;
  const obs::StorageMetrics metrics_;
  absl::flat_hash_map<std::string, sqlite3_stmt*> statements_;
};

// The transaction in which a migration runs locks the file.
class NoLock final : public SchemaLock {
 public:
  absl::Status Keep() override { return absl::OkStatus(); }
};

// Folds the log back into the file without holding up commits. Done inside a commit, as the library
// does by itself, it makes that commit many times slower than the others; done beside commits it
// never reaches the log's end, and the log grows for ever. So most of it is folded by a thread of
// its own, and a commit only folds what came meanwhile; the next one then writes at the log's
// beginning again. The thread goes over what came while it folded until little comes: what is left
// to the commit holds up everybody.
class Checkpointer {
 public:
  explicit Checkpointer(std::string path) : path_(std::move(path)), thread_([this] { Loop(); }) {}
  ~Checkpointer() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
    sqlite3_close(db_);
  }
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // To be told of every commit of a connection; the library's own way of folding is then off.
  void Watch(sqlite3* db) { sqlite3_wal_hook(db, &OnCommit, this); }

 private:
  enum class Step { kIdle, kFolding, kFolded };
  // Folding costs the commits beside it some milliseconds: not often while much is written, and
  // soon while little is.
  static constexpr int kWorthFrames = 1024;   // 4 MiB
  static constexpr int kLongFrames = 32'768;  // 128 MiB
  static constexpr auto kRest = std::chrono::seconds(2);
  static constexpr int kFewFrames = 512;  // 2 MiB: worth no further turn
  static constexpr int kTurns = 5;

  static int OnCommit(void* self, sqlite3* db, const char*, int frames) {
    if (frames >= kWorthFrames) static_cast<Checkpointer*>(self)->OnLongLog(db, frames);
    return SQLITE_OK;
  }

  void OnLongLog(sqlite3* db, int frames) {
    if (step_ == Step::kIdle) {
      if (frames < kLongFrames && std::chrono::steady_clock::now() < rest_until_) return;
      {
        const std::lock_guard lock(mutex_);
        step_ = Step::kFolding;
      }
      wake_.notify_all();
    } else if (step_ == Step::kFolded) {
      // What cannot be folded now is at the next turn; the log itself is durable.
      sqlite3_wal_checkpoint_v2(db, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
      rest_until_ = std::chrono::steady_clock::now() + kRest;
      step_ = Step::kIdle;
    }
  }

  void Loop() {
    NameThread("checkpoint");
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || step_ == Step::kFolding; });
      if (stopping_) return;
      lock.unlock();
      if (db_ != nullptr || Open()) Fold();
      lock.lock();
      step_ = Step::kFolded;
    }
  }

  void Fold() {
    int before = 0;
    for (int turn = 0; turn < kTurns; ++turn) {
      int frames = before;
      sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, nullptr);
      if (frames - before < kFewFrames) return;
      before = frames;
    }
  }

  bool Open() {
    // Only who has read the file knows that there is a log.
    if (sqlite3_open_v2(path_.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                        nullptr) == SQLITE_OK &&
        sqlite3_exec(db_, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr) ==
            SQLITE_OK) {
      return true;
    }
    sqlite3_close(db_);
    db_ = nullptr;
    return false;
  }

  const std::string path_;
  sqlite3* db_ = nullptr;  // the thread's
  std::atomic<Step> step_{Step::kIdle};
  std::chrono::steady_clock::time_point rest_until_{};  // the writer's
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // under mutex_
  std::thread thread_;
};

class SqliteDatabase final : public Database {
 public:
  explicit SqliteDatabase(std::string path) : path_(std::move(path)), checkpointer_(path_) {
    dialect_ = {.name = "sqlite",
                .id_type = "TEXT",
                .bytes_type = "BLOB",
                .int_type = "INTEGER",
                .table_options = "",
                .lock_rows = "",
                .transactional_schema = true,
                .max_params = 30'000};
  }

  absl::StatusOr<std::unique_ptr<Connection>> Connect() override {
    sqlite3* db = nullptr;
    const int code =
        sqlite3_open_v2(path_.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) {
      const absl::Status status = SqliteError(db, code, "open");
      sqlite3_close(db);
      metrics_.ConnectFailed();
      return status;
    }
    sqlite3_busy_timeout(db, kBusyMillis);
    sqlite3_extended_result_codes(db, 1);
    auto connection = std::make_unique<SqliteConnection>(db, metrics_);
    for (const char* pragma :
         {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA cache_size=-1024",
          "PRAGMA temp_store=MEMORY",
          // More than the log comes to: a file that is cut and grows again slows the commits.
          "PRAGMA journal_size_limit=268435456",
          // What is erased, and every earlier version of it, is no longer in the file.
          "PRAGMA secure_delete=ON"}) {
      LF_RETURN_IF_ERROR(connection->Execute(pragma, {}).status());
    }
    checkpointer_.Watch(db);
    return connection;
  }

  absl::StatusOr<std::unique_ptr<SchemaLock>> LockSchema() override {
    return std::unique_ptr<SchemaLock>(new NoLock);
  }
  const Dialect& dialect() const override { return dialect_; }
  int writers() const override { return 1; }

 private:
  const std::string path_;
  Dialect dialect_;
  Checkpointer checkpointer_;  // last, so that it stops first
};

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(const std::string& path) {
  // Made here and not by the library, so that nobody else can read it from the first byte on.
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return MakeError(common::v1::ERROR_REASON_STORAGE_FULL,
                     absl::StrCat("无法打开数据文件 ", path, "：", std::strerror(errno)),
                     absl::StrCat("Cannot open the data file ", path, ": ", std::strerror(errno)));
  }
  close(fd);
  std::unique_ptr<Database> database = std::make_unique<SqliteDatabase>(path);
  return database;
}

}  // namespace lianfang::sql
