#include "common/policy/policies.h"

#include <filesystem>
#include <fstream>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/auth/permissions.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "grpc/reflection/v1/reflection.pb.h"
#include "gtest/gtest.h"
#include "lianfang/aggregation/v1/aggregation.pb.h"
#include "lianfang/common/v1/options.pb.h"
#include "lianfang/grading/v1/inspection.pb.h"
#include "lianfang/grading/v1/responsibility.pb.h"
#include "lianfang/ledger/v1/audit.pb.h"
#include "lianfang/ledger/v1/ledger.pb.h"
#include "lianfang/personnel/v1/access.pb.h"
#include "lianfang/personnel/v1/duty.pb.h"
#include "lianfang/personnel/v1/personnel.pb.h"
#include "lianfang/reporting/v1/campaign.pb.h"
#include "lianfang/reporting/v1/document.pb.h"
#include "lianfang/reporting/v1/publicity.pb.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "lianfang/reporting/v1/warning.pb.h"
#include "lianfang/risk/v1/form_import.pb.h"
#include "lianfang/risk/v1/risk.pb.h"

namespace lianfang::policy {
namespace {

using ::testing::HasSubstr;

class PolicyFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = absl::StrCat(::testing::TempDir(), "/policies-",
                           ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
  }
  std::string folder_;
};

constexpr char kPlain[] =
    "id: 'plain' version: 2 rules { id: 'all' level: RISK_LEVEL_LOW clause: '其它' otherwise: true "
    "}";

TEST(PoliciesTest, BuiltInPoliciesLoad) {
  const auto policies = Load("");
  ASSERT_TRUE(policies.ok()) << policies.status();
  EXPECT_EQ(policies->grading.size(), 3u);
  EXPECT_EQ(policies->routes.id(), "routes-2013");
  EXPECT_EQ(policies->warnings.id(), "warnings-2013");
  EXPECT_EQ(policies->campaigns.size(), 1u);
  // The floor is the scheme's in all of them.
  const auto& scheme = policies->grading.at("scheme-2013");
  for (const auto& [id, policy] : policies->grading) {
    ASSERT_EQ(policy.rules_size(), scheme.rules_size()) << id;
    for (int i = 0; i < policy.rules_size(); ++i) {
      EXPECT_EQ(policy.rules(i).SerializeAsString(), scheme.rules(i).SerializeAsString()) << id;
    }
  }
}

TEST_F(PolicyFolder, FileReplacesTheBuiltInOneOfItsName) {
  Write("grading-count.txtpb", kPlain);
  const auto policies = Load(folder_);
  ASSERT_TRUE(policies.ok()) << policies.status();
  EXPECT_EQ(policies->grading.at("plain").version(), 2);
  EXPECT_FALSE(policies->grading.contains("scheme-2013-count"));
}

TEST_F(PolicyFolder, FurtherGradingPoliciesAreAdded) {
  Write("grading-own.txtpb", kPlain);
  Write("notes.txt", "not a policy");
  const auto policies = Load(folder_);
  ASSERT_TRUE(policies.ok()) << policies.status();
  EXPECT_EQ(policies->grading.size(), 4u);
}

TEST_F(PolicyFolder, ErrorsNameTheFileAndWhatIsWrong) {
  const struct {
    const char* file;
    std::string text;
    const char* complaint;
  } cases[] = {
      {"grading-own.txtpb", "id: 'x' version: 1 colour: 'red'", "1:26: "},
      {"grading-own.txtpb", "id: 'x' version: 1 rules { level: RISK_LEVEL_PURPLE }", "PURPLE"},
      {"grading-own.txtpb", "id: 'x' version: 1", "has no rules"},
      {"grading-own.txtpb", absl::StrCat("id: 'scheme-2013' ", std::string(kPlain).substr(12)),
       "is another file's too"},
      {"grading-scheme-2013.txtpb", kPlain, "no grading policy has the id 'scheme-2013'"},
      {"grading-matrix.txtpb", kPlain, "with a matrix"},
      {"routes-2013.txtpb", "id: 'r' version: 1", "has no route"},
      {"roles.txtpb", "id: 'r' version: 1", "has no roles"},
      {"campaign-own.txtpb", "id: 'x' version: 1", "has no phases"},
      {"campaign-2013.txtpb",
       "id: 'x' version: 1 phases { id: 'all' title: '全年' start { month: 1 day: 1 } end { month: "
       "12 "
       "day: 31 } } tasks { id: 't' title: '交' kind: TASK_KIND_SELF_CHECK from_role: "
       "TASK_ROLE_HOLDER to_role: TASK_ROLE_PRINCIPAL due { month: 5 day: 1 } phase: 'all' }",
       "no campaign has the id 'campaign-2013'"},
      {"warnings-2013.txtpb", "id: 'x' version: 1", "has no rules"},
      {"role.txtpb", "id: 'r' version: 1", "misspelt"},
      {"roles.txtpb", "", "is empty"},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(absl::StrCat(test.file, ": ", test.complaint));
    Write(test.file, test.text);
    const auto policies = Load(folder_);
    EXPECT_FALSE(policies.ok());
    EXPECT_THAT(std::string(policies.status().message()), HasSubstr(test.complaint));
    std::filesystem::remove(folder_ + "/" + test.file);
  }
}

TEST_F(PolicyFolder, MissingFolderIsAnError) { EXPECT_FALSE(Load(folder_ + "/nowhere").ok()); }

// All permissions that RPCs ask for, and those that a caller needs to see ledger contents or to
// bring somebody else's decision.
std::set<std::string> AllPermissions() {
  std::set<std::string> all = {"grading.reviews.relay", "ledger.contents.read"};
  for (const auto* file :
       {grpc::reflection::v1::ServiceResponse::descriptor()->file(),
        aggregation::v1::RegisterMemberRequest::descriptor()->file(),
        grading::v1::Grade::descriptor()->file(),
        grading::v1::ResponsibilityLetter::descriptor()->file(),
        grading::v1::Rectification::descriptor()->file(), ledger::v1::Entry::descriptor()->file(),
        personnel::v1::Account::descriptor()->file(), personnel::v1::Unit::descriptor()->file(),
        personnel::v1::PostDuty::descriptor()->file(),
        reporting::v1::GetUnitReportRequest::descriptor()->file(),
        reporting::v1::Campaign::descriptor()->file(), reporting::v1::Warning::descriptor()->file(),
        reporting::v1::Publication::descriptor()->file(),
        ledger::v1::AuditRecord::descriptor()->file(),
        reporting::v1::IssuedDocument::descriptor()->file(),
        risk::v1::ImportFormsRequest::descriptor()->file(),
        risk::v1::SelfCheck::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const auto& rpc = file->service(s)->method(m)->options().GetExtension(common::v1::rpc);
        // Nobody needs it for what is open to whoever has no token yet.
        if (!rpc.open()) all.insert(rpc.permission());
      }
    }
  }
  return all;
}

