#include "common/sql/snapshot.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/status/error.h"

namespace lianfang::sql {
namespace {

// How long one write lock is waited for with others held: far less than a writer waits for it.
constexpr char kShortWait[] = "PRAGMA busy_timeout=500";
// How long all of them together are tried for, and the pause between two attempts.
constexpr absl::Duration kLockTime = absl::Minutes(1);
constexpr absl::Duration kLockPause = absl::Milliseconds(50);

constexpr int64_t kPageRows = 512;
constexpr int64_t kPageBytes = 1 << 20;

// Gives back the write locks; nothing was written.
class WriteLocks {
 public:
  ~WriteLocks() {
    for (Connection* connection : held_) connection->Rollback().IgnoreError();
  }
  absl::Status Take(Connection* connection) {
    LF_RETURN_IF_ERROR(connection->Begin());
    held_.push_back(connection);
    return absl::OkStatus();
  }

 private:
  std::vector<Connection*> held_;
};

// A column of a key, kept beyond its row.
struct KeyValue {
  bool is_int = false;
  int64_t number = 0;
  std::string data;

  Param AsParam() const { return is_int ? Param::Int(number) : Param::Text(data); }
};

// Pages through a table by its key. Comparing whole keys, as `(a, b) > (?, ?)` does, would not use
// the index everywhere; so the last column is compared with all before it held fixed, and when
// there is no more, one column less.
class Pages {
 public:
  // `first`: only rows with this value in the first key column.
  Pages(Connection* connection, std::string source, const Table& table,
        std::optional<absl::string_view> first = std::nullopt)
      : connection_(connection), source_(std::move(source)), table_(table), first_(first) {
    std::vector<std::string> names;
    std::vector<std::string> lengths = {"0"};
    for (const Column& column : table.columns) {
      names.push_back(Quoted(column.name));
      if (column.type != ColumnType::kInt) {
        lengths.push_back(absl::StrCat("COALESCE(LENGTH(", names.back(), "), 0)"));
      }
    }
    columns_ = absl::StrJoin(names, ", ");
    length_ = absl::StrJoin(lengths, " + ");
    for (const size_t column : table.key) key_.push_back(names[column]);
    last_.resize(key_.size());
  }

  absl::Status Read(absl::FunctionRef<absl::Status(const Row&)> row) {
    while (true) {
      LF_ASSIGN_OR_RETURN(const Fit fit, Fits());
      if (fit.rows > 0) LF_RETURN_IF_ERROR(Page(fit.rows, row));
      if (!fit.last) {
        begun_ = true;
        fixed_ = key_.size() - 1;
      } else if (!begun_ || fixed_ == (first_ ? size_t{1} : size_t{0})) {
        return absl::OkStatus();
      } else {
        --fixed_;
      }
    }
  }

 private:
  struct Fit {
    int64_t rows = 0;
    bool last = true;  // no more with the columns that are held fixed
  };

  std::string Which() const {
    std::string text;
    if (!begun_ && first_) absl::StrAppend(&text, " WHERE ", key_[0], " = ?");
    if (begun_) {
      absl::StrAppend(&text, " WHERE ");
      for (size_t i = 0; i < fixed_; ++i) absl::StrAppend(&text, key_[i], " = ? AND ");
      absl::StrAppend(&text, key_[fixed_], " > ?");
    }
    absl::StrAppend(&text, " ORDER BY ", absl::StrJoin(key_, ", "), " LIMIT ?");
    return text;
  }

  std::vector<Param> Params(int64_t limit) const {
    std::vector<Param> params;
    if (!begun_ && first_) params.push_back(Param::Text(*first_));
    for (size_t i = 0; begun_ && i <= fixed_; ++i) params.push_back(last_[i].AsParam());
    params.push_back(Param::Int(limit));
    return params;
  }

  // How many of the next rows make a page.
  absl::StatusOr<Fit> Fits() {
    Fit fit;
    int64_t bytes = 0;
    int64_t found = 0;
    LF_RETURN_IF_ERROR(
        connection_->Query(absl::StrCat("SELECT ", length_, " FROM ", source_, Which()),
                           Params(kPageRows), [&](const Row& row) {
                             ++found;
                             bytes += row.Int(0);
                             if (fit.rows == 0 || bytes <= kPageBytes) fit.rows = found;
                             return absl::OkStatus();
                           }));
    fit.last = fit.rows == found && found < kPageRows;
    return fit;
  }

  absl::Status Page(int64_t rows, absl::FunctionRef<absl::Status(const Row&)> row) {
    int64_t read = 0;
    LF_RETURN_IF_ERROR(
        connection_->Query(absl::StrCat("SELECT ", columns_, " FROM ", source_, Which()),
                           Params(rows), [&](const Row& current) {
                             if (++read == rows) Remember(current);
                             return row(current);
                           }));
    // Not before: the query's parameters point into it.
    last_.swap(next_);
    if (read == rows) return absl::OkStatus();
    return absl::InternalError(absl::StrCat("table ", table_.name, " changed within a snapshot"));
  }

