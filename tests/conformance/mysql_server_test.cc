// What only a server does: it goes away, refuses, gives transactions up. Runs by with_mariadb.
#include <future>
#include <string>

#include "common/server/storage.h"
#include "common/sql/migrate.h"
#include "common/testing/test_database.h"
#include "common/testing/test_server.h"

namespace lianfang::sql {
namespace {

using testing::FailsWith;
using testing::IsOk;

constexpr EmbeddedFile kTables[] = {{"0001_things.sql",
                                     "CREATE TABLE things (id {ID} NOT NULL, number {INT} NOT "
                                     "NULL, body {BYTES}, PRIMARY KEY (id)) "
                                     "{OPTIONS};"
                                     "INSERT INTO things (id, number) VALUES ('a', 0), ('b', 0);"}};

absl::Status Ignore(const Row&) { return absl::OkStatus(); }

class MysqlServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(testing::OnServer()) << "run it by tests/conformance/with_mariadb";
    *config_.mutable_storage() = testing::TestStorage();
    database_ = Open();
    ASSERT_NE(database_, nullptr);
    ASSERT_THAT(Migrate(*database_, "test", kTables), IsOk());
    one_ = Connect();
    two_ = Connect();
  }
  config::v1::MysqlStorage& mysql() { return *config_.mutable_storage()->mutable_mysql(); }
  std::unique_ptr<Database> Open() {
    auto database = server::OpenStorage(config_, "test");
    EXPECT_THAT(database, IsOk());
    return database.ok() ? *std::move(database) : nullptr;
  }
  std::unique_ptr<Connection> Connect() {
    auto connection = database_->Connect();
    EXPECT_THAT(connection, IsOk());
    return *std::move(connection);
  }
  static absl::Status Set(Connection& connection, absl::string_view id, int64_t number) {
    return connection
        .Execute("UPDATE things SET number = ? WHERE id = ?", {Param::Int(number), Param::Text(id)})
        .status();
  }
  static int64_t Number(Connection& connection, absl::string_view id) {
    int64_t number = -1;
    EXPECT_THAT(connection.Query("SELECT number FROM things WHERE id = ?", {Param::Text(id)},
                                 [&](const Row& row) {
                                   number = row.Int(0);
                                   return absl::OkStatus();
                                 }),
                IsOk());
    return number;
  }
  // The server ends the connection, as when it is shut down.
  void Kill(Connection& victim) {
    int64_t id = 0;
    ASSERT_THAT(victim.Query("SELECT CONNECTION_ID() FROM things WHERE id = ?", {Param::Text("a")},
                             [&](const Row& row) {
                               id = row.Int(0);
                               return absl::OkStatus();
                             }),
                IsOk());
    ASSERT_THAT(Connect()->Execute(absl::StrCat("KILL CONNECTION ", id), {}), IsOk());
  }

  config::v1::ServerConfig config_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> one_;
  std::unique_ptr<Connection> two_;
};

TEST_F(MysqlServerTest, AServerThatIsNotThereIsPassedOver) {
  const std::string alive = mysql().hosts(0);
  mysql().clear_hosts();
  // Nobody listens at port 1 of loopback.
  mysql().add_hosts("127.0.0.1:1");
  mysql().add_hosts("unix:/nonexistent/socket");
  mysql().add_hosts(alive);
  EXPECT_NE(Open(), nullptr);
  mysql().mutable_hosts()->RemoveLast();
  EXPECT_THAT(server::OpenStorage(config_, "test"),
              FailsWith(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE));
}

TEST_F(MysqlServerTest, AWrongAccountIsToldAsOne) {
  mysql().set_user("nobody");
  const auto refused = server::OpenStorage(config_, "test");
  EXPECT_THAT(refused, FailsWith(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE));
  EXPECT_EQ(FailureOf(refused.status()), Failure::kNone) << "trying again does not help";
}

