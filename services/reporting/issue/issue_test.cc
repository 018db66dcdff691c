#include "services/reporting/issue/issue.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/sql/migrate.h"
#include "common/store/ledger_store.h"
#include "common/store/writer.h"
#include "common/testing/test_database.h"
#include "services/reporting/issue/proofs.h"
#include "services/reporting/issue/verify.h"

namespace lianfang::reporting {
namespace {

class StillClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(1778630400); }
};

class NumberedIds final : public IdSource {
 public:
  std::string NewId() override { return absl::StrCat("id", ++next_); }

 private:
  int next_ = 0;
};

// A service's own database with its writer.
class IssueTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/issue-XXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    database_ = testing::OpenTestDatabase(folder_);
    auto connection = database_->Connect();
    ASSERT_TRUE(connection.ok());
    connection_ = *std::move(connection);
    ASSERT_TRUE(store::MigrateLedger(*database_).ok());
    ASSERT_TRUE(sql::Migrate(*database_, "reports", IssueSchema()).ok());
    writer_ =
        std::make_unique<store::Writer>(store::Writer::Environment{.service = "reporting",
                                                                   .database = database_.get(),
                                                                   .clock = &clock_,
                                                                   .ids = &ids_,
                                                                   .on_growth = nullptr},
                                        store::Writer::Options{});
    ASSERT_TRUE(writer_->Start().ok());
  }
  void TearDown() override {
    if (writer_ != nullptr) writer_->Stop();
    connection_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  Issued MustIssue(int64_t posts) {
    v1::UnitReport report;
    report.set_unit("units/u");
    report.mutable_total()->set_post_count(posts);
    auto issued = std::make_shared<Issued>();
    std::promise<absl::Status> done;
    store::Mutation mutation;
    mutation.unit_id = "u";
    auto identity = std::make_shared<auth::Identity>();
    identity->subject = "services/aggregator";
    mutation.actor = identity;
    mutation.method = "lianfang.reporting.v1.ReportingService/GetUnitReport";
    mutation.apply = [&](store::WriteTx& tx) -> absl::Status {
      LF_ASSIGN_OR_RETURN(*issued, Issue(tx, report));
      return absl::OkStatus();
    };
    mutation.done = [&](const absl::StatusOr<store::Committed>& outcome) {
      done.set_value(outcome.status());
    };
    writer_->Submit(std::move(mutation));
    const absl::Status status = done.get_future().get();
    EXPECT_TRUE(status.ok()) << status;
    return *issued;
  }

  v1::GetUnitReportResponse MustProve(int64_t sequence, int64_t known) {
    v1::GetUnitReportResponse response;
    const absl::Status status =
        ProveIssued(*connection_, "u", "reporting", key_, sequence, known, &response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }

  StillClock clock_;
  NumberedIds ids_;
  std::string folder_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::Connection> connection_;
  std::unique_ptr<store::Writer> writer_;
  crypto::Ed25519PrivateKey key_ = *crypto::Ed25519PrivateKey::FromSeed(std::string(32, 'k'));
};

TEST_F(IssueTest, KeepsTheLastReportWhileItSaysTheSame) {
  const Issued first = MustIssue(3);
  EXPECT_EQ(first.report.name(), "units/u/reports/00000001");
  EXPECT_EQ(first.report.number(), 1);
  EXPECT_EQ(first.report.issue_time().seconds(), 1778630400);
  EXPECT_EQ(first.sequence, 1);
  const Issued again = MustIssue(3);
  EXPECT_EQ(again.report.SerializeAsString(), first.report.SerializeAsString());
  EXPECT_EQ(again.sequence, 1);
  const Issued other = MustIssue(4);
  EXPECT_EQ(other.report.number(), 2);
  EXPECT_EQ(other.sequence, 2);
  // Back to what an older one said: that is news again.
  EXPECT_EQ(MustIssue(3).report.number(), 3);
}

TEST_F(IssueTest, ListsNewestFirstPageByPage) {
  for (int i = 1; i <= 12; ++i) MustIssue(i);
  store::ConnectionReader reader(connection_.get());
  v1::ListReportsRequest request;
  request.set_parent("units/u");
  v1::ListReportsResponse page;
  ASSERT_TRUE(ListIssued(reader, "u", request, &page).ok());
  ASSERT_EQ(page.reports_size(), 10) << "the default";
  EXPECT_EQ(page.reports(0).number(), 12);
  EXPECT_EQ(page.reports(9).number(), 3);
  request.set_page_token(page.next_page_token());
  v1::ListReportsResponse next;
  ASSERT_TRUE(ListIssued(reader, "u", request, &next).ok());
  ASSERT_EQ(next.reports_size(), 2);
  EXPECT_EQ(next.reports(1).number(), 1);
  EXPECT_TRUE(next.next_page_token().empty());
  v1::ListReportsResponse none;
  request.clear_page_token();
  ASSERT_TRUE(ListIssued(reader, "other", request, &none).ok());
  EXPECT_EQ(none.reports_size(), 0);
}

TEST_F(IssueTest, WhatIsIssuedVerifies) {
  const auto key =
      ledger::NoteVerifier::Create(store::LedgerOrigin("u", "reporting"), key_.public_key());
  ASSERT_TRUE(key.ok());
  MustIssue(1);
  const auto first = VerifyUnitReport(MustProve(1, 0), {*key}, {}, "units/u");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->report.total().post_count(), 1);
  for (int i = 2; i <= 7; ++i) MustIssue(i);
  // An older report still proves itself in the ledger of now.
  const auto later =
      VerifyUnitReport(MustProve(5, 1), {*key},
                       {{"reporting", first->checkpoints.at("reporting").checkpoint}}, "units/u");
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(later->report.number(), 5);
  EXPECT_EQ(later->checkpoints.at("reporting").checkpoint.size, 7u);
  EXPECT_EQ(MustProve(5, 9).ledgers(0).consistency_proof_size(), 0) << "it shrank: nothing to say";
}

TEST_F(IssueTest, FindsTheLastReportWithoutWriting) {
  store::ConnectionReader reader(connection_.get());
  const Issued issued = MustIssue(3);
  auto found = FindIssued(reader, "u", issued.report);
  ASSERT_TRUE(found.ok() && *found);
  EXPECT_EQ((*found)->sequence, 1);
  EXPECT_EQ((*found)->report.name(), issued.report.name());
  v1::UnitReport other = issued.report;
  other.mutable_total()->set_post_count(4);
  EXPECT_FALSE(*FindIssued(reader, "u", other));
  EXPECT_FALSE(*FindIssued(reader, "nobody", issued.report));
}

TEST(KnownSizeTest, IsZeroForWhatTheCallerDoesNotKnow) {
  v1::GetUnitReportRequest request;
  auto* known = request.add_known_checkpoints();
  known->set_service("risk");
  known->set_size(5);
  EXPECT_EQ(KnownSize(request, "risk"), 5);
  EXPECT_EQ(KnownSize(request, "grading"), 0);
}

}  // namespace
}  // namespace lianfang::reporting
