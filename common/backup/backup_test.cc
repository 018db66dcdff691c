// Backup and restore of databases, on the engine of the environment.
#include "common/backup/backup.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "common/backup/restore.h"
#include "common/crypto/ed25519.h"
#include "common/server/storage.h"
#include "common/sql/migrate.h"
#include "common/sql/schema_state.h"
#include "common/sql/tables.h"
#include "common/store/ledger_store.h"
#include "common/testing/test_database.h"
#include "common/testing/test_server.h"

namespace lianfang::backup {
namespace {

using sql::Param;
using testing::FailsWith;
using testing::IsOk;
using namespace common::v1;  // NOLINT: the error reasons

constexpr EmbeddedFile kSchema[] = {
    {"0001_things.sql",
     "CREATE TABLE things (unit_id {ID} NOT NULL, id {ID} NOT NULL, number {INT}, body {BYTES}, "
     "PRIMARY KEY (unit_id, id)) {OPTIONS};\n"
     "CREATE INDEX things_by_number ON things (unit_id, number);\n"
     "CREATE TABLE numbers (number {INT} NOT NULL, PRIMARY KEY (number)) {OPTIONS};"},
    {"0002_colours.sql",
     "ALTER TABLE things ADD COLUMN colour {ID} NOT NULL DEFAULT 'blue';\n"
     "DELETE FROM numbers;"},
};

// A table as text, row by row.
using Dump = std::map<std::string, std::vector<std::string>>;

class BackupTest : public ::testing::Test {
 protected:
  struct Place {
    testing::TempFolder folder;
    config::v1::ServerConfig config;
  };

  BackupTest() { Make(from_); }

  static void Make(Place& place) {
    place.config.set_data_dir(place.folder.path() + "/data");
    place.config.set_listen("127.0.0.1:0");
    *place.config.mutable_storage() = testing::TestStorage();
    std::filesystem::create_directory(place.config.data_dir());
  }

  // Services of a program that has the first `migrations` of the schema.
  static std::vector<server::ModuleSpec> Modules(size_t migrations = 1) {
    std::vector<server::ModuleSpec> modules;
    for (const char* name : {"risk", "grading", "unused"}) {
      modules.push_back({.name = name,
                         .schemas = {{"things", std::span(kSchema).first(migrations)}},
                         .wire = [](server::ModuleContext&) { return absl::OkStatus(); },
                         .kinds = {}});
    }
    return modules;
  }

  static std::unique_ptr<sql::Database> Open(const Place& place, const std::string& service,
                                             size_t migrations = 1) {
    auto database = server::OpenStorage(place.config, service);
    EXPECT_THAT(database, IsOk());
    EXPECT_THAT(store::MigrateLedger(**database), IsOk());
    EXPECT_THAT(sql::Migrate(**database, "things", std::span(kSchema).first(migrations)), IsOk());
    return *std::move(database);
  }

  static std::unique_ptr<sql::Connection> Connect(sql::Database& database) {
    auto connection = database.Connect();
    EXPECT_THAT(connection, IsOk());
    return *std::move(connection);
  }

  static absl::Status Insert(sql::Connection& connection, const std::string& unit,
                             const std::string& id, Param number, Param body) {
    return connection
        .Execute("INSERT INTO things (unit_id, id, number, body) VALUES (?, ?, ?, ?)",
                 {Param::Text(unit), Param::Text(id), number, body})
        .status();
  }

