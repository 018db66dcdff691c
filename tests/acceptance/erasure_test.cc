// What the law asks to be forgotten: the text of a record goes, and everything still verifies and
// says what was erased, when, by whom and why.
#include "common/backup/backup.h"
#include "common/backup/restore.h"
#include "common/crypto/random.h"
#include "common/server/storage.h"
#include "common/testing/until.h"
#include "services/aggregator/module.h"
#include "services/grading/module.h"
#include "services/personnel/module.h"
#include "services/reporting/module.h"
#include "services/risk/module.h"
#include "tests/acceptance/erasure_school.h"

namespace lianfang::acceptance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// RPCs: LedgerService.EraseRecord, LedgerService.ListErasures
TEST_F(ErasureTest, TheTextIsGoneAndTheLedgerSaysWhatWasErasedWhenByWhomAndWhy) {
  On(5, 20);
  const SelfCheck form = SecretForm("buyer", /*returned=*/true);
  const auto points = PointsOf(Post("buyer"));
  ASSERT_THAT(points, SizeIs(2));
  Must(
      Call(staff("buyer"), &RiskStub::CreateMeasure, NewMeasure("m-1", points[0].name(), "buyer")));
  SecretForm("storekeeper", false);  // of somebody else, and stays
  Call(auditor(), &RiskStub::ListRiskPoints, risk::v1::ListRiskPointsRequest()).IgnoreError();
  if (!testing::OnServer()) {
    EXPECT_THAT(FilesWith(kSecret), Not(IsEmpty()));
  }
  const Ledger before = ReadLedger(auditor(), "risk");
  const auto records_before = Fold(before);
  const std::string statistics = Statistics(auditor());

  On(6, 3);
  const Erasure erasure = Erased("risk", form.name());
  EXPECT_THAT(erasure.name(), ::testing::StartsWith("units/school/ledgers/risk/erasures/"));
  EXPECT_EQ(erasure.record(), form.name());
  EXPECT_EQ(erasure.reason(), kReason);
  EXPECT_EQ(erasure.actor(), "services/data-protection");
  EXPECT_EQ(erasure.create_time().seconds(), absl::ToUnixSeconds(server().clock().Now()));
  EXPECT_THAT(erasure.fields(),
              ElementsAre("conformity.duties", "conformity.integrity_code", "conformity.rules",
                          "duties", "findings.description", "findings.manifestation"));
  // Made, handed in, returned, handed in again, approved.
  EXPECT_THAT(erasure.contents(), SizeIs(5));

  // The record says so, and is what it was in all else.
  const SelfCheck after = SelfCheckOf("buyer");
  EXPECT_EQ(after.duties(), store::kErasedText);
  EXPECT_EQ(after.findings(1).manifestation(), store::kErasedText);
  EXPECT_EQ(after.findings_size(), form.findings_size());
  EXPECT_EQ(after.findings(0).category(), form.findings(0).category());
  EXPECT_EQ(after.state(), form.state());
  EXPECT_EQ(after.revision_digest(), form.revision_digest());
  EXPECT_EQ(after.submit_time().seconds(), form.submit_time().seconds());
  // What became of it is another record: it stays until it is erased itself.
  EXPECT_EQ(PointsOf(Post("buyer"))[0].SerializeAsString(), points[0].SerializeAsString());
  EXPECT_EQ(Statistics(auditor()), statistics);

  for (const auto& point : points) Erased("risk", point.name());
  const auto reviews = ReviewsOf(form.name());
  EXPECT_THAT(reviews, SizeIs(2));
  for (const auto& review : reviews) Erased("grading", review.name());
  for (const auto& review : ReviewsOf(form.name())) {
    EXPECT_EQ(review.title(), store::kErasedText);
    for (const auto& decision : review.decisions()) {
      EXPECT_THAT(decision.comment(), Not(HasSubstr(kSecret)));
      EXPECT_THAT(decision.decider(), HasSubstr("persons/"));
    }
  }
  // The other form's text is the same, so that the files still hold it.
  Erased("risk", "units/school/selfChecks/sc-storekeeper");
  for (const auto& point : PointsOf(Post("storekeeper"))) Erased("risk", point.name());
  EXPECT_EQ(Statistics(auditor()), statistics);

  // Nothing is left of it anywhere. The followers' logs are folded when they get to it.
  for (const char* service : {"risk", "grading", "reporting", "personnel"}) {
    for (const auto& entry : ReadLedger(auditor(), service).entries) {
      EXPECT_EQ(entry.content().find(kSecret), std::string::npos)
          << service << " " << entry.sequence();
    }
  }
  if (!testing::OnServer()) {
    EXPECT_TRUE(testing::Until([this] { return FilesWith(kSecret).empty(); }))
        << FilesWith(kSecret).front();
  }

  // Everything verifies: from outside, with what was known before.
  const Ledger now = ReadLedger(auditor(), "risk");
  EXPECT_EQ(now.verifier_key, before.verifier_key);
  int64_t emptied = 0;
  for (const Erasure& one : Erasures("risk")) emptied += one.contents_size();
  EXPECT_EQ(Verify(now), emptied);
  EXPECT_GT(Verify(ReadLedger(auditor(), "grading")), 0);
  EXPECT_EQ(Verify(ReadLedger(auditor(), "reporting")), 0);
  for (size_t i = 0; i < before.entries.size(); ++i) {
    EXPECT_EQ(now.entries[i].header(), before.entries[i].header()) << "headers stay";
  }
  ledger::v1::GetConsistencyProofRequest grown;
  grown.set_name(LedgerName("risk"));
  grown.set_first_size(static_cast<int64_t>(before.checkpoint.size));
  grown.set_second_size(static_cast<int64_t>(now.checkpoint.size));
  const auto consistency = Must(Call(auditor(), &LedgerStub::GetConsistencyProof, grown));
  const auto hashes = [](const auto& response) {
    std::vector<ledger::Hash> all;
    for (const std::string& hash : response.hashes()) {
      std::copy(hash.begin(), hash.end(), all.emplace_back().begin());
    }
    return all;
  };
  EXPECT_THAT(
      ledger::VerifyConsistency(before.checkpoint.size, now.checkpoint.size, hashes(consistency),
                                before.checkpoint.root, now.checkpoint.root),
      IsOk());
  for (const auto& content : erasure.contents()) {
    ledger::v1::GetInclusionProofRequest included;
    included.set_name(LedgerName("risk"));
    included.set_sequence(content.sequence());
    included.set_size(static_cast<int64_t>(now.checkpoint.size));
    const auto proof = Must(Call(auditor(), &LedgerStub::GetInclusionProof, included));
    const auto& entry = now.entries[static_cast<size_t>(content.sequence()) - 1];
    EXPECT_EQ(entry.erasure(), erasure.name());
    EXPECT_THAT(ledger::VerifyInclusion(static_cast<uint64_t>(content.sequence()) - 1,
                                        now.checkpoint.size, ledger::HashLeaf(entry.header()),
                                        hashes(proof), now.checkpoint.root),
                IsOk());
  }

  // The contents that are there still give every table: nothing but the erased records changed.
  auto records = Fold(now);
  for (const auto& [name, body] : records_before) {
    ASSERT_TRUE(records.contains(name)) << name;
    if (name.find("measures/") == std::string::npos) continue;
    EXPECT_EQ(records[name], body) << name;
  }
  if (!testing::OnServer()) {
    const std::string folder = server().data_dir();
    for (const char* table :
         {"self_checks", "self_check_revisions", "risk_points", "measures", "erasures"}) {
      for (const auto& [id, body] : Rows(folder, "risk", table)) {
        const auto same =
            std::find_if(records.begin(), records.end(),
                         [&stored = body](const auto& record) { return record.second == stored; });
        EXPECT_NE(same, records.end()) << table << "/" << id;
      }
    }
  }

  const auto erasures = Erasures("risk");
  ASSERT_THAT(erasures, SizeIs(6));
  EXPECT_EQ(erasures.front().SerializeAsString(), erasure.SerializeAsString()) << "oldest first";
}

