// A database with the directory's tables for tests, filled the way a follower fills it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/base/id_source.h"
#include "common/directory/directory_apply.h"
#include "common/directory/directory_kinds.h"
#include "common/sql/migrate.h"
#include "common/store/ledger_store.h"
#include "common/store/writer.h"
#include "common/testing/test_database.h"
#include "gtest/gtest.h"

namespace lianfang::directory {

class DirectoryTestDb : public ::testing::Test {
 protected:
  class FixedClock final : public Clock {
   public:
    absl::Time Now() const override { return absl::FromUnixSeconds(1'778'630'400); }
  };
  class CountedIds final : public IdSource {
   public:
    std::string NewId() override { return "id" + std::to_string(++count_); }

   private:
    int count_ = 0;
  };

  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "lianfang-directory-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    database_ = testing::OpenTestDatabase(folder_);
    auto connection = database_->Connect();
    ASSERT_TRUE(connection.ok()) << connection.status();
    connection_ = *std::move(connection);
    ASSERT_TRUE(store::MigrateLedger(*database_).ok());
    const absl::Status migrated = sql::Migrate(*database_, "directory", Schema());
    ASSERT_TRUE(migrated.ok()) << migrated;
    writer_ = std::make_unique<store::Writer>(
        store::Writer::Environment{.service = "follower",
                                   .database = database_.get(),
                                   .clock = &clock_,
                                   .ids = &ids_,
                                   .on_growth = [](const std::string&, int64_t) {}},
        store::Writer::Options());
    ASSERT_TRUE(writer_->Start().ok());
    reader_ = std::make_unique<store::ConnectionReader>(connection_.get());
  }

  void TearDown() override {
    if (writer_) writer_->Stop();
    reader_.reset();
    connection_.reset();
    writer_.reset();
    database_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  // Applies an entry of personnel's ledger.
  absl::Status Apply(const std::string& unit_id, const ledger::v1::EntryContent& content) {
    std::promise<absl::Status> outcome;
    store::Mutation mutation;
    mutation.unit_id = unit_id;
    mutation.actor = std::make_shared<auth::Identity>();
    mutation.method = "follow:personnel";
    mutation.apply = [&](store::WriteTx& tx) {
      return ApplyDirectory(tx, ledger::v1::EntryHeader(), content);
    };
    mutation.done = [&](const absl::StatusOr<store::Committed>& committed) {
      outcome.set_value(committed.status());
    };
    writer_->Submit(std::move(mutation));
    return outcome.get_future().get();
  }

  store::Reader& reader() { return *reader_; }

 private:
  std::string folder_;
  FixedClock clock_;
  CountedIds ids_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::Connection> connection_;
  std::unique_ptr<store::Writer> writer_;
  std::unique_ptr<store::ConnectionReader> reader_;
};

}  // namespace lianfang::directory
