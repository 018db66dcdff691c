// A writer with a database that fails when the test says so.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include "common/crypto/random.h"
#include "common/sql/migrate.h"
#include "common/status/error.h"
#include "common/store/ledger_store.h"
#include "common/store/writer.h"
#include "common/testing/faulty_database.h"
#include "common/testing/test_database.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::store {

using risk::v1::Measure;

inline const RecordKind& MeasureKind() {
  static const auto* kind =
      new RecordKind("measures", "measures", Measure::default_instance(), {"risk_point", "state"});
  return *kind;
}

inline constexpr EmbeddedFile kSchema[] = {
    {"0001_test.sql",
     "CREATE TABLE measures (unit_id {ID} NOT NULL, id {ID} NOT NULL, sequence {INT} NOT NULL, "
     "body "
     "{BYTES} NOT NULL, risk_point {ID} NOT NULL, state {INT} NOT NULL, PRIMARY KEY (unit_id, id)) "
     "{OPTIONS};"}};

class CountingIds final : public IdSource {
 public:
  std::string NewId() override { return absl::StrCat("id-", ++count_); }

 private:
  std::atomic<int> count_{0};
};

class WriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "lf-writer-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    database_ = testing::OpenTestDatabase(folder_);
    faulty_ = std::make_unique<testing::FaultyDatabase>(database_.get());
    auto connection = database_->Connect();
    ASSERT_TRUE(connection.ok()) << connection.status();
    ASSERT_TRUE(MigrateLedger(*database_).ok());
    ASSERT_TRUE(sql::Migrate(*database_, "test", kSchema).ok());
    connection_ = *std::move(connection);
    StartWriter({});
  }
  void TearDown() override {
    writer_.reset();
    connection_.reset();
    std::filesystem::remove_all(folder_);
  }

  void StartWriter(Writer::Options options) {
    writer_ = std::make_unique<Writer>(Writer::Environment{.service = "risk",
                                                           .database = faulty_.get(),
                                                           .clock = &clock_,
                                                           .ids = &ids_,
                                                           .on_growth = {}},
                                       options);
    ASSERT_TRUE(writer_->Start().ok());
  }

  Mutation Make(const std::string& unit, const std::string& request_id,
                std::function<absl::Status(WriteTx&)> apply) {
    Mutation mutation;
    mutation.unit_id = unit;
    mutation.actor = std::make_shared<auth::Identity>(
        auth::Identity{.subject = "units/u/persons/p", .units = {"*"}, .roles = {"staff"}});
    mutation.method = "test.v1.TestService/Test";
    mutation.request_id = request_id;
    mutation.request_digest = crypto::Sha256(request_id);
    mutation.apply = std::move(apply);
    return mutation;
  }

  std::future<absl::StatusOr<Committed>> Submit(Mutation mutation) {
    auto promise = std::make_shared<std::promise<absl::StatusOr<Committed>>>();
    auto future = promise->get_future();
    mutation.done = [promise](absl::StatusOr<Committed> outcome) {
      promise->set_value(std::move(outcome));
    };
    writer_->Submit(std::move(mutation));
    return future;
  }

  static std::function<absl::Status(WriteTx&)> PutMeasure(const std::string& unit,
                                                          const std::string& id,
                                                          const std::string& content) {
    return [=](WriteTx& tx) {
      Measure measure;
      measure.set_name("units/" + unit + "/measures/" + id);
      measure.set_risk_point("units/" + unit + "/riskPoints/r");
      measure.set_content(content);
      return tx.Put(MeasureKind(), measure);
    };
  }

  int64_t Count(absl::string_view sql) {
    int64_t count = -1;
    EXPECT_TRUE(connection_
                    ->Query(sql, {},
                            [&](const sql::Row& row) {
                              count = row.Int(0);
                              return absl::OkStatus();
                            })
                    .ok());
    return count;
  }

  std::string folder_;
  SystemClock clock_;
  CountingIds ids_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<testing::FaultyDatabase> faulty_;
  std::unique_ptr<sql::Connection> connection_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace lianfang::store