  void Remember(const Row& row) {
    next_.resize(table_.key.size());
    for (size_t i = 0; i < table_.key.size(); ++i) {
      const int column = static_cast<int>(table_.key[i]);
      next_[i].is_int = table_.columns[column].type == ColumnType::kInt;
      if (next_[i].is_int) {
        next_[i].number = row.Int(column);
      } else {
        next_[i].data = std::string(row.Data(column));
      }
    }
  }

  Connection* connection_;
  const std::string source_;
  const Table& table_;
  const std::optional<absl::string_view> first_;
  std::string columns_;
  std::string length_;
  std::vector<std::string> key_;
  bool begun_ = false;
  size_t fixed_ = 0;            // how many columns of the key are held fixed
  std::vector<KeyValue> last_;  // key of the last row that was read
  std::vector<KeyValue> next_;  // of the page that is being read
};

}  // namespace

absl::StatusOr<std::unique_ptr<Snapshot>> Snapshot::Take(absl::Span<Database* const> databases) {
  std::unique_ptr<Snapshot> snapshot(new Snapshot);
  if (databases.empty()) return snapshot;
  const bool files = databases.front()->dialect().name == "sqlite";
  LF_RETURN_IF_ERROR(files ? snapshot->PinFiles(databases) : snapshot->PinServer(databases));
  return snapshot;
}

absl::Status Snapshot::PinFiles(absl::Span<Database* const> databases) {
  std::vector<std::unique_ptr<Connection>> lockers;
  for (Database* database : databases) {
    LF_ASSIGN_OR_RETURN(auto locker, database->Connect());
    LF_RETURN_IF_ERROR(locker->Execute(kShortWait, {}).status());
    lockers.push_back(std::move(locker));
    LF_ASSIGN_OR_RETURN(auto reader, database->Connect());
    sources_.push_back({reader.get(), &database->dialect(), ""});
    connections_.push_back(std::move(reader));
  }
  const absl::Time until = absl::Now() + kLockTime;
  while (true) {
    absl::Status status;
    {
      WriteLocks locks;
      for (const auto& locker : lockers) {
        status = locks.Take(locker.get());
        if (!status.ok()) break;
      }
      if (status.ok()) {
        for (const Source& source : sources_) {
          LF_RETURN_IF_ERROR(source.connection->Execute("BEGIN", {}).status());
          // The state is that of the first read.
          LF_RETURN_IF_ERROR(source.connection->Check());
        }
        return absl::OkStatus();
      }
    }
    if (FailureOf(status) != Failure::kRetry || absl::Now() > until) return status;
    absl::SleepFor(kLockPause);
  }
}

absl::Status Snapshot::PinServer(absl::Span<Database* const> databases) {
  LF_ASSIGN_OR_RETURN(auto reader, databases.front()->Connect());
  for (Database* database : databases) {
    LF_ASSIGN_OR_RETURN(const auto named, database->Connect());
    LF_ASSIGN_OR_RETURN(std::string name, DatabaseName(*named, database->dialect()));
    sources_.push_back({reader.get(), &database->dialect(), std::move(name)});
  }
  // What is committed in one order is seen in it, on a node of a cluster too: a follower's
  // transaction comes after the one that it read.
  for (const char* statement : {"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                                "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"}) {
    LF_RETURN_IF_ERROR(reader->Execute(statement, {}).status());
  }
  connections_.push_back(std::move(reader));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Table>> Snapshot::Tables(size_t database) {
  const Source& source = sources_.at(database);
  return ListTables(*source.connection, *source.dialect, source.database);
}

absl::StatusOr<SchemaState> Snapshot::Schema(size_t database, absl::Span<const Table> tables) {
  const Source& source = sources_.at(database);
  return ReadSchemaState(*source.connection, tables, source.database);
}

absl::StatusOr<std::optional<int64_t>> Snapshot::Count(size_t database, const Table& table) {
  const Source& source = sources_.at(database);
  std::optional<int64_t> count;
  if (!source.database.empty()) return count;
  LF_RETURN_IF_ERROR(source.connection->Query(
      absl::StrCat("SELECT COUNT(*) FROM ", Quoted(table.name)), {}, [&](const Row& row) {
        count = row.Int(0);
        return absl::OkStatus();
      }));
  return count;
}

absl::Status Snapshot::Read(size_t database, const Table& table,
                            absl::FunctionRef<absl::Status(const Row&)> row) {
  const Source& source = sources_.at(database);
  return Pages(source.connection, Qualified(source.database, table.name), table).Read(row);
}

absl::Status Snapshot::ReadOf(size_t database, const Table& table, absl::string_view first,
                              absl::FunctionRef<absl::Status(const Row&)> row) {
  const Source& source = sources_.at(database);
  return Pages(source.connection, Qualified(source.database, table.name), table, first).Read(row);
}

absl::StatusOr<std::vector<std::string>> Snapshot::FirstKeys(size_t database, const Table& table) {
  const Source& source = sources_.at(database);
  const std::string column = Quoted(table.columns[table.key.front()].name);
  std::vector<std::string> values;
  LF_RETURN_IF_ERROR(source.connection->Query(
      absl::StrCat("SELECT DISTINCT ", column, " FROM ", Qualified(source.database, table.name),
                   " ORDER BY ", column),
      {}, [&](const Row& row) {
        values.emplace_back(row.Data(0));
        return absl::OkStatus();
      }));
  return values;
}

}  // namespace lianfang::sql