TEST_F(MysqlServerTest, ALostConnectionIsToldAndNotUsedAgain) {
  ASSERT_THAT(one_->Begin(), IsOk());
  ASSERT_THAT(Set(*one_, "a", 1), IsOk());
  Kill(*one_);
  EXPECT_EQ(FailureOf(Set(*one_, "b", 1)), Failure::kLost);
  EXPECT_FALSE(one_->usable());
  EXPECT_EQ(FailureOf(one_->Commit()), Failure::kLost);
  EXPECT_EQ(Number(*two_, "a"), 0) << "nothing of it stands";
}

// The client library's own commit says nothing then.
TEST_F(MysqlServerTest, AConnectionLostBeforeCommitIsToldByCommit) {
  ASSERT_THAT(one_->Begin(), IsOk());
  ASSERT_THAT(Set(*one_, "a", 1), IsOk());
  Kill(*one_);
  EXPECT_EQ(FailureOf(one_->Commit()), Failure::kLost);
  EXPECT_EQ(Number(*two_, "a"), 0);
}

TEST_F(MysqlServerTest, AReadGoesOnWithAnotherConnection) {
  ConnectionPool pool(database_.get());
  int64_t seen = -1;
  const auto read = [&](Connection& connection) -> absl::Status {
    return connection.Query("SELECT number FROM things WHERE id = ?", {Param::Text("a")},
                            [&](const Row& row) {
                              seen = row.Int(0);
                              return absl::OkStatus();
                            });
  };
  {
    auto lease = pool.Borrow();
    ASSERT_THAT(lease, IsOk());
    Kill(**lease);
  }
  EXPECT_THAT(pool.Read(read), IsOk());
  EXPECT_EQ(seen, 0);
}

TEST_F(MysqlServerTest, OneOfTwoThatWaitForEachOtherIsGivenUpAndMayTryAgain) {
  ASSERT_THAT(one_->Begin(), IsOk());
  ASSERT_THAT(two_->Begin(), IsOk());
  ASSERT_THAT(Set(*one_, "a", 1), IsOk());
  ASSERT_THAT(Set(*two_, "b", 2), IsOk());
  auto waiting = std::async(std::launch::async, [&] { return Set(*one_, "b", 1); });
  const absl::Status second = Set(*two_, "a", 2);
  const absl::Status first = waiting.get();
  ASSERT_NE(first.ok(), second.ok()) << first << second;
  Connection& victim = first.ok() ? *two_ : *one_;
  Connection& winner = first.ok() ? *one_ : *two_;
  EXPECT_EQ(FailureOf(first.ok() ? second : first), Failure::kRetry);
  // Until it is rolled back nothing goes through: it would stand by itself.
  EXPECT_EQ(FailureOf(Set(victim, "a", 9)), Failure::kRetry);
  EXPECT_EQ(
      FailureOf(victim.Query("SELECT id FROM things WHERE id = ?", {Param::Text("a")}, Ignore)),
      Failure::kRetry);
  EXPECT_EQ(FailureOf(victim.Commit()), Failure::kRetry);
  ASSERT_THAT(winner.Commit(), IsOk());
  EXPECT_THAT(victim.Rollback(), IsOk());
  EXPECT_EQ(Number(victim, "a"), first.ok() ? 1 : 2);
}

TEST_F(MysqlServerTest, AStatementWithoutAnAnswerEnds) {
  mysql().set_io_timeout_seconds(1);
  const auto database = Open();
  const auto impatient = database->Connect();
  ASSERT_THAT(impatient, IsOk());
  ASSERT_THAT((*impatient)->Begin(), IsOk());
  ASSERT_THAT(Set(**impatient, "a", 1), IsOk());
  EXPECT_EQ(FailureOf((*impatient)
                          ->Query("SELECT SLEEP(30) FROM things WHERE id = ?", {Param::Text("a")},
                                  Ignore)),
            Failure::kLost);
  EXPECT_FALSE((*impatient)->usable());
  EXPECT_EQ(Number(*two_, "a"), 0);
}