TEST(RolesTest, EveryPermissionOfARoleExists) {
  const std::set<std::string> all = AllPermissions();
  const auto policies = Load("");
  for (const auto& role : policies->roles.roles()) {
    for (const std::string& permission : role.permissions()) {
      const absl::string_view prefix =
          absl::string_view(permission).substr(0, permission.size() - 1);
      const bool known =
          absl::EndsWith(permission, "*")
              ? std::any_of(all.begin(), all.end(),
                            [&](const std::string& name) { return absl::StartsWith(name, prefix); })
              : all.contains(permission);
      EXPECT_TRUE(known) << role.name() << ": " << permission;
    }
  }
}

TEST(RolesTest, EveryPermissionIsGrantedToSomebody) {
  auth::PermissionTable table(Load("")->roles);
  const std::set<std::string> all = AllPermissions();
  std::vector<std::string> roles;
  for (const auto& role : table.policy().roles()) roles.push_back(role.name());
  std::vector<std::pair<std::string, int>> index;
  for (const std::string& name : all) index.emplace_back(name, table.Register(name));
  const std::vector<bool> granted = table.Grant(roles);
  for (const auto& [name, i] : index) EXPECT_TRUE(granted[i]) << name;
}

// What separates the roles: who must not be able to do what.
TEST(RolesTest, RolesAreKeptApart) {
  auth::PermissionTable table(Load("")->roles);
  const std::set<std::string> all = AllPermissions();
  for (const std::string& name : all) table.Register(name);
  const auto may = [&](const char* role, const std::string& permission) -> bool {
    return table.Grant({role})[table.Register(permission)];
  };
  for (const std::string& name : all) {
    SCOPED_TRACE(name);
    const bool reads = absl::EndsWith(name, ".get") || absl::EndsWith(name, ".list") ||
                       absl::EndsWith(name, ".read") || absl::EndsWith(name, ".watch") ||
                       absl::EndsWith(name, ".compare");
    // What is seen, on paper: that it was issued is noted, and nothing else changes.
    const bool paper = absl::StartsWith(name, "reporting.documents.");
    // What everybody does for his own account.
    const bool own = absl::EndsWith(name, "_own") || name == "personnel.sessions.end";
    if (may("auditor", name)) {
      EXPECT_TRUE(reads || own || paper);
    }
    if (absl::StartsWith(name, "personnel.accounts.") && !reads) {
      for (const auto& role : table.policy().roles()) {
        EXPECT_EQ(may(role.name().c_str(), name), role.name() == "administrator") << role.name();
      }
    }
    if (may("administrator", name)) {
      EXPECT_FALSE(absl::StartsWith(name, "risk.") || absl::StartsWith(name, "grading.") ||
                   absl::StartsWith(name, "reporting.") || absl::StartsWith(name, "ledger."));
    }
    if (may("integration", name)) {
      EXPECT_TRUE(name == "grading.posts.grade" || name == "grading.risks.assess" ||
                  name == "grading.policies.get" || name == "server.reflection.read");
    }
    if (may("service", name)) {
      EXPECT_TRUE(reads || name == "ledger.cosignatures.add" || name == "grading.reviews.decide" ||
                  name == "grading.reviews.relay");
    }
    // Bringing the superior's decision is for the superior's machines, never for people of the
    // school.
    if (name == "reporting.superior_tasks.relay" || name == "grading.reviews.relay") {
      for (const auto& role : table.policy().roles()) {
        EXPECT_EQ(may(role.name().c_str(), name),
                  role.name() == (name == "grading.reviews.relay" ? "service" : "superior_gateway"))
            << role.name();
      }
    }
    if (absl::EndsWith(name, ".erase")) {
      for (const auto& role : table.policy().roles()) {
        EXPECT_EQ(may(role.name().c_str(), name), role.name() == "data_protection_officer")
            << role.name();
      }
    }
    EXPECT_FALSE(table.Grant({"nobody", ""})[table.Register(name)]);
    EXPECT_FALSE(table.Grant({})[table.Register(name)]);
  }
  EXPECT_FALSE(may("staff", "grading.reviews.decide"));
  EXPECT_FALSE(may("administrator", "grading.reviews.decide"));
  EXPECT_FALSE(may("administrator", "aggregation.members.settle"));
  EXPECT_FALSE(may("district_reader", "ledger.contents.read"));
  EXPECT_FALSE(may("superior_office", "risk.self_checks.get"));
  EXPECT_TRUE(may("superior_leader", "grading.reviews.decide"));
  EXPECT_TRUE(may("control_office", "grading.grades.propose"));
}

}  // namespace
}  // namespace lianfang::policy
