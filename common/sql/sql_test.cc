// What the suite asks of a database, whichever engine it is: this test runs for SQLite and, with
// LIANFANG_TEST_MYSQL, for a server.
#include <filesystem>
#include <future>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/sql/database.h"
#include "common/sql/migrate.h"
#include "common/status/error.h"
#include "common/testing/test_database.h"
#include "common/testing/test_server.h"

namespace lianfang::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;

constexpr EmbeddedFile kTables[] = {
    {"0001_things.sql",
     "CREATE TABLE things (unit_id {ID} NOT NULL, id {ID} NOT NULL, number {INT}, body {BYTES}, "
     "PRIMARY KEY (unit_id, id)) {OPTIONS};\n"
     "-- An index; its comment holds what separates statements.\n"
     "CREATE INDEX things_by_number ON things (unit_id, number);"},
    {"0002_colour.sql", "ALTER TABLE things ADD COLUMN colour {ID} NOT NULL DEFAULT '';"},
};

class SqlTest : public ::testing::Test {
 protected:
  SqlTest() : storage_(testing::TestStorage()), database_(Open()) {
    EXPECT_THAT(Migrate(*database_, "test", kTables), IsOk());
    connection_ = Connect();
  }

  std::unique_ptr<Database> Open() {
    return testing::OpenDatabase(storage_, folder_.path(), "test");
  }
  std::unique_ptr<Connection> Connect() {
    auto connection = database_->Connect();
    EXPECT_THAT(connection, IsOk());
    return *std::move(connection);
  }
  absl::Status Insert(Connection& connection, absl::string_view id, Param number, Param body) {
    return connection
        .Execute("INSERT INTO things (unit_id, id, number, body) VALUES (?, ?, ?, ?)",
                 {Param::Text("u"), Param::Text(id), number, body})
        .status();
  }
  std::vector<std::string> Ids(Connection& connection, absl::string_view where = "id >= ?",
                               absl::string_view value = "") {
    std::vector<std::string> ids;
    EXPECT_THAT(
        connection.Query(absl::StrCat("SELECT id FROM things WHERE ", where, " ORDER BY id"),
                         {Param::Text(value)},
                         [&](const Row& row) {
                           ids.emplace_back(row.Data(0));
                           return absl::OkStatus();
                         }),
        IsOk());
    return ids;
  }

  testing::TempFolder folder_;
  config::v1::Storage storage_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;
};

TEST_F(SqlTest, ValuesComeBackAsTheyWere) {
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte.push_back(static_cast<char>(i));
  const std::string large(3 << 20, '\xff');
  const struct {
    const char* id;
    Param number;
    std::string body;
  } kCases[] = {
      {"bytes", Param::Int(0), every_byte},
      {"empty", Param::Int(std::numeric_limits<int64_t>::max()), ""},
      {"large", Param::Int(std::numeric_limits<int64_t>::min()), large},
      {"text", Param::Null(), "廉政风险防控 𠮷 \xF0\x9F\x93\x9C '\"\\%_;--"},
  };
  for (const auto& one : kCases) {
    ASSERT_THAT(Insert(*connection_, one.id, one.number, Param::Bytes(one.body)), IsOk()) << one.id;
  }
  const auto reader = Connect();
  size_t at = 0;
  ASSERT_THAT(reader->Query("SELECT id, number, body FROM things WHERE unit_id = ? ORDER BY id",
                            {Param::Text("u")},
                            [&](const Row& row) {
                              const auto& one = kCases[at++];
                              EXPECT_EQ(row.Data(0), one.id);
                              EXPECT_EQ(row.IsNull(1), one.number.type == Param::Type::kNull);
                              if (!row.IsNull(1)) {
                                EXPECT_EQ(row.Int(1), one.number.number);
                              }
                              EXPECT_FALSE(row.IsNull(2)) << one.id;
                              EXPECT_TRUE(row.Data(2) == one.body) << one.id;
                              return absl::OkStatus();
                            }),
              IsOk());
  EXPECT_EQ(at, 4U);
}

TEST_F(SqlTest, IdsAreComparedByteByByte) {
  const std::vector<std::string> ids = {"A", "a", "a ", "e", "é", "一", "丁"};
  for (const std::string& id : ids) {
    ASSERT_THAT(Insert(*connection_, id, Param::Int(1), Param::Bytes("x")), IsOk()) << id;
  }
  EXPECT_EQ(Ids(*connection_), ids);
  EXPECT_THAT(Ids(*connection_, "id = ?", "a"), ElementsAre("a"));
  EXPECT_THAT(Ids(*connection_, "id > ?", "e"), ElementsAre("é", "一", "丁"));
}

