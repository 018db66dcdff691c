// What can be erased and who reads what is left: headers, kinds of records, permissions.
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "services/aggregator/module.h"
#include "services/grading/module.h"
#include "services/personnel/module.h"
#include "services/reporting/module.h"
#include "services/risk/module.h"
#include "tests/acceptance/erasure_school.h"

namespace lianfang::acceptance {
namespace {

// Entry headers prove without content: whoever may see headers learns no name and no word.
// RPCs: LedgerService.ListEntries
TEST_F(ErasureTest, HeadersHoldNoTextAndContentsComeOnlyToThoseWhoMayReadThem) {
  On(5, 20);
  ApproveSelfCheck("buyer");
  ApproveDuty("buyer");
  risk::v1::CreateFeedbackRequest feedback;
  feedback.mutable_feedback()->set_subject(Post("buyer"));
  feedback.mutable_feedback()->set_title("意见");
  feedback.mutable_feedback()->set_content("采购公示不清楚。");
  feedback.mutable_feedback()->set_contact("一位家长");
  Must(Call(feedback_box(), &RiskStub::CreateFeedback, feedback));
  Erased("risk", "units/school/selfChecks/sc-buyer");
  for (const char* service : {"personnel", "risk", "grading", "reporting"}) {
    const Ledger ledger = ReadLedger(auditor(), service);
    for (const auto& entry : ledger.entries) {
      ledger::v1::EntryHeader header;
      ASSERT_TRUE(header.ParseFromString(entry.header()));
      for (const std::string& text : {header.actor(), header.method(), header.resource(),
                                      header.unit(), header.service(), header.request_id()}) {
        EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](unsigned char c) {
          return absl::ascii_isalnum(c) || absl::StrContains("/.-:_", c);
        })) << text;
      }
      EXPECT_TRUE(header.actor() == "anonymous" || header.actor().starts_with("services/") ||
                  header.actor().starts_with("superiors/") ||
                  header.actor().starts_with("units/school/persons/"))
          << header.actor();
    }
    ledger::v1::ListEntriesRequest headers;
    headers.set_name(LedgerName(service));
    const auto page = Must(Call(auditor(), &LedgerStub::ListEntries, headers));
    for (const auto& entry : page.entries()) {
      EXPECT_EQ(entry.content(), "");
      EXPECT_NE(entry.header(), "");
    }
  }
}

// A new kind of record, or a new state, has to be thought of here.
TEST(ErasableRecords, AreTheseAndNotWhileTheyAreReviewed) {
  std::map<std::string, std::vector<std::string>> refused;
  for (const server::ModuleSpec& module :
       {personnel::PersonnelModule(), risk::RiskModule(), grading::GradingModule(),
        reporting::ReportingModule(), aggregator::AggregatorModule()}) {
    for (const store::RecordKind* kind : module.kinds) {
      if (!store::HasErasableFields(kind->type())) continue;
      auto& states = refused[kind->table()];
      const auto* state = kind->type()->FindFieldByName("state");
      if (state == nullptr) continue;
      const std::unique_ptr<google::protobuf::Message> record(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(kind->type())->New());
      for (int i = 0; i < state->enum_type()->value_count(); ++i) {
        record->GetReflection()->SetEnum(record.get(), state, state->enum_type()->value(i));
        if (store::IsUnderReview(*record)) states.push_back(state->enum_type()->value(i)->name());
      }
    }
  }
  const std::map<std::string, std::vector<std::string>> expected = {
      {"persons", {}},
      {"posts", {}},
      {"post_duties", {"POST_DUTY_STATE_IN_REVIEW"}},
      {"post_duty_revisions", {}},
      {"self_checks", {"SELF_CHECK_STATE_SUBMITTED"}},
      {"self_check_revisions", {}},
      {"risk_points", {"RISK_POINT_STATE_SUBMITTED"}},
      {"measures", {"MEASURE_STATE_IN_REVIEW"}},
      {"powers", {"FILING_STATE_SUBMITTED"}},
      {"workflows", {"FILING_STATE_SUBMITTED"}},
      {"submissions", {"SUBMISSION_STATE_SUBMITTED"}},
      {"feedback", {}},
      {"grades", {"GRADE_STATE_SCHOOL_REVIEW", "GRADE_STATE_SUPERIOR_REVIEW"}},
      {"reviews", {"REVIEW_STATE_OPEN"}},
      {"warning_signs", {}},
      {"self_inspection_reports", {"SELF_INSPECTION_STATE_SUBMITTED"}},
      {"examinations", {}},
      {"rectifications", {"RECTIFICATION_STATE_SUBMITTED"}},
      {"publications", {}},
      {"warnings", {}},
      {"superior_tasks", {"SUPERIOR_TASK_STATE_WAITING", "SUPERIOR_TASK_STATE_DECIDED"}}};
  EXPECT_EQ(refused, expected);
}

// A role that may list entries but not read contents.
TEST(ErasureRoles, ContentsNeedAPermissionOfTheirOwn) {
  const testing::TempFolder policies;
  std::ifstream shipped(std::string(LIANFANG_SOURCE_DIR) + "/deploy/policies/roles.txtpb");
  std::ofstream own(policies.path() + "/roles.txtpb");
  own << shipped.rdbuf()
      << "roles {\n  name: \"header_reader\"\n  description: \"只读条目头\"\n"
         "  sources: ROLE_SOURCE_GRANT\n"
         "  permissions: \"ledger.entries.list\"\n}\n";
  own.close();
  config::v1::ServerConfig config;
  config.set_policy_dir(policies.path());
  testing::TestServer server({personnel::PersonnelModule(), risk::RiskModule(),
                              grading::GradingModule(), reporting::ReportingModule()},
                             config);
  personnel::v1::CreateUnitRequest unit;
  unit.set_unit_id("u");
  unit.mutable_unit()->set_display_name("实验小学");
  unit.mutable_unit()->set_kind(personnel::v1::UNIT_KIND_SCHOOL);
  unit.set_request_id(server.RequestId());
  ASSERT_THAT(
      testing::Call<personnel::v1::PersonnelService>(
          server.As("services/administrator", {"administrator"}), &PersonnelStub::CreateUnit, unit),
      IsOk());
  auto& reader = server.As("services/mirror", {"header_reader"});
  ledger::v1::ListEntriesRequest list;
  list.set_name("units/u/ledgers/personnel");
  const auto headers =
      testing::Call<ledger::v1::LedgerService>(reader, &LedgerStub::ListEntries, list);
  ASSERT_THAT(headers, IsOk());
  ASSERT_EQ(headers->entries_size(), 1);
  EXPECT_EQ(headers->entries(0).content(), "");
  list.set_include_content(true);
  EXPECT_THAT(testing::Call<ledger::v1::LedgerService>(reader, &LedgerStub::ListEntries, list),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
}

}  // namespace
}  // namespace lianfang::acceptance
