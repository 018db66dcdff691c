// A school some of whose text is to be forgotten, and its ledgers as somebody outside reads them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "common/ledger/checkpoint.h"
#include "common/ledger/merkle.h"
#include "common/store/erased_contents.h"
#include "common/store/erasure.h"
#include "common/testing/test_database.h"
#include "services/reporting/state/state.pb.h"
#include "tests/acceptance/school.h"

namespace lianfang::acceptance {

using ledger::v1::EraseRecordResponse;
using ledger::v1::Erasure;
using risk::v1::SelfCheck;

inline constexpr char kSecret[] = "某某家中困难的详情";
inline constexpr char kReason[] = "《个人信息保护法》第四十七条：本人撤回同意，请求删除。";

// A ledger as somebody outside reads it.
struct Ledger {
  std::string verifier_key;
  ledger::Checkpoint checkpoint;
  std::vector<ledger::v1::Entry> entries;
};

class ErasureTest : public School {
 protected:
  client::Client& officer() {
    return With("services/data-protection", {"data_protection_officer"});
  }
  static std::string LedgerName(const std::string& service) {
    return absl::StrCat(kUnit, "/ledgers/", service);
  }

  absl::StatusOr<EraseRecordResponse> Erase(client::Client& client, const std::string& service,
                                            const std::string& record,
                                            const std::string& reason = kReason,
                                            const std::string& request_id = "") {
    ledger::v1::EraseRecordRequest request;
    request.set_name(LedgerName(service));
    request.set_record(record);
    request.set_reason(reason);
    request.set_request_id(request_id);
    return Call(client, &LedgerStub::EraseRecord, request);
  }
  Erasure Erased(const std::string& service, const std::string& record) {
    return Must(Erase(officer(), service, record)).erasure();
  }

  std::vector<Erasure> Erasures(const std::string& service) {
    ledger::v1::ListErasuresRequest request;
    request.set_parent(LedgerName(service));
    request.set_page_size(1);
    std::vector<Erasure> erasures;
    for (int page = 0; page < 50; ++page) {
      const auto response = Must(Call(auditor(), &LedgerStub::ListErasures, request));
      erasures.insert(erasures.end(), response.erasures().begin(), response.erasures().end());
      if (response.next_page_token().empty()) break;
      request.set_page_token(response.next_page_token());
    }
    return erasures;
  }

  std::vector<grading::v1::Review> ReviewsOf(const std::string& record) {
    grading::v1::ListReviewsRequest list;
    list.set_record(record);
    const auto listed = Must(Call(auditor(), &ReviewStub::ListReviews, list));
    return {listed.reviews().begin(), listed.reviews().end()};
  }

  // A form whose texts are the secret, returned once with the secret as the comment if wanted.
  SelfCheck SecretForm(const std::string& person, bool returned) {
    auto request = NewSelfCheck(person);
    SelfCheck& form = *request.mutable_self_check();
    form.set_duties(kSecret);
    form.mutable_conformity()->set_rules(kSecret);
    for (auto& finding : *form.mutable_findings()) {
      finding.set_description(kSecret);
      finding.set_manifestation(kSecret);
    }
    const std::string name =
        Must(Call(staff(person), &RiskStub::CreateSelfCheck, request)).self_check().name();
    std::string review = Submitted(person, name);
    if (returned) {
      Must(Return(principal(), review, kSecret));
      review = Submitted(person, name);
    }
    ApproveSteps(review);
    return SelfCheckOf(person);
  }
  std::string Submitted(const std::string& person, const std::string& name) {
    return Must(Do(staff(person), &RiskStub::SubmitSelfCheck, name)).self_check().review();
  }

  Ledger ReadLedger(client::Client& client, const std::string& service) {
    Ledger ledger;
    ledger::v1::GetCheckpointRequest get;
    get.set_name(LedgerName(service));
    const auto head =
        Must(testing::Call<ledger::v1::LedgerService>(client, &LedgerStub::GetCheckpoint, get));
    ledger.verifier_key = head.verifier_key();
    const auto verifier = Must(ledger::NoteVerifier::Parse(head.verifier_key()));
    ledger.checkpoint = Must(ledger::OpenCheckpoint(head.checkpoint(), verifier));
    ledger::v1::ListEntriesRequest list;
    list.set_name(LedgerName(service));
    list.set_include_content(true);
    while (ledger.entries.size() < ledger.checkpoint.size) {
      list.set_after_sequence(static_cast<int64_t>(ledger.entries.size()));
      const auto page =
          Must(testing::Call<ledger::v1::LedgerService>(client, &LedgerStub::ListEntries, list));
      ledger.entries.insert(ledger.entries.end(), page.entries().begin(), page.entries().end());
    }
    return ledger;
  }

