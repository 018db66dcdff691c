// Walks every RPC of the suite with every role: what the table of roles grants is let in,
// everything else is refused, and the whole table stands in permissions.txt for people to review.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "common/testing/test_server.h"
#include "lianfang/common/v1/options.pb.h"
#include "services/aggregator/module.h"
#include "services/grading/module.h"
#include "services/personnel/module.h"
#include "services/reporting/module.h"
#include "services/risk/module.h"

namespace lianfang {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;

std::vector<server::ModuleSpec> AllModules() {
  return {personnel::PersonnelModule(), risk::RiskModule(), grading::GradingModule(),
          reporting::ReportingModule(), aggregator::AggregatorModule()};
}

// Every file of the contract, so that a new one cannot be forgotten here.
std::vector<std::string> ProtoFiles() {
  const auto root = std::filesystem::path(LIANFANG_SOURCE_DIR) / "proto";
  std::vector<std::string> files;
  for (const char* folder : {"lianfang", "grpc"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".proto") continue;
      files.push_back(std::filesystem::relative(entry.path(), root).generic_string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<const MethodDescriptor*> AllMethods() {
  std::vector<const MethodDescriptor*> methods;
  for (const std::string& file : ProtoFiles()) {
    const auto* descriptor = DescriptorPool::generated_pool()->FindFileByName(file);
    if (descriptor == nullptr) continue;  // messages alone, which nothing here uses
    for (int s = 0; s < descriptor->service_count(); ++s) {
      for (int m = 0; m < descriptor->service(s)->method_count(); ++m) {
        methods.push_back(descriptor->service(s)->method(m));
      }
    }
  }
  return methods;
}

std::string PathOf(const MethodDescriptor* method) {
  return absl::StrCat("/", method->service()->full_name(), "/", method->name());
}

// Sends an empty message; streams that stay open end with the deadline.
absl::Status Probe(const std::shared_ptr<grpc::Channel>& channel, const MethodDescriptor* method,
                   const std::string& token) {
  return testing::SendRaw(channel, PathOf(method), token, "",
                          method->server_streaming() ? absl::Milliseconds(500) : absl::Seconds(10));
}

TEST(Permissions, EveryMethodNamesAPermission) {
  const auto methods = AllMethods();
  EXPECT_GE(methods.size(), 60U);
  for (const auto* method : methods) {
    EXPECT_FALSE(method->options().GetExtension(common::v1::rpc).permission().empty())
        << method->full_name();
  }
}

bool IsOpen(const MethodDescriptor* method) {
  return method->options().GetExtension(common::v1::rpc).open();
}

TEST(Permissions, OnlySigningInIsOpen) {
  std::set<std::string> open;
  for (const auto* method : AllMethods()) {
    if (IsOpen(method)) open.insert(method->full_name());
  }
  EXPECT_EQ(open, (std::set<std::string>{"lianfang.personnel.v1.AccessService.Login",
                                         "lianfang.personnel.v1.AccessService.RefreshToken"}));
}

TEST(Permissions, NoMethodAnswersWithoutAToken) {
  testing::TestServer server(AllModules());
  const auto channel = client::MakeChannel(server.address());
  for (const auto* method : AllMethods()) {
    if (IsOpen(method)) {
      // Whoever sends nothing gets nothing here either.
      EXPECT_THAT(Probe(channel, method, ""),
                  testing::FailsWith(common::v1::ERROR_REASON_REQUIRED_FIELD))
          << method->full_name();
      continue;
    }
    EXPECT_THAT(Probe(channel, method, ""),
                testing::FailsWith(common::v1::ERROR_REASON_TOKEN_MISSING))
        << method->full_name();
  }
}

TEST(Permissions, EveryRoleMayDoWhatTheTableSaysAndNothingElse) {
  testing::TestServer server(AllModules());
  const auto policies = policy::Load("");
  ASSERT_THAT(policies, testing::IsOk());
  auth::PermissionTable table(policies->roles);
  std::map<std::string, int> bit;
  for (const auto* method : AllMethods()) {
    const std::string& permission = method->options().GetExtension(common::v1::rpc).permission();
    bit[permission] = table.Register(permission);
  }
  const auto channel = client::MakeChannel(server.address());
  std::map<std::string, std::set<std::string>> allowed;  // method → roles
  for (const auto& role : policies->roles.roles()) {
    const auto granted = table.Grant({role.name()});
    const std::string token = server.Token("tests/probe", {role.name()});
    for (const auto* method : AllMethods()) {
      const std::string& permission = method->options().GetExtension(common::v1::rpc).permission();
      const absl::Status status = Probe(channel, method, token);
      const bool refused =
          ReasonOf(status) == common::v1::ERROR_REASON_PERMISSION_DENIED && !status.ok();
      EXPECT_EQ(refused, !granted[bit[permission]] && !IsOpen(method))
          << role.name() << " " << method->full_name() << " " << status.ToString();
      if (!refused) allowed[PathOf(method).substr(1)].insert(role.name());
    }
  }
  std::string text =
      "# Which role may call which method. Made by permissions_test from what servers do; reviewed "
      "by people.\n"
      "# To renew: LIANFANG_UPDATE_GOLDEN=1 permissions_test\n";
  for (const auto* method : AllMethods()) {
    const std::string path = PathOf(method).substr(1);
    absl::StrAppend(&text, path, ":");
    if (IsOpen(method)) {
      absl::StrAppend(&text, " (open)\n");
      continue;
    }
    for (const std::string& role : allowed[path]) absl::StrAppend(&text, " ", role);
    absl::StrAppend(&text, "\n");
  }
  const std::string file = std::string(LIANFANG_SOURCE_DIR) + "/tests/contract/permissions.txt";
  if (std::getenv("LIANFANG_UPDATE_GOLDEN") != nullptr) std::ofstream(file) << text;
  std::stringstream committed;
  committed << std::ifstream(file).rdbuf();
  EXPECT_EQ(committed.str(), text);
}

}  // namespace
}  // namespace lianfang