  // Two services with what could go wrong in a table: more rows than a page in one unit and over
  // several, rows of megabytes, bytes of all values, empty ones and none.
  void Fill() {
    for (const char* service : {"risk", "grading"}) {
      const auto database = Open(from_, service);
      const auto connection = Connect(*database);
      ASSERT_THAT(connection->Begin(), IsOk());
      std::string every_byte;
      for (int i = 0; i < 256; ++i) every_byte.push_back(static_cast<char>(i));
      const std::string large(3 << 20, '\xfe');
      for (int i = 0; i < 1300; ++i) {
        ASSERT_THAT(Insert(*connection, "u1", absl::StrCat("id", i), Param::Int(-i),
                           Param::Bytes(every_byte)),
                    IsOk());
        ASSERT_THAT(connection->Execute("INSERT INTO numbers (number) VALUES (?)",
                                        {Param::Int(i * 7919 % 1300 - 650)}),
                    IsOk());
      }
      for (int i = 0; i < 40; ++i) {
        const std::string unit = absl::StrCat("u", 100 + i);
        ASSERT_THAT(Insert(*connection, unit, "a", Param::Null(), Param::Null()), IsOk());
        ASSERT_THAT(Insert(*connection, unit, "", Param::Int(INT64_MIN), Param::Bytes("")), IsOk());
      }
      for (const char* id : {"x", "y", "z"}) {
        ASSERT_THAT(Insert(*connection, "u9", id, Param::Int(INT64_MAX), Param::Bytes(large)),
                    IsOk());
      }
      ASSERT_THAT(Insert(*connection, "单位", "廉", Param::Int(0), Param::Bytes("防")), IsOk());
      ASSERT_THAT(connection->Commit(), IsOk());
    }
  }

  static Dump DumpOf(const Place& place, const std::string& service) {
    Dump dump;
    const auto database = server::OpenExistingStorage(place.config, service);
    EXPECT_THAT(database, IsOk());
    if (*database == nullptr) return dump;
    const auto connection = Connect(**database);
    const auto tables = sql::ListTables(*connection, (*database)->dialect());
    EXPECT_THAT(tables, IsOk());
    for (const sql::Table& table : *tables) {
      if (table.name == "schema_lock" || table.name == "schema_progress") continue;
      auto& rows = dump[table.name];
      EXPECT_THAT(connection->Query(absl::StrCat("SELECT * FROM ", sql::Quoted(table.name)), {},
                                    [&](const sql::Row& row) {
                                      std::string text;
                                      for (size_t i = 0; i < table.columns.size(); ++i) {
                                        const int column = static_cast<int>(i);
                                        absl::StrAppend(&text, table.columns[i].name, "=");
                                        if (row.IsNull(column)) {
                                          absl::StrAppend(&text, "NULL;");
                                        } else if (table.columns[i].type == sql::ColumnType::kInt) {
                                          absl::StrAppend(&text, row.Int(column), ";");
                                        } else {
                                          absl::StrAppend(&text, "'", row.Data(column), "';");
                                        }
                                      }
                                      rows.push_back(std::move(text));
                                      return absl::OkStatus();
                                    }),
                  IsOk());
      std::sort(rows.begin(), rows.end());
    }
    return dump;
  }

  absl::StatusOr<BackupSummary> Back(const Place& place, bool keys = false) {
    return MakeBackup(place.config, {.output = file_,
                                     .include_keys = keys,
                                     .services = {"risk", "grading", "unused"},
                                     .clock = &clock_,
                                     .random = &crypto::SystemRandom(),
                                     .advance = nullptr});
  }
  absl::StatusOr<RestoreSummary> Into(const Place& place, size_t migrations = 1,
                                      bool keys = false) {
    return Restore(place.config, Modules(migrations),
                   {.input = file_, .include_keys = keys, .checked = nullptr, .inserted = nullptr});
  }
  static sql::RestoreState StateOf(sql::Database& database) {
    const auto connection = Connect(database);
    const auto tables = sql::ListTables(*connection, database.dialect());
    EXPECT_THAT(tables, IsOk());
    const auto schema = sql::ReadSchemaState(*connection, *tables);
    EXPECT_THAT(schema, IsOk());
    return schema->restore.state;
  }