  // Entries but those of the audit trail, which grows by being asked and refused.
  static int64_t Changes(const Ledger& ledger) {
    return std::count_if(ledger.entries.begin(), ledger.entries.end(), [](const auto& entry) {
      ledger::v1::EntryHeader header;
      EXPECT_TRUE(header.ParseFromString(entry.header()));
      return header.resource().find("/auditRecords/") == std::string::npos;
    });
  }

  // Headers make the root; contents have their digests, or an erasure covers them. How many are
  // empty.
  static int64_t Verify(const Ledger& ledger) {
    ledger::Frontier tree;
    store::ErasedContents erased;
    for (const auto& entry : ledger.entries) {
      tree.Append(ledger::HashLeaf(entry.header()));
      ledger::v1::EntryHeader header;
      ledger::v1::EntryContent content;
      EXPECT_TRUE(header.ParseFromString(entry.header()));
      if (entry.content().empty()) {
        erased.TakeEmpty(header, entry.erasure());
        continue;
      }
      EXPECT_EQ(entry.erasure(), "");
      EXPECT_EQ(crypto::ToBytes(crypto::Sha256(entry.content())), header.content_digest());
      EXPECT_TRUE(content.ParseFromString(entry.content()));
      erased.Take(entry.sequence(), content);
    }
    EXPECT_EQ(tree.Root(), ledger.checkpoint.root);
    EXPECT_THAT(erased.Uncovered(), ::testing::IsEmpty());
    return erased.count();
  }

  // The newest revision of every record, by name, as the contents that are there tell it.
  static std::map<std::string, std::string> Fold(const Ledger& ledger) {
    std::map<std::string, std::string> records;
    for (const auto& entry : ledger.entries) {
      ledger::v1::EntryContent content;
      EXPECT_TRUE(content.ParseFromString(entry.content()));
      for (const auto& any : content.resources()) {
        const auto* type =
            google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
                any.type_url().substr(any.type_url().rfind('/') + 1));
        const std::unique_ptr<google::protobuf::Message> record(
            google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
        EXPECT_TRUE(record->ParseFromString(any.value()));
        const auto* name = type->FindFieldByName("name");
        if (name == nullptr) continue;
        records[record->GetReflection()->GetString(*record, name)] = any.value();
      }
    }
    return records;
  }

  // Files of the databases that hold a text.
  std::vector<std::string> FilesWith(const std::string& text) {
    std::vector<std::string> found;
    for (const auto& file : std::filesystem::directory_iterator(server().data_dir())) {
      if (!file.is_regular_file()) continue;
      std::ifstream in(file.path(), std::ios::binary);
      std::stringstream bytes;
      bytes << in.rdbuf();
      if (bytes.str().find(text) != std::string::npos) found.push_back(file.path().filename());
    }
    return found;
  }

  // id and body of a table's rows of the school; on SQLite. Other units of the same process have
  // rows of the same ids.
  static std::map<std::string, std::string> Rows(const std::string& data_dir,
                                                 const std::string& service,
                                                 const std::string& table) {
    const auto database = testing::OpenDatabase({}, data_dir, service);
    const auto connection = Must(database->Connect());
    std::map<std::string, std::string> rows;
    const absl::Status read =
        connection->Query(absl::StrCat("SELECT id, body FROM ", table, " WHERE unit_id = ?"),
                          {sql::Param::Text(UnitIdOf(kUnit))}, [&](const auto& row) {
                            rows[std::string(row.Data(0))] = std::string(row.Data(1));
                            return absl::OkStatus();
                          });
    EXPECT_THAT(read, IsOk()) << table;
    return rows;
  }
  // What reporting counted for whom; without how far it has come, for the audit trail grows by
  // being asked.
  static std::map<std::string, std::string> Scopes(const std::string& data_dir) {
    auto rows = Rows(data_dir, "reporting", "report_scopes");
    for (auto& [id, body] : rows) {
      reporting::state::v1::Scope scope;
      EXPECT_TRUE(scope.ParseFromString(body)) << id;
      scope.clear_positions();
      body = scope.DebugString();
    }
    return rows;
  }

  std::string Statistics(client::Client& client) {
    reporting::v1::GetStatisticsRequest request;
    request.set_unit(kUnit);
    auto response = Must(testing::Call<reporting::v1::ReportingService>(
        client, &ReportingStub::GetStatistics, request));
    response.clear_positions();
    return response.DebugString();
  }
};

}  // namespace lianfang::acceptance
