// What a snapshot shows, and that a table comes whole and in order however it is paged.
#include "common/sql/snapshot.h"

#include <algorithm>
#include <thread>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/sql/migrate.h"
#include "common/testing/test_database.h"
#include "common/testing/test_server.h"

namespace lianfang::sql {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using testing::IsOk;

constexpr EmbeddedFile kTables[] = {
    {"0001_things.sql",
     "CREATE TABLE things (a {ID} NOT NULL, b {INT} NOT NULL, c {ID} NOT NULL, body {BYTES}, "
     "PRIMARY KEY (a, b, c)) {OPTIONS};\n"
     "CREATE TABLE empty_ones (id {ID} NOT NULL, PRIMARY KEY (id)) {OPTIONS};"},
};

using Key = std::tuple<std::string, int64_t, std::string>;

class SnapshotTest : public ::testing::Test {
 protected:
  SnapshotTest() : first_(Open("first")), second_(Open("second")) {}

  std::unique_ptr<Database> Open(const std::string& service) {
    auto database = testing::OpenDatabase(storage_, folder_.path(), service);
    EXPECT_THAT(Migrate(*database, "things", kTables), IsOk());
    return database;
  }

  static void Insert(Database& database, const std::vector<Key>& keys, absl::string_view body) {
    auto connection = database.Connect();
    ASSERT_THAT(connection, IsOk());
    ASSERT_THAT((*connection)->Begin(), IsOk());
    for (const auto& [a, b, c] : keys) {
      ASSERT_THAT(
          (*connection)
              ->Execute("INSERT INTO things (a, b, c, body) VALUES (?, ?, ?, ?)",
                        {Param::Text(a), Param::Int(b), Param::Text(c), Param::Bytes(body)}),
          IsOk());
    }
    ASSERT_THAT((*connection)->Commit(), IsOk());
  }

  static std::unique_ptr<Snapshot> Take(const std::vector<Database*>& databases) {
    auto snapshot = Snapshot::Take(databases);
    EXPECT_THAT(snapshot, IsOk());
    return *std::move(snapshot);
  }

  static std::vector<Key> Read(Snapshot& snapshot, size_t database) {
    std::vector<Key> keys;
    const auto tables = snapshot.Tables(database);
    EXPECT_THAT(tables, IsOk());
    for (const Table& table : *tables) {
      if (table.name != "things") continue;
      EXPECT_THAT(table.key, ElementsAre(0, 1, 2));
      EXPECT_THAT(snapshot.Read(database, table,
                                [&](const Row& row) {
                                  keys.emplace_back(row.Data(0), row.Int(1), row.Data(2));
                                  return absl::OkStatus();
                                }),
                  IsOk());
      const auto count = snapshot.Count(database, table);
      EXPECT_THAT(count, IsOk());
      EXPECT_EQ(count->value_or(keys.size()), static_cast<int64_t>(keys.size()));
    }
    return keys;
  }