TEST_F(SqlTest, AKeyThatIsThereIsADuplicateAndTheFirstStays) {
  ASSERT_THAT(Insert(*connection_, "a", Param::Int(1), Param::Bytes("x")), IsOk());
  EXPECT_EQ(FailureOf(Insert(*connection_, "a", Param::Int(2), Param::Bytes("y"))),
            Failure::kDuplicate);
  EXPECT_TRUE(connection_->usable());
  EXPECT_THAT(Ids(*connection_, "number = 1 AND id >= ?"), ElementsAre("a"));
}

// Larger than what an engine keeps in memory before it commits.
TEST_F(SqlTest, ALargeChangeIsSeenWholeOrNotAtAll) {
  constexpr int kRows = 2'000;
  const std::string body(2'000, 'x');
  const auto fill = [&](char letter) {
    for (int i = 0; i < kRows; ++i) {
      ASSERT_THAT(Insert(*connection_, absl::StrCat(std::string(1, letter), i), Param::Int(i),
                         Param::Bytes(body)),
                  IsOk());
    }
  };
  const auto reader = Connect();
  ASSERT_THAT(connection_->Begin(), IsOk());
  fill('a');
  EXPECT_THAT(Ids(*reader), IsEmpty());
  ASSERT_THAT(connection_->Commit(), IsOk());
  EXPECT_EQ(Ids(*reader).size(), static_cast<size_t>(kRows));
  ASSERT_THAT(connection_->Begin(), IsOk());
  fill('b');
  EXPECT_EQ(Ids(*reader).size(), static_cast<size_t>(kRows));
  ASSERT_THAT(connection_->Rollback(), IsOk());
  ASSERT_THAT(Insert(*connection_, "c", Param::Int(1), Param::Bytes(body)), IsOk());
  EXPECT_EQ(Ids(*reader).size(), static_cast<size_t>(kRows) + 1);
  EXPECT_EQ(Ids(*Open()->Connect().value()).size(), static_cast<size_t>(kRows) + 1);
}

// Whoever is killed after a commit leaves what he committed.
TEST_F(SqlTest, WhatIsCommittedIsInTheFiles) {
  if (testing::OnServer()) return;  // its files are its own affair
  const std::string body(50'000, 'x');
  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(Insert(*connection_, absl::StrCat(1'000 + i), Param::Int(i), Param::Bytes(body)),
                IsOk());
    if (i % 10 != 0) continue;
    const testing::TempFolder copy;
    std::filesystem::copy(folder_.path(), copy.path());
    const auto copied = testing::OpenDatabase(storage_, copy.path(), "test");
    EXPECT_EQ(Ids(*copied->Connect().value()).size(), static_cast<size_t>(i) + 1);
  }
}

TEST_F(SqlTest, DataThatTheEngineRefusesIsTold) {
  const absl::Status refused = connection_
                                   ->Execute("INSERT INTO things (unit_id, id) VALUES (?, ?)",
                                             {Param::Text("u"), Param::Null()})
                                   .status();
  EXPECT_EQ(FailureOf(refused), Failure::kData);
  if (testing::OnServer()) {
    const std::string long_id(256, 'x');
    EXPECT_EQ(FailureOf(Insert(*connection_, long_id, Param::Int(1), Param::Bytes("x"))),
              Failure::kData);
  }
  EXPECT_THAT(Ids(*connection_), IsEmpty());
}

TEST_F(SqlTest, ATransactionStandsWhollyAfterItsCommitAndNotAtAllBefore) {
  const auto reader = Connect();
  ASSERT_THAT(connection_->Begin(), IsOk());
  ASSERT_THAT(Insert(*connection_, "a", Param::Int(1), Param::Bytes("x")), IsOk());
  ASSERT_THAT(Insert(*connection_, "b", Param::Int(1), Param::Bytes("x")), IsOk());
  EXPECT_THAT(Ids(*connection_), ElementsAre("a", "b")) << "it sees itself";
  EXPECT_THAT(Ids(*reader), IsEmpty());
  ASSERT_THAT(connection_->Commit(), IsOk());
  EXPECT_THAT(Ids(*reader), ElementsAre("a", "b"));

  ASSERT_THAT(connection_->Begin(), IsOk());
  ASSERT_THAT(Insert(*connection_, "c", Param::Int(1), Param::Bytes("x")), IsOk());
  EXPECT_FALSE(Insert(*connection_, "a", Param::Int(1), Param::Bytes("x")).ok());
  ASSERT_THAT(connection_->Rollback(), IsOk());
  EXPECT_THAT(connection_->Rollback(), IsOk()) << "rolled back already";
  EXPECT_THAT(Ids(*reader), ElementsAre("a", "b"));
}

// Two that add to the same number: with the row locked none gets lost.
TEST_F(SqlTest, AStatementThatFollowsATransactionStandsByItself) {
  const auto other = Connect();
  ASSERT_THAT(connection_->Begin(), IsOk());
  ASSERT_THAT(Insert(*connection_, "a", Param::Null(), Param::Null()), IsOk());
  ASSERT_THAT(connection_->Commit(), IsOk());
  EXPECT_THAT(Insert(*connection_, "b", Param::Null(), Param::Null()), IsOk());
  EXPECT_THAT(Ids(*other), ElementsAre("a", "b"));
  ASSERT_THAT(connection_->Begin(), IsOk());
  ASSERT_THAT(Insert(*connection_, "c", Param::Null(), Param::Null()), IsOk());
  ASSERT_THAT(connection_->Rollback(), IsOk());
  EXPECT_THAT(Ids(*connection_), ElementsAre("a", "b"));
  // A query leaves no transaction open, in which it would see the same for ever.
  ASSERT_THAT(Insert(*other, "d", Param::Null(), Param::Null()), IsOk());
  EXPECT_THAT(Ids(*connection_), ElementsAre("a", "b", "d"));
  EXPECT_THAT(Insert(*connection_, "e", Param::Null(), Param::Null()), IsOk());
  EXPECT_THAT(Ids(*other), ElementsAre("a", "b", "d", "e"));
}

TEST_F(SqlTest, WhatATransactionReadsForUpdateNobodyElseChanges) {
  ASSERT_THAT(Insert(*connection_, "a", Param::Int(0), Param::Bytes("x")), IsOk());
  constexpr int kEach = 40;
  const auto add = [&] {
    const auto connection = Connect();
    for (int done = 0, attempts = 0; done < kEach && attempts < 100 * kEach; ++attempts) {
      int64_t number = 0;
      const auto once = [&]() -> absl::Status {
        LF_RETURN_IF_ERROR(connection->Begin());
        LF_RETURN_IF_ERROR(
            connection->Query(absl::StrCat("SELECT number FROM things WHERE unit_id = ? AND id = ?",
                                           database_->dialect().lock_rows),
                              {Param::Text("u"), Param::Text("a")}, [&](const Row& row) {
                                number = row.Int(0);
                                return absl::OkStatus();
                              }));
        LF_RETURN_IF_ERROR(
            connection
                ->Execute(
                    "REPLACE INTO things (unit_id, id, number, body) VALUES (?, ?, ?, ?)",
                    {Param::Text("u"), Param::Text("a"), Param::Int(number + 1), Param::Bytes("x")})
                .status());
        return connection->Commit();
      }();
      if (once.ok()) {
        ++done;
      } else {
        EXPECT_EQ(FailureOf(once), Failure::kRetry) << once;
        EXPECT_THAT(connection->Rollback(), IsOk());
      }
    }
  };
  std::thread other(add);
  add();
  other.join();
  EXPECT_THAT(Ids(*connection_, absl::StrCat("number = ", 2 * kEach, " AND id >= ?")),
              ElementsAre("a"));
}

TEST_F(SqlTest, AQueryEndsWithTheFirstErrorOfItsReader) {
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_THAT(Insert(*connection_, id, Param::Int(1), Param::Bytes("x")), IsOk());
  }
  int rows = 0;
  const absl::Status stopped =
      connection_->Query("SELECT id FROM things WHERE unit_id = ? LIMIT ?",
                         {Param::Text("u"), Param::Int(3)}, [&](const Row&) {
                           ++rows;
                           return absl::CancelledError("enough");
                         });
  EXPECT_EQ(stopped.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(rows, 1);
  // The connection goes on, with the same statement too.
  rows = 0;
  EXPECT_THAT(connection_->Query("SELECT id FROM things WHERE unit_id = ? LIMIT ?",
                                 {Param::Text("u"), Param::Int(2)},
                                 [&](const Row&) {
                                   ++rows;
                                   return absl::OkStatus();
                                 }),
              IsOk());
  EXPECT_EQ(rows, 2);
}

TEST_F(SqlTest, AWrongStatementIsAnErrorThatShowsNoText) {
  const absl::Status wrong =
      connection_->Query("SELECT nothing FROM things WHERE id = ?", {Param::Text("secret")},
                         [](const Row&) { return absl::OkStatus(); });
  EXPECT_EQ(ReasonOf(wrong), common::v1::ERROR_REASON_INTERNAL);
  EXPECT_EQ(ToRpcStatus(wrong).message().find("nothing"), std::string::npos);
  EXPECT_TRUE(connection_->usable());
}

TEST_F(SqlTest, AMigrationIsAppliedOnceAndMustNotChange) {
  EXPECT_THAT(Migrate(*database_, "test", kTables), IsOk());
  constexpr EmbeddedFile kChanged[] = {{"0001_things.sql", "CREATE TABLE other (id {ID});"}};
  EXPECT_EQ(ReasonOf(Migrate(*database_, "test", kChanged)), common::v1::ERROR_REASON_INTERNAL);
  // Another component may name its files the same.
  EXPECT_THAT(Migrate(*database_, "other", kChanged), IsOk());
}

TEST_F(SqlTest, DataOfAnOlderSchemaIsKept) {
  constexpr EmbeddedFile kGrown[] = {
      {"0001_old.sql", "CREATE TABLE old (id {ID} NOT NULL, PRIMARY KEY (id)) {OPTIONS};"},
      {"0002_new.sql", "ALTER TABLE old ADD COLUMN colour {ID} NOT NULL DEFAULT 'grey';"}};
  ASSERT_THAT(Migrate(*database_, "grown", std::span(kGrown).first(1)), IsOk());
  ASSERT_THAT(connection_->Execute("INSERT INTO old (id) VALUES (?)", {Param::Text("a")}), IsOk());
  ASSERT_THAT(Migrate(*database_, "grown", kGrown), IsOk());
  std::string colour;
  ASSERT_THAT(connection_->Query("SELECT colour FROM old WHERE id = ?", {Param::Text("a")},
                                 [&](const Row& row) {
                                   colour = std::string(row.Data(0));
                                   return absl::OkStatus();
                                 }),
              IsOk());
  EXPECT_EQ(colour, "grey");
}

TEST_F(SqlTest, ManyThatStartAtOnceMigrateOnce) {
  constexpr EmbeddedFile kOnce[] = {
      {"0001_once.sql",
       "CREATE TABLE once (id {ID} NOT NULL, PRIMARY KEY (id)) {OPTIONS};"
       "INSERT INTO once (id) VALUES ('first');"},
      {"0002_more.sql", "ALTER TABLE once ADD COLUMN colour {ID} NOT NULL DEFAULT '';"}};
  std::vector<std::future<absl::Status>> starts;
  for (int i = 0; i < 3; ++i) {
    starts.push_back(
        std::async(std::launch::async, [&] { return Migrate(*Open(), "once", kOnce); }));
  }
  for (auto& start : starts) EXPECT_THAT(start.get(), IsOk());
  int rows = 0;
  ASSERT_THAT(connection_->Query("SELECT id FROM once WHERE colour = ?", {Param::Text("")},
                                 [&](const Row&) {
                                   ++rows;
                                   return absl::OkStatus();
                                 }),
              IsOk());
  EXPECT_EQ(rows, 1);
}

// Where each change of the schema stands at once, a start that was killed leaves some of a file
// behind: after a statement and before the note of it.
TEST_F(SqlTest, AMigrationThatWasKilledGoesOnWhereItEnded) {
  constexpr EmbeddedFile kHalf[] = {
      {"0001_half.sql",
       "CREATE TABLE half_one (id {ID} NOT NULL, PRIMARY KEY (id)) {OPTIONS};"
       "CREATE TABLE half_two (id {ID} NOT NULL, PRIMARY KEY (id)) {OPTIONS};"
       "CREATE INDEX half_two_by_id ON half_two (id);"}};
  if (!database_->dialect().transactional_schema) {
    ASSERT_THAT(
        connection_->Execute("INSERT INTO schema_progress (component, file, statements) "
                             "VALUES (?, ?, ?)",
                             {Param::Text("half"), Param::Text("0001_half.sql"), Param::Int(1)}),
        IsOk());
    for (const char* statement :
         {"CREATE TABLE half_one (id VARBINARY(255) NOT NULL PRIMARY KEY)",
          "CREATE TABLE half_two (id VARBINARY(255) NOT NULL PRIMARY KEY)"}) {
      ASSERT_THAT(connection_->Execute(statement, {}), IsOk());
    }
  }
  ASSERT_THAT(Migrate(*database_, "half", kHalf), IsOk());
  EXPECT_THAT(connection_->Execute("INSERT INTO half_two (id) VALUES (?)", {Param::Text("a")}),
              IsOk());
  // A table that nobody's migration made is not taken for one's own.
  constexpr EmbeddedFile kForeign[] = {
      {"0001_foreign.sql",
       "CREATE TABLE half_one (id {ID} NOT NULL, PRIMARY KEY (id)) {OPTIONS};"}};
  EXPECT_FALSE(Migrate(*database_, "foreign", kForeign).ok());
}

TEST_F(SqlTest, APoolLendsAConnectionAgainAndOpensAnotherOnlyWhenItMust) {
  ConnectionPool pool(database_.get());
  Connection* first = nullptr;
  {
    auto lease = pool.Borrow();
    ASSERT_THAT(lease, IsOk());
    first = lease->get();
    auto second = pool.Borrow();
    ASSERT_THAT(second, IsOk());
    EXPECT_NE(second->get(), first);
  }
  auto again = pool.Borrow();
  ASSERT_THAT(again, IsOk());
  EXPECT_THAT((**again).Check(), IsOk());
}

}  // namespace
}  // namespace lianfang::sql
