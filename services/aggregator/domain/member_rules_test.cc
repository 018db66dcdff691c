#include "services/aggregator/domain/member_rules.h"

#include <functional>

#include "common/status/error.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "services/aggregator/testing/fake_member.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::Member;

std::string FieldOf(const absl::Status& status) {
  const google::rpc::Status rpc_status = ToRpcStatus(status);
  for (const auto& detail : rpc_status.details()) {
    google::rpc::BadRequest bad;
    if (detail.UnpackTo(&bad) && bad.field_violations_size() > 0) {
      return bad.field_violations(0).field();
    }
  }
  return "";
}

std::string KeyOf(const std::string& unit_id, const std::string& service, char seed = 'k') {
  return FakeLedger(unit_id, service, seed).key();
}

struct MemberCase {
  const char* name;
  std::function<void(Member&)> change;
  const char* field;  // empty: accepted
};

class MemberRulesTest : public ::testing::TestWithParam<MemberCase> {};

TEST_P(MemberRulesTest, NamesTheField) {
  Member member = FakeSchool("school").AsMember("10.0.0.8:7100");
  GetParam().change(member);
  const absl::Status status = CheckNewMember(member, "district");
  if (std::string(GetParam().field).empty()) {
    EXPECT_TRUE(status.ok()) << status;
  } else {
    EXPECT_EQ(ReasonOf(status), common::v1::ERROR_REASON_INVALID_FIELD) << status;
    EXPECT_EQ(FieldOf(status), GetParam().field) << status;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, MemberRulesTest,
    ::testing::Values(
        MemberCase{"AsItShouldBe", [](Member&) {}, ""},
        MemberCase{"OnlyTheIssuersKey", [](Member& m) { m.mutable_verifier_keys()->RemoveLast(); },
                   ""},
        MemberCase{"AnAggregator",
                   [](Member& m) {
                     m.set_kind(aggregation::v1::MEMBER_KIND_AGGREGATOR);
                     m.clear_verifier_keys();
                     m.add_verifier_keys(KeyOf("school", "aggregator"));
                   },
                   ""},
        MemberCase{"ItsOwnMember", [](Member& m) { m.set_unit("units/district"); }, "member.unit"},
        MemberCase{"EndpointWithoutPort", [](Member& m) { m.set_endpoint("10.0.0.8"); },
                   "member.endpoint"},
        MemberCase{"EndpointOfALocalSocket", [](Member& m) { m.set_endpoint("unix:/run/x:1"); },
                   "member.endpoint"},
        MemberCase{"KeyThatIsNone", [](Member& m) { m.set_verifier_keys(1, "a+b+c"); },
                   "member.verifier_keys[1]"},
        MemberCase{"KeyOfAnotherUnit",
                   [](Member& m) { m.set_verifier_keys(1, KeyOf("other", "risk")); },
                   "member.verifier_keys[1]"},
        MemberCase{"KeyOfAnUnknownService",
                   [](Member& m) { m.set_verifier_keys(1, KeyOf("school", "payroll")); },
                   "member.verifier_keys[1]"},
        MemberCase{"TwoKeysOfOneLedger",
                   [](Member& m) { m.add_verifier_keys(KeyOf("school", "risk", 'x')); },
                   "member.verifier_keys[2]"},
        MemberCase{"SchoolWithoutReportingKey",
                   [](Member& m) { m.mutable_verifier_keys()->DeleteSubrange(0, 1); },
                   "member.verifier_keys"},
        MemberCase{"AggregatorWithASchoolsKeys",
                   [](Member& m) { m.set_kind(aggregation::v1::MEMBER_KIND_AGGREGATOR); },
                   "member.verifier_keys"}),
    [](const auto& row) { return row.param.name; });

TEST(Endpoint, IsHostAndPort) {
  for (const char* good : {"127.0.0.1:7100", "localhost:1", "school.example.edu.cn:65535",
                           "[::1]:7100", "[fe80::1]:80"}) {
    EXPECT_TRUE(IsEndpoint(good)) << good;
  }
  for (const char* bad : {"",
                          ":7100",
                          "host",
                          "host:",
                          "host:0",
                          "host:65536",
                          "host:123456",
                          "host:7a",
                          "host:-1",
                          "host:+1",
                          "dns:///host:1",
                          "unix:/a:1",
                          "unix-abstract:a:1",
                          "http://host:1",
                          "ho st:1",
                          "::1:7100",
                          "[::1]7100",
                          "[host]:1",
                          "[]:1",
                          "-host:1",
                          "host\n:1"}) {
    EXPECT_FALSE(IsEndpoint(bad)) << bad;
  }
}

}  // namespace
}  // namespace lianfang::aggregator