  const testing::TempFolder folder_;
  const config::v1::Storage storage_ = testing::TestStorage();
  std::unique_ptr<Database> first_;
  std::unique_ptr<Database> second_;
};

TEST_F(SnapshotTest, RowsComeInTheOrderOfTheKeyAcrossPages) {
  std::vector<Key> keys;
  for (const char* a : {"", "a", "ab", "é", "廉"}) {
    for (int64_t b = -3; b < 4; ++b) {
      // Some have one row, one more than two pages.
      const int rows = std::string(a) == "ab" && b == 0 ? 1100 : 1 + static_cast<int>(b + 3) * 40;
      for (int c = 0; c < rows; ++c) keys.emplace_back(a, b, absl::StrCat(c));
    }
  }
  std::sort(keys.begin(), keys.end());
  Insert(*first_, keys, "x");
  const auto snapshot = Take({first_.get(), second_.get()});
  EXPECT_TRUE(Read(*snapshot, 0) == keys);
  EXPECT_TRUE(Read(*snapshot, 1).empty());
}

TEST_F(SnapshotTest, PagesOfLargeRowsToo) {
  std::vector<Key> keys;
  for (int64_t i = 0; i < 9; ++i) keys.emplace_back("a", i / 2, absl::StrCat(i));
  Insert(*first_, keys, std::string(700'000, '\0'));
  const auto snapshot = Take({first_.get()});
  EXPECT_TRUE(Read(*snapshot, 0) == keys);
}

TEST_F(SnapshotTest, WhatIsWrittenSinceIsNotInIt) {
  Insert(*first_, {{"a", 1, ""}}, "x");
  Insert(*second_, {{"a", 1, ""}}, "x");
  const auto snapshot = Take({first_.get(), second_.get()});
  // Writers wait for nothing once it is taken.
  Insert(*first_, {{"a", 2, ""}}, "x");
  Insert(*second_, {{"0", 2, ""}}, "x");
  EXPECT_THAT(Read(*snapshot, 0), ElementsAre(Key("a", 1, "")));
  EXPECT_THAT(Read(*snapshot, 1), ElementsAre(Key("a", 1, "")));
  const auto later = Take({first_.get(), second_.get()});
  EXPECT_THAT(Read(*later, 1), ElementsAre(Key("0", 2, ""), Key("a", 1, "")));
}

TEST_F(SnapshotTest, ATransactionInOneOfThemIsWaitedFor) {
  auto busy = second_->Connect();
  ASSERT_THAT(busy, IsOk());
  ASSERT_THAT((*busy)->Begin(), IsOk());
  ASSERT_THAT((*busy)->Execute("INSERT INTO things (a, b, c) VALUES (?, ?, ?)",
                               {Param::Text("a"), Param::Int(7), Param::Text("")}),
              IsOk());
  const bool files = second_->dialect().name == "sqlite";
  std::unique_ptr<Snapshot> snapshot;
  {
    const std::jthread taking([&] { snapshot = Take({first_.get(), second_.get()}); });
    // A server shows the state before the transaction; files wait for its end.
    if (files) {
      // The first is not held by it for long: a writer gets through.
      Insert(*first_, {{"b", 1, ""}}, "x");
    }
    ASSERT_THAT((*busy)->Commit(), IsOk());
  }
  if (files) {
    EXPECT_THAT(Read(*snapshot, 1), ElementsAre(Key("a", 7, "")));
  }
}

TEST_F(SnapshotTest, ColumnsAndTheKeyAreAsTheSchemaSays) {
  const auto snapshot = Take({second_.get()});
  const auto tables = snapshot->Tables(0);
  ASSERT_THAT(tables, IsOk());
  std::vector<std::string> names;
  for (const Table& table : *tables) {
    if (!KeepsSchema(table.name)) names.push_back(table.name);
    if (table.name != "things") continue;
    std::vector<std::string> columns;
    for (const Column& column : table.columns) {
      columns.push_back(absl::StrCat(column.name, " ", static_cast<int>(column.type)));
    }
    EXPECT_THAT(columns, ElementsAre("a 1", "b 0", "c 1", "body 2"));
  }
  EXPECT_THAT(names, ElementsAre("empty_ones", "things"));
  const auto schema = snapshot->Schema(0, *tables);
  ASSERT_THAT(schema, IsOk());
  EXPECT_TRUE(schema->exists);
  EXPECT_FALSE(schema->unfinished);
  ASSERT_EQ(schema->applied.size(), 1U);
  EXPECT_EQ(schema->applied[0].digest, MigrationDigest(kTables[0]));
}

TEST_F(SnapshotTest, AMarkedDatabaseIsRefusedAlsoByAStartWithNothingToMigrate) {
  auto connection = first_->Connect();
  ASSERT_THAT(connection, IsOk());
  ASSERT_THAT(SetRestoreMark(**connection, {RestoreState::kBegun, "ab12"}), IsOk());
  EXPECT_THAT(Migrate(*first_, "things", kTables),
              FailsWith(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE));
  ASSERT_THAT(SetRestoreMark(**connection, {}), IsOk());
  EXPECT_THAT(Migrate(*first_, "things", kTables), IsOk());
}

}  // namespace
}  // namespace lianfang::sql