// RPCs: LedgerService.EraseRecord
TEST_F(ErasureTest, WhatMayNotBeErasedIsRefusedAndStays) {
  On(5, 20);
  const SelfCheck form = HandInSelfCheck("buyer");
  const int64_t changes = Changes(ReadLedger(auditor(), "risk"));
  const auto fails = [&](client::Client& client, const std::string& service,
                         const std::string& record, common::v1::ErrorReason reason,
                         const std::string& why = kReason) {
    EXPECT_THAT(Erase(client, service, record, why), FailsWith(reason)) << record;
  };
  fails(officer(), "risk", form.name(), common::v1::ERROR_REASON_ILLEGAL_TRANSITION);
  fails(officer(), "grading", form.review(), common::v1::ERROR_REASON_ILLEGAL_TRANSITION);
  fails(officer(), "risk", form.name() + "/revisions/1",
        common::v1::ERROR_REASON_ILLEGAL_TRANSITION);
  fails(officer(), "risk", Named("selfChecks", "none"),
        common::v1::ERROR_REASON_RESOURCE_NOT_FOUND);
  fails(officer(), "grading", form.name(), common::v1::ERROR_REASON_RESOURCE_NOT_FOUND);
  fails(officer(), "nowhere", form.name(), common::v1::ERROR_REASON_RESOURCE_NOT_FOUND);
  fails(officer(), "risk", "units/other/selfChecks/sc", common::v1::ERROR_REASON_INVALID_FIELD);
  fails(officer(), "personnel", Department("supply"), common::v1::ERROR_REASON_ILLEGAL_TRANSITION);
  ApproveSteps(form.review());
  for (const char* blank : {"", " \t", "\n"}) {
    fails(officer(), "risk", form.name(), common::v1::ERROR_REASON_REASON_REQUIRED, blank);
  }
  // Whoever keeps, writes or reviews the records does not erase them; nor does anybody his own.
  for (auto* client : {&administrator(), &office(), &principal(), &auditor(), &staff("buyer"),
                       &With("services/risk", {"service"})}) {
    fails(*client, "risk", form.name(), common::v1::ERROR_REASON_PERMISSION_DENIED);
  }
  fails(With(Person("buyer"), {"data_protection_officer"}), "risk", form.name(),
        common::v1::ERROR_REASON_OWN_RECORD);
  EXPECT_THAT(Erasures("risk"), IsEmpty());
  EXPECT_EQ(Verify(ReadLedger(auditor(), "risk")), 0);
  EXPECT_EQ(SelfCheckOf("buyer").duties(), "按岗位职责履行本职工作。");
  EXPECT_EQ(Changes(ReadLedger(auditor(), "risk")), changes + 1) << "the approval only";

  Erased("risk", form.name());
  fails(officer(), "risk", form.name(), common::v1::ERROR_REASON_ILLEGAL_TRANSITION);
  EXPECT_THAT(Erasures("risk"), SizeIs(1));
}

