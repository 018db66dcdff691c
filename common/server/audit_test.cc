// The audit trail, seen from outside: who was refused leaves a record, and nobody else.
#include <string>
#include <vector>

#include "common/server/measure_test_module.h"
#include "common/testing/test_server.h"
#include "common/testing/until.h"
#include "lianfang/ledger/v1/audit.grpc.pb.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"

namespace lianfang::server {
namespace {

using ledger::v1::AuditRecord;
using ledger::v1::AuditService;
using ledger::v1::LedgerService;
using risk::v1::RiskService;
using testing::FailsWith;
using testing::IsOk;
using testing::Until;
using namespace common::v1;  // NOLINT: the error reasons

class AuditTest : public ::testing::Test {
 protected:
  // May not read measures.
  client::Client& Stranger(const std::string& subject = "units/u/persons/stranger") {
    return server_.As(subject, {"administrator"}, {"u"});
  }
  absl::Status Read(client::Client& client, const std::string& measure = "units/u/measures/m") {
    risk::v1::GetMeasureRequest request;
    request.set_name(measure);
    return testing::Call<RiskService>(client, &RiskService::Stub::GetMeasure, request).status();
  }
  std::vector<AuditRecord> Records(const std::string& unit,
                                   ledger::v1::ListAuditRecordsRequest request = {}) {
    request.set_parent("units/" + unit + "/ledgers/risk");
    std::vector<AuditRecord> records;
    while (true) {
      const auto page =
          testing::Call<AuditService>(auditor_, &AuditService::Stub::ListAuditRecords, request);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) return records;
      for (const AuditRecord& record : page->records()) {
        if (record.kind() == ledger::v1::AUDIT_KIND_DENIED) records.push_back(record);
      }
      if (page->next_page_token().empty()) return records;
      request.set_page_token(page->next_page_token());
    }
  }
  // Waits for so many records.
  std::vector<AuditRecord> AwaitRecords(const std::string& unit, size_t count) {
    std::vector<AuditRecord> records;
    EXPECT_TRUE(Until([&] { return (records = Records(unit)).size() >= count; }));
    return records;
  }

  testing::TestServer server_{{MeasureModule()}};
  client::Client& auditor_ = server_.As("units/u/persons/auditor", {"auditor"}, {"*"});
};

TEST_F(AuditTest, WhoIsRefusedLeavesARecordAtOnce) {
  EXPECT_THAT(Read(Stranger()), FailsWith(ERROR_REASON_PERMISSION_DENIED));
  const auto records = AwaitRecords("u", 1);
  ASSERT_EQ(records.size(), 1);
  EXPECT_EQ(records[0].subject(), "units/u/persons/stranger");
  EXPECT_EQ(records[0].method(), "lianfang.risk.v1.RiskService/GetMeasure");
  EXPECT_EQ(records[0].reason(), ERROR_REASON_PERMISSION_DENIED);
  ASSERT_EQ(records[0].roles_size(), 1);
  EXPECT_EQ(records[0].roles(0), "administrator");
  EXPECT_EQ(records[0].count(), 1);
  EXPECT_EQ(records[0].first_time().seconds(), absl::ToUnixSeconds(server_.clock().Now()));
}

TEST_F(AuditTest, CallsOfOneKindWithinAMinuteAreOneRecord) {
  for (int i = 0; i < 7; ++i) EXPECT_FALSE(Read(Stranger()).ok());
  ASSERT_EQ(AwaitRecords("u", 1).size(), 1);
  server_.clock().Advance(absl::Seconds(61));
  EXPECT_TRUE(Until([&] { return Records("u")[0].count() == 7; }));
  EXPECT_EQ(Records("u").size(), 1);
  // The next minute begins another one, which is listed first.
  EXPECT_FALSE(Read(Stranger()).ok());
  const auto records = AwaitRecords("u", 2);
  ASSERT_EQ(records.size(), 2);
  EXPECT_EQ(records[0].count(), 1);
  EXPECT_GT(records[0].first_time().seconds(), records[1].first_time().seconds());
  EXPECT_EQ(records[1].count(), 7);
}

TEST_F(AuditTest, TheNewestComesFirstAlsoWithinASecond) {
  constexpr int kStrangers = 12;
  for (int i = 0; i < kStrangers; ++i) {
    server_.clock().Advance(absl::Milliseconds(3));
    EXPECT_FALSE(Read(Stranger(absl::StrCat("units/u/persons/s", i))).ok());
  }
  const auto records = AwaitRecords("u", kStrangers);
  ASSERT_EQ(records.size(), kStrangers);
  for (int i = 0; i < kStrangers; ++i) {
    EXPECT_EQ(records[i].subject(), absl::StrCat("units/u/persons/s", kStrangers - 1 - i));
  }
}

TEST_F(AuditTest, WhatWasCountedIsWrittenWhenTheServerStops) {
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(Read(Stranger()).ok());
  server_.Restart();
  client::Client& auditor = server_.As("units/u/persons/auditor", {"auditor"}, {"*"});
  ledger::v1::ListAuditRecordsRequest request;
  request.set_parent("units/u/ledgers/risk");
  request.set_subject("units/u/persons/stranger");
  const auto page =
      testing::Call<AuditService>(auditor, &AuditService::Stub::ListAuditRecords, request);
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->records_size(), 1);
  EXPECT_EQ(page->records(0).count(), 5);
}