  const SystemClock clock_;
  Place from_;
  testing::TempFolder out_;
  const std::string file_ = out_.path() + "/school.lfbackup";
};

TEST_F(BackupTest, EveryTableComesBackAsItWas) {
  Fill();
  const auto made = Back(from_);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->header.services_size(), 2);
  EXPECT_EQ(made->bytes, static_cast<int64_t>(std::filesystem::file_size(file_)));
  Place to;
  Make(to);
  const auto restored = Into(to);
  ASSERT_THAT(restored, IsOk());
  EXPECT_FALSE(restored->was_complete);
  EXPECT_TRUE(restored->ledger_key_missing);
  for (const char* service : {"risk", "grading"}) {
    const Dump before = DumpOf(from_, service);
    // Five that a service's database has at least: ledger, positions, migrations and its own.
    EXPECT_GE(before.size(), 5U);
    EXPECT_EQ(before.at("things").size(), 1384U);
    EXPECT_TRUE(before == DumpOf(to, service)) << service;
  }
  // Reading made nothing.
  EXPECT_TRUE(DumpOf(from_, "unused").empty());
  // What it holds now is backed up to the same again.
  std::filesystem::remove(file_);
  const auto again = Back(to);
  ASSERT_THAT(again, IsOk());
  ASSERT_EQ(again->counts.size(), made->counts.size());
  for (size_t i = 0; i < again->counts.size(); ++i) {
    EXPECT_EQ(again->counts[i].SerializeAsString(), made->counts[i].SerializeAsString());
  }
}

// grading copies what risk has, risk copies what grading has, each after the other's commit: no
// backup may show a copy without what was copied.
TEST_F(BackupTest, OneMomentOverAllDatabasesWhileTheyAreWritten) {
  const auto risk = Open(from_, "risk");
  const auto grading = Open(from_, "grading");
  std::atomic<int> written = 0;
  std::jthread writer([&](const std::stop_token& stop) {
    const auto a = Connect(*risk);
    const auto b = Connect(*grading);
    for (int i = 0; !stop.stop_requested(); ++i) {
      const std::string id = absl::StrCat(i);
      for (const auto& [first, second, unit] :
           {std::tuple(a.get(), b.get(), "ab"), std::tuple(b.get(), a.get(), "ba")}) {
        EXPECT_THAT(Insert(*first, unit, id, Param::Int(i), Param::Null()), IsOk());
        EXPECT_THAT(Insert(*second, unit, id, Param::Int(i), Param::Null()), IsOk());
      }
      ++written;
    }
  });
  for (int round = 0; round < 4; ++round) {
    const int before = written;
    while (written < before + 5) std::this_thread::yield();
    ASSERT_THAT(Back(from_), IsOk());
    const int after = written;
    Place to;
    Make(to);
    ASSERT_THAT(Into(to), IsOk());
    std::filesystem::remove(file_);
    const auto count = [&](const char* service, absl::string_view unit) {
      const auto database = server::OpenStorage(to.config, service);
      EXPECT_THAT(database, IsOk());
      int64_t rows = 0;
      EXPECT_THAT(Connect(**database)
                      ->Query("SELECT COUNT(*) FROM things WHERE unit_id = ?", {Param::Text(unit)},
                              [&](const sql::Row& row) {
                                rows = row.Int(0);
                                return absl::OkStatus();
                              }),
                  IsOk());
      return rows;
    };
    EXPECT_GE(count("risk", "ab"), count("grading", "ab"));
    EXPECT_GE(count("grading", "ba"), count("risk", "ba"));
    EXPECT_GE(count("risk", "ba"), before);
    EXPECT_LE(count("risk", "ab"), after + 1);
  }
}

TEST_F(BackupTest, OnlyIntoEmptyDatabases) {
  Fill();
  ASSERT_THAT(Back(from_), IsOk());
  Place to;
  Make(to);
  {
    const auto database = Open(to, "grading");
    ASSERT_THAT(Insert(*Connect(*database), "u", "mine", Param::Null(), Param::Null()), IsOk());
  }
  EXPECT_THAT(Into(to), FailsWith(ERROR_REASON_RESOURCE_EXISTS));
  EXPECT_EQ(DumpOf(to, "grading").at("things").size(), 1U);
  EXPECT_FALSE(DumpOf(to, "risk").contains("things"));
  // One that the backup does not have counts too: what it followed is not what comes.
  Place other;
  Make(other);
  {
    const auto database = Open(other, "unused");
    ASSERT_THAT(Insert(*Connect(*database), "u", "mine", Param::Null(), Param::Null()), IsOk());
  }
  EXPECT_THAT(Into(other), FailsWith(ERROR_REASON_RESOURCE_EXISTS));
}

TEST_F(BackupTest, TablesOfOthersAreLeftAlone) {
  Fill();
  ASSERT_THAT(Back(from_), IsOk());
  Place to;
  Make(to);
  {
    const auto database = server::OpenStorage(to.config, "risk");
    ASSERT_THAT(database, IsOk());
    ASSERT_THAT(
        Connect(**database)->Execute("CREATE TABLE somebodys (id BIGINT NOT NULL PRIMARY KEY)", {}),
        IsOk());
  }
  EXPECT_THAT(Into(to), FailsWith(ERROR_REASON_RESOURCE_EXISTS));
  EXPECT_TRUE(DumpOf(to, "risk").contains("somebodys"));
}

TEST_F(BackupTest, NewerMigrationsRunAfterTheRows) {
  Fill();
  ASSERT_THAT(Back(from_), IsOk());
  Place to;
  Make(to);
  // The newer program was started there once: its tables are of both migrations.
  for (const char* service : {"risk", "grading"}) Open(to, service, 2);
  ASSERT_THAT(Into(to, 2), IsOk());
  const Dump dump = DumpOf(to, "risk");
  EXPECT_EQ(dump.at("things").size(), 1384U);
  EXPECT_THAT(dump.at("things").front(), ::testing::HasSubstr("colour='blue'"));
  // The second migration empties it: it ran when the rows were there.
  EXPECT_TRUE(dump.at("numbers").empty());
}

TEST_F(BackupTest, AnOlderProgramRefusesTheBackup) {
  Open(from_, "risk", 2);
  ASSERT_THAT(Back(from_), IsOk());
  Place to;
  Make(to);
  const auto refused = Into(to, 1);
  EXPECT_THAT(refused, FailsWith(ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(std::string(refused.status().message()),
              ::testing::HasSubstr("risk/things/0002_colours.sql"));
  EXPECT_TRUE(DumpOf(to, "risk").empty());
}

TEST_F(BackupTest, ADamagedFileChangesNothing) {
  Fill();
  ASSERT_THAT(Back(from_), IsOk());
  std::filesystem::resize_file(file_, std::filesystem::file_size(file_) - 9);
  Place to;
  Make(to);
  EXPECT_THAT(Into(to), FailsWith(ERROR_REASON_INCOMPLETE_STREAM));
  EXPECT_TRUE(std::filesystem::is_empty(to.config.data_dir()));
  EXPECT_TRUE(DumpOf(to, "risk").empty());
}

TEST_F(BackupTest, ARestoreThatWasKilledIsRefusedByServersAndClearedByTheNext) {
  Fill();
  const auto made = Back(from_);
  ASSERT_THAT(made, IsOk());
  Place to;
  Make(to);
  // As it is left in the middle: both are marked, one has rows.
  for (const char* service : {"risk", "grading"}) {
    const auto database = Open(to, service, 1);
    const auto connection = Connect(*database);
    ASSERT_THAT(sql::SetRestoreMark(*connection, {sql::RestoreState::kBegun, made->header.id()}),
                IsOk());
    if (absl::string_view(service) == "risk") {
      ASSERT_THAT(Insert(*connection, "u1", "id1", Param::Null(), Param::Null()), IsOk());
    }
  }
  const auto started = server::Server::Start(to.config, Modules());
  EXPECT_THAT(started.status(), FailsWith(ERROR_REASON_DEPENDENCY_UNAVAILABLE));
  // Nor is it backed up as if it were whole.
  const std::string kept = file_ + ".kept";
  std::filesystem::rename(file_, kept);
  EXPECT_THAT(Back(to), FailsWith(ERROR_REASON_STILL_IN_USE));
  std::filesystem::rename(kept, file_);
  ASSERT_THAT(Into(to), IsOk());
  EXPECT_TRUE(DumpOf(from_, "risk") == DumpOf(to, "risk"));
  EXPECT_THAT(server::Server::Start(to.config, Modules()).status(), IsOk());
}

TEST_F(BackupTest, ARestoreThatWasKilledAtItsVeryEndIsEnded) {
  Fill();
  ASSERT_THAT(Back(from_), IsOk());
  Place to;
  Make(to);
  const auto first = Into(to);
  ASSERT_THAT(first, IsOk());
  const auto database = server::OpenStorage(to.config, "grading");
  ASSERT_THAT(database, IsOk());
  const auto mark = [&] {
    return sql::SetRestoreMark(*Connect(**database),
                               {sql::RestoreState::kFilled, first->header.id()});
  };
  // The other one's mark was taken away already, and a server has written there since.
  ASSERT_THAT(mark(), IsOk());
  {
    const auto other = server::OpenStorage(to.config, "risk");
    ASSERT_THAT(other, IsOk());
    ASSERT_THAT(Insert(*Connect(**other), "u", "since", Param::Null(), Param::Null()), IsOk());
  }
  const auto second = Into(to);
  ASSERT_THAT(second, IsOk());
  EXPECT_TRUE(second->was_complete);
  EXPECT_EQ(StateOf(**database), sql::RestoreState::kNone);
  EXPECT_EQ(DumpOf(to, "risk").at("things").size(), 1385U);
  // With another file at hand the databases become usable, and are what they are: not empty.
  ASSERT_THAT(mark(), IsOk());
  std::filesystem::remove(file_);
  ASSERT_THAT(Back(from_), IsOk());
  EXPECT_THAT(Into(to), FailsWith(ERROR_REASON_RESOURCE_EXISTS));
  EXPECT_EQ(StateOf(**database), sql::RestoreState::kNone);
}

TEST_F(BackupTest, NotWhileAServerRuns) {
  Fill();
  ASSERT_THAT(Back(from_), IsOk());
  Place to;
  Make(to);
  {
    const auto server = server::Server::Start(to.config, Modules());
    ASSERT_THAT(server, IsOk());
    EXPECT_THAT(Into(to), FailsWith(ERROR_REASON_STILL_IN_USE));
    if (testing::OnServer()) {
      // On another machine, too.
      Place elsewhere;
      Make(elsewhere);
      *elsewhere.config.mutable_storage() = to.config.storage();
      EXPECT_THAT(Into(elsewhere), FailsWith(ERROR_REASON_STILL_IN_USE));
    }
    (*server)->Shutdown(absl::Seconds(5));
  }
  EXPECT_THAT(Into(to), IsOk());
}

TEST_F(BackupTest, KeysOnlyWhenTheyAreAskedFor) {
  Fill();
  { ASSERT_THAT(server::Server::Start(from_.config, Modules()).status(), IsOk()); }
  ASSERT_THAT(Back(from_), IsOk());
  Place to;
  Make(to);
  EXPECT_THAT(Into(to, 1, /*keys=*/true), FailsWith(ERROR_REASON_INVALID_FIELD));
  std::filesystem::remove(file_);
  ASSERT_THAT(Back(from_, /*keys=*/true), IsOk());
  const auto text = [](const Place& place, const char* name) {
    std::ifstream file(place.config.data_dir() + "/keys/" + name);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  ASSERT_THAT(Into(to, 1, /*keys=*/true), IsOk());
  for (const char* name : {"token.pem", "ledger.pem"}) {
    EXPECT_THAT(text(to, name), ::testing::HasSubstr("PRIVATE KEY"));
    EXPECT_EQ(text(to, name), text(from_, name));
    EXPECT_EQ(std::filesystem::status(to.config.data_dir() + "/keys/" + name).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  // Where another ledger key is, neither way goes on: the ledgers would be signed by a stranger.
  Place other;
  Make(other);
  std::filesystem::create_directory(other.config.data_dir() + "/keys");
  const std::string path = other.config.data_dir() + "/keys/ledger.pem";
  ASSERT_THAT(crypto::Ed25519PrivateKey::LoadOrCreate(path), IsOk());
  const std::string before = text(other, "ledger.pem");
  EXPECT_THAT(Into(other, 1, /*keys=*/true), FailsWith(ERROR_REASON_RESOURCE_EXISTS));
  EXPECT_THAT(Into(other), FailsWith(ERROR_REASON_RESOURCE_EXISTS));
  EXPECT_EQ(text(other, "ledger.pem"), before);
  EXPECT_TRUE(DumpOf(other, "risk").empty());
}

TEST_F(BackupTest, NothingToBackUpIsAnErrorAndMakesNothing) {
  EXPECT_THAT(Back(from_), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_TRUE(std::filesystem::is_empty(from_.config.data_dir()));
  EXPECT_TRUE(std::filesystem::is_empty(out_.path()));
}

}  // namespace
}  // namespace lianfang::backup