// RPCs: LedgerService.EraseRecord
TEST_F(ErasureTest, ARequestWhoseAnswerWasErasedIsToldSo) {
  On(5, 20);
  auto request = NewSelfCheck("buyer");
  request.set_parent(kUnit);
  request.set_request_id(server().RequestId());
  const auto made = Must(Call(staff("buyer"), &RiskStub::CreateSelfCheck, request));
  const std::string id = server().RequestId();
  const auto first = Must(Erase(officer(), "risk", made.self_check().name(), kReason, id));
  const auto again = Call(staff("buyer"), &RiskStub::CreateSelfCheck, request);
  EXPECT_THAT(again, FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  EXPECT_THAT(std::string(again.status().message()), HasSubstr("erased"));
  // The erasure itself is one, however often it is asked for.
  const auto second = Must(Erase(officer(), "risk", made.self_check().name(), kReason, id));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_THAT(Erase(officer(), "risk", made.self_check().name(), "另一个理由", id),
              FailsWith(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
  EXPECT_THAT(Erasures("risk"), SizeIs(1));
  // The form is a draft still, and its owner may write it anew, and have that erased, too.
  risk::v1::UpdateSelfCheckRequest update;
  update.mutable_self_check()->set_name(made.self_check().name());
  update.mutable_self_check()->set_duties(kSecret);
  update.mutable_update_mask()->add_paths("duties");
  Must(Call(staff("buyer"), &RiskStub::UpdateSelfCheck, update));
  const Erasure next = Erased("risk", made.self_check().name());
  EXPECT_THAT(next.contents(), SizeIs(1));
  EXPECT_THAT(next.fields(), ElementsAre("duties"));
  EXPECT_EQ(Verify(ReadLedger(auditor(), "risk")), 2);
}

// A person's name: the import that brought it brought the whole directory.
TEST_F(ErasureTest, APersonIsErasedFromAnImportAndTheOthersStay) {
  On(5, 20);
  ApproveSelfCheck("buyer");
  const std::string statistics = Statistics(auditor());
  const Ledger before = ReadLedger(auditor(), "personnel");
  const auto records_before = Fold(before);
  Erased("personnel", Person("storekeeper"));
  EXPECT_EQ(Get(&PersonnelStub::GetPerson, Person("storekeeper")).person().display_name(),
            store::kErasedText);
  EXPECT_EQ(Get(&PersonnelStub::GetPerson, Person("buyer")).person().display_name(), "采购员");
  const Ledger now = ReadLedger(auditor(), "personnel");
  EXPECT_EQ(Verify(now), 1);
  auto records = Fold(now);
  for (const auto& [name, body] : records_before) {
    if (name == Person("storekeeper")) continue;
    EXPECT_EQ(records[name], body) << name;
  }
  EXPECT_EQ(Statistics(auditor()), statistics);
  // Reviewers are found as before: everybody follows the directory.
  ApproveSelfCheck("storekeeper");
}

// A follower that begins after the erasures ends where one is that followed all the time.
TEST_F(ErasureTest, WhoFollowsFromTheBeginningKnowsWhatWhoFollowedAllTheTimeKnows) {
  On(5, 20);
  const SelfCheck form = SecretForm("buyer", false);
  ApproveSelfCheck("registrar");
  const auto points = PointsOf(Post("buyer"));
  Must(
      Call(staff("buyer"), &RiskStub::CreateMeasure, NewMeasure("m-1", points[0].name(), "buyer")));
  Erased("risk", form.name());
  Erased("risk", points[0].name());
  Erased("risk", Named("measures", "m-1"));
  Erased("personnel", Person("storekeeper"));
  for (const auto& review : ReviewsOf(form.name())) {
    Erased("grading", review.name());
  }
  const std::string statistics = Statistics(auditor());  // and all is settled
  Must(Call(auditor(), &RiskStub::ListRiskPoints, risk::v1::ListRiskPointsRequest()));

  // Other processes of these services, with empty databases, and keys that this one trusts.
  server().clock().Set(
      absl::FromCivil(absl::CivilSecond(2026, 5, 13, 8), absl::FixedTimeZone(8 * 60 * 60)));
  const auto fresh = [&](server::ModuleSpec module, const std::vector<std::string>& upstreams) {
    config::v1::ServerConfig config;
    config.mutable_keys()->set_token_key(server().data_dir() + "/keys/token.pem");
    for (const std::string& upstream : upstreams) {
      auto* at = config.add_upstreams();
      at->set_service(upstream);
      at->set_endpoint(server().address());
    }
    return std::make_unique<testing::TestServer>(std::vector<server::ModuleSpec>{std::move(module)},
                                                 config);
  };
  const auto caught_up = [&](auto& request, const std::vector<std::string>& upstreams) {
    for (const std::string& upstream : upstreams) {
      auto* position = request.add_not_before();
      position->set_unit(kUnit);
      position->set_service(upstream);
      position->set_sequence(static_cast<int64_t>(ReadLedger(auditor(), upstream).entries.size()));
    }
  };

  const auto reporting = fresh(reporting::ReportingModule(), {"personnel", "risk", "grading"});
  reporting::v1::GetStatisticsRequest figures;
  figures.set_unit(kUnit);
  caught_up(figures, {"personnel", "risk", "grading"});
  auto& reader = reporting->As("services/auditor", {"auditor"});
  Must(testing::Call<reporting::v1::ReportingService>(reader, &ReportingStub::GetStatistics,
                                                      figures));
  EXPECT_EQ(Statistics(reader), statistics);
  if (testing::OnServer()) return;  // the tables are compared in the files
  Must(Call(auditor(), &ReportingStub::GetStatistics, figures));  // the other one has caught up too
  EXPECT_EQ(Scopes(reporting->data_dir()), Scopes(server().data_dir()));
  for (const char* table : {"report_owners", "report_holders", "report_points", "report_measures",
                            "report_cubes", "report_known", "report_attentions",
                            "report_appointments", "report_posts", "persons", "posts"}) {
    EXPECT_EQ(Rows(reporting->data_dir(), "reporting", table),
              Rows(server().data_dir(), "reporting", table))
        << table;
  }

  const auto grading = fresh(grading::GradingModule(), {"personnel", "risk"});
  grading::v1::ListGradesRequest grades;
  grades.set_parent(kUnit);
  caught_up(grades, {"personnel", "risk"});
  Must(testing::Call<grading::v1::GradingService>(grading->As("services/auditor", {"auditor"}),
                                                  &GradingStub::ListGrades, grades));
  Must(Call(auditor(), &GradingStub::ListGrades, grades));
  for (const char* table : {"followed_self_checks", "followed_risk_points", "followed_measures",
                            "followed_post_duties", "persons", "posts"}) {
    const auto live = Rows(server().data_dir(), "grading", table);
    EXPECT_EQ(Rows(grading->data_dir(), "grading", table), live) << table;
    for (const auto& [id, body] : live) {
      EXPECT_EQ(body.find(kSecret), std::string::npos) << table << "/" << id;
    }
  }
}

// What was erased stays erased through a backup, and says so on the other side.
TEST_F(ErasureTest, ABackupCarriesErasuresAndNoErasedText) {
  if (testing::OnServer()) return;  // of the embedded store; backups of servers have their own test
  On(5, 20);
  const SelfCheck form = SecretForm("buyer", true);
  Erased("risk", form.name());
  for (const auto& point : PointsOf(Post("buyer"))) Erased("risk", point.name());
  for (const auto& review : ReviewsOf(form.name())) {
    Erased("grading", review.name());
  }
  const Ledger before = ReadLedger(auditor(), "risk");
  const auto erasures = Erasures("risk");

  const std::vector<server::ModuleSpec> modules = {
      personnel::PersonnelModule(), risk::RiskModule(), grading::GradingModule(),
      reporting::ReportingModule(), aggregator::AggregatorModule()};
  const testing::TempFolder folder;
  config::v1::ServerConfig from;
  from.set_data_dir(server().data_dir());
  backup::BackupOptions options;
  options.output = folder.path() + "/backup";
  options.include_keys = true;
  options.services = {"personnel", "risk", "grading", "reporting", "aggregator"};
  options.clock = &server().clock();
  options.random = &crypto::SystemRandom();
  Must(backup::MakeBackup(from, options));
  config::v1::ServerConfig to;
  to.set_data_dir(folder.path() + "/data");
  to.set_listen("127.0.0.1:0");
  std::filesystem::create_directory(to.data_dir());
  backup::RestoreOptions restore;
  restore.input = options.output;
  restore.include_keys = true;
  Must(backup::Restore(to, modules, restore));

  const auto restored = Must(server::Server::Start(to, modules, {.clock = &server().clock()}));
  client::Client client(client::MakeChannel(restored->address()),
                        [this] { return server().Token("services/auditor", {"auditor"}); });
  const Ledger after = ReadLedger(client, "risk");
  EXPECT_EQ(Verify(after), Verify(before));
  EXPECT_GT(Verify(after), 0);
  ASSERT_EQ(after.entries.size(), before.entries.size());
  for (size_t i = 0; i < after.entries.size(); ++i) {
    EXPECT_EQ(after.entries[i].SerializeAsString(), before.entries[i].SerializeAsString());
  }
  ledger::v1::ListErasuresRequest erased;
  erased.set_parent(LedgerName("risk"));
  const auto listed =
      Must(testing::Call<ledger::v1::LedgerService>(client, &LedgerStub::ListErasures, erased));
  ASSERT_EQ(listed.erasures_size(), static_cast<int>(erasures.size()));
  EXPECT_EQ(listed.erasures(0).SerializeAsString(), erasures[0].SerializeAsString());
  for (const auto& file : std::filesystem::directory_iterator(to.data_dir())) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    std::stringstream bytes;
    bytes << in.rdbuf();
    EXPECT_EQ(bytes.str().find(kSecret), std::string::npos) << file.path();
  }
  restored->Shutdown(absl::Seconds(5));
}

}  // namespace
}  // namespace lianfang::acceptance