TEST_F(AuditTest, ARecordStandsWithTheCallersUnitAndElseWithTheSystem) {
  // Another unit's record: it is the caller's own unit that should know.
  client::Client& staff = server_.As("units/u/persons/p", {"control_office"}, {"u"});
  EXPECT_THAT(Read(staff, "units/other/measures/m"), FailsWith(ERROR_REASON_UNIT_NOT_COVERED));
  const auto own = AwaitRecords("u", 1);
  ASSERT_EQ(own.size(), 1);
  EXPECT_EQ(own[0].reason(), ERROR_REASON_UNIT_NOT_COVERED);
  // What is another unit's is not named.
  EXPECT_EQ(own[0].resource(), "");
  // Nobody known.
  EXPECT_THAT(Read(server_.WithToken("")), FailsWith(ERROR_REASON_TOKEN_MISSING));
  EXPECT_THAT(Read(server_.WithToken("nonsense")), FailsWith(ERROR_REASON_TOKEN_INVALID));
  const auto system = AwaitRecords("system", 2);
  EXPECT_EQ(system.size(), 2);
  for (const AuditRecord& record : system) EXPECT_EQ(record.subject(), "");
  EXPECT_THAT(Records("other"), ::testing::IsEmpty());
}

TEST_F(AuditTest, WhoIsNotRefusedLeavesNone) {
  client::Client& reader = server_.As("units/u/persons/reader", {"control_office"}, {"u"});
  EXPECT_THAT(Read(reader), FailsWith(ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_THAT(Read(reader, "nonsense"), FailsWith(ERROR_REASON_INVALID_FIELD));
  const std::string token =
      server_.Token("units/u/persons/late", {"control_office"}, {"u"}, absl::Minutes(5));
  server_.clock().Advance(absl::Minutes(6));
  EXPECT_THAT(Read(server_.WithToken(token)), FailsWith(ERROR_REASON_TOKEN_EXPIRED));
  // One that does, after them: had they left any, it would be there before.
  client::Client& auditor = server_.As("units/u/persons/auditor", {"auditor"}, {"*"});
  EXPECT_FALSE(Read(Stranger()).ok());
  EXPECT_TRUE(Until([&] {
    ledger::v1::ListAuditRecordsRequest request;
    request.set_parent("units/u/ledgers/risk");
    // Asking leaves a record, too, of another kind.
    request.set_kind(ledger::v1::AUDIT_KIND_DENIED);
    const auto page =
        testing::Call<AuditService>(auditor, &AuditService::Stub::ListAuditRecords, request);
    return page.ok() && page->records_size() > 0 &&
           page->records(page->records_size() - 1).subject() == "units/u/persons/stranger";
  }));
}

TEST_F(AuditTest, NobodyFillsALedgerByBeingRefused) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(Read(Stranger("units/u/persons/p" + std::to_string(i))).ok());
  }
  server_.Restart();
  client::Client& auditor = server_.As("units/u/persons/auditor", {"auditor"}, {"*"});
  ledger::v1::ListAuditRecordsRequest request;
  request.set_parent("units/u/ledgers/risk");
  request.set_page_size(200);
  const auto page =
      testing::Call<AuditService>(auditor, &AuditService::Stub::ListAuditRecords, request);
  ASSERT_THAT(page, IsOk());
  int64_t calls = 0;
  int nameless = 0;
  for (const AuditRecord& record : page->records()) {
    calls += record.count();
    nameless += record.subject().empty() ? 1 : 0;
  }
  EXPECT_EQ(calls, 100);
  EXPECT_EQ(page->records_size(), 65);
  EXPECT_EQ(nameless, 1);
}

TEST_F(AuditTest, ReadsThatOnlyFewMayDoLeaveARecordToo) {
  ledger::v1::ListEntriesRequest entries;
  entries.set_name("units/u/ledgers/risk");
  ASSERT_THAT(testing::Call<LedgerService>(auditor_, &LedgerService::Stub::ListEntries, entries),
              IsOk());
  entries.set_include_content(true);
  ASSERT_THAT(testing::Call<LedgerService>(auditor_, &LedgerService::Stub::ListEntries, entries),
              IsOk());
  // What the suite's own services follow is no read of anybody's.
  client::Client& service = server_.As("services/grading", {"service"});
  ASSERT_THAT(testing::Call<LedgerService>(service, &LedgerService::Stub::ListEntries, entries),
              IsOk());
  server_.Restart();
  client::Client& auditor = server_.As("units/u/persons/other", {"auditor"}, {"*"});
  ledger::v1::ListAuditRecordsRequest request;
  request.set_parent("units/u/ledgers/risk");
  request.set_kind(ledger::v1::AUDIT_KIND_PRIVILEGED);
  const auto page =
      testing::Call<AuditService>(auditor, &AuditService::Stub::ListAuditRecords, request);
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->records_size(), 1);
  EXPECT_EQ(page->records(0).subject(), "units/u/persons/auditor");
  EXPECT_EQ(page->records(0).method(), "lianfang.ledger.v1.LedgerService/ListEntries");
  EXPECT_EQ(page->records(0).count(), 1);
  EXPECT_EQ(page->records(0).resource(), "units/u/ledgers/risk");
}

}  // namespace
}  // namespace lianfang::server