// The server ends the wait before we would take the connection for dead.
TEST_F(MysqlServerTest, AWaitForALockEndsByItself) {
  mysql().set_io_timeout_seconds(3);
  const auto database = Open();
  const auto waiting = database->Connect();
  ASSERT_THAT(waiting, IsOk());
  ASSERT_THAT(one_->Begin(), IsOk());
  ASSERT_THAT(Set(*one_, "a", 1), IsOk());
  ASSERT_THAT((*waiting)->Begin(), IsOk());
  EXPECT_EQ(FailureOf(Set(**waiting, "a", 2)), Failure::kRetry);
  EXPECT_TRUE((*waiting)->usable());
  EXPECT_THAT((*waiting)->Rollback(), IsOk());
  ASSERT_THAT(one_->Commit(), IsOk());
  EXPECT_EQ(Number(**waiting, "a"), 1);
}

// As when a cluster ends it and the answer that says so is lost.
TEST_F(MysqlServerTest, ATransactionThatEndedOnTheWayDoesNotCommit) {
  ASSERT_THAT(one_->Begin(), IsOk());
  ASSERT_THAT(Set(*one_, "a", 1), IsOk());
  ASSERT_THAT(one_->Execute("ROLLBACK", {}), IsOk());
  ASSERT_THAT(Set(*one_, "b", 1), IsOk());
  EXPECT_EQ(Number(*two_, "b"), 0) << "it does not stand by itself";
  EXPECT_EQ(FailureOf(one_->Commit()), Failure::kRetry);
  ASSERT_THAT(one_->Rollback(), IsOk());
  EXPECT_EQ(Number(*two_, "a"), 0);
  EXPECT_EQ(Number(*two_, "b"), 0);
  // And the connection goes on as before.
  ASSERT_THAT(Set(*one_, "b", 2), IsOk());
  EXPECT_EQ(Number(*two_, "b"), 2);
}

// The server has begun its answer when it comes to the row that it must wait for: the error comes
// after the columns, where the client library does not look by itself.
class MysqlLockTest : public MysqlServerTest, public ::testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Rows, MysqlLockTest, ::testing::Values("a", "b"));

TEST_P(MysqlLockTest, AReadForUpdateThatDoesNotGetItsRowIsAnErrorAndNotAnEmptyAnswer) {
  mysql().set_io_timeout_seconds(3);
  const auto database = Open();
  const auto waiting = database->Connect();
  ASSERT_THAT(waiting, IsOk());
  ASSERT_THAT(one_->Begin(), IsOk());
  ASSERT_THAT(Set(*one_, GetParam(), 1), IsOk());
  ASSERT_THAT((*waiting)->Begin(), IsOk());
  int rows = 0;
  const absl::Status status =
      (*waiting)->Query("SELECT number FROM things WHERE id IN (?, ?) ORDER BY id FOR UPDATE",
                        {Param::Text("a"), Param::Text("b")}, [&](const Row&) {
                          ++rows;
                          return absl::OkStatus();
                        });
  EXPECT_EQ(FailureOf(status), Failure::kRetry) << status << ", rows: " << rows;
  EXPECT_THAT((*waiting)->Rollback(), IsOk());
}

TEST_F(MysqlServerTest, MoreThanAPacketTakesIsRefusedAndNothingOfItStands) {
  const std::string body(20 << 20, 'x');
  const absl::Status refused =
      one_->Execute("INSERT INTO things (id, number, body) VALUES (?, ?, ?)",
                    {Param::Text("big"), Param::Int(1), Param::Bytes(body)})
          .status();
  EXPECT_FALSE(refused.ok());
  EXPECT_EQ(Number(*two_, "big"), -1);
}

TEST_F(MysqlServerTest, AStatementWhoseTableChangedIsPreparedAgain) {
  ASSERT_EQ(Number(*one_, "a"), 0);
  ASSERT_THAT(two_->Execute("ALTER TABLE things ADD COLUMN colour BIGINT NOT NULL DEFAULT 0", {}),
              IsOk());
  EXPECT_EQ(Number(*one_, "a"), 0);
  EXPECT_THAT(Set(*one_, "a", 3), IsOk());
}

}  // namespace
}  // namespace lianfang::sql
