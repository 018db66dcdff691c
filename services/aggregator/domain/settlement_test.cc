#include "services/aggregator/domain/settlement.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "gtest/gtest.h"
#include "services/aggregator/testing/fake_member.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::Member;
using aggregation::v1::SettleMemberRequest;

const absl::Time kSettlementTime = absl::FromUnixSeconds(1778630400);

Member Untrusted() {
  Member member = FakeSchool("m").AsMember("127.0.0.1:1");
  member.set_name("units/d/members/m");
  member.set_state(aggregation::v1::MEMBER_STATE_UNTRUSTED);
  member.set_problem("不一致");
  member.mutable_evidence()->set_service("risk");
  member.mutable_evidence()->set_known_checkpoint("known");
  member.mutable_evidence()->set_presented_checkpoint("presented");
  member.mutable_report()->set_number(3);
  member.add_checkpoints()->set_service("risk");
  return member;
}

SettleMemberRequest Request(aggregation::v1::SettlementKind kind) {
  SettleMemberRequest request;
  request.set_kind(kind);
  request.set_reason("学校从备份恢复，已核实");
  return request;
}

TEST(SettleTest, KeepsWhatIsKnown) {
  Member member = Untrusted();
  ASSERT_TRUE(Settle(Request(aggregation::v1::SETTLEMENT_KIND_KEEP_KNOWN), "units/d/persons/p",
                     kSettlementTime, &member)
                  .ok());
  EXPECT_EQ(member.state(), aggregation::v1::MEMBER_STATE_VERIFIED);
  EXPECT_EQ(member.report().number(), 3);
  EXPECT_EQ(member.checkpoints_size(), 1);
  EXPECT_FALSE(member.has_evidence());
  EXPECT_EQ(member.problem(), "");
  ASSERT_EQ(member.settlements_size(), 1);
  EXPECT_EQ(member.settlements(0).actor(), "units/d/persons/p");
  EXPECT_EQ(member.settlements(0).reason(), "学校从备份恢复，已核实");
  EXPECT_EQ(member.settlements(0).time().seconds(), 1778630400);
  EXPECT_EQ(member.settlements(0).evidence().presented_checkpoint(), "presented");

  member = Untrusted();
  member.clear_report();
  ASSERT_TRUE(
      Settle(Request(aggregation::v1::SETTLEMENT_KIND_KEEP_KNOWN), "p", kSettlementTime, &member)
          .ok());
  EXPECT_EQ(member.state(), aggregation::v1::MEMBER_STATE_REGISTERED);
}

TEST(SettleTest, BeginsAnewAndReplacesKeys) {
  Member member = Untrusted();
  ASSERT_TRUE(
      Settle(Request(aggregation::v1::SETTLEMENT_KIND_BEGIN_ANEW), "p", kSettlementTime, &member)
          .ok());
  EXPECT_EQ(member.state(), aggregation::v1::MEMBER_STATE_REGISTERED);
  EXPECT_FALSE(member.has_report());
  EXPECT_TRUE(member.checkpoints().empty());
  EXPECT_EQ(member.settlements(0).evidence().known_checkpoint(), "known");

  member = Untrusted();
  auto request = Request(aggregation::v1::SETTLEMENT_KIND_REPLACE_KEYS);
  const FakeSchool other("m", 'x');
  for (const std::string& key : other.keys()) request.add_verifier_keys(key);
  ASSERT_TRUE(Settle(request, "p", kSettlementTime, &member).ok());
  EXPECT_EQ(member.verifier_keys(0), other.keys()[0]);
  EXPECT_TRUE(member.checkpoints().empty());
}

TEST(SettleTest, RefusesWhatCannotBeSettled) {
  const auto reason = [](const SettleMemberRequest& request, Member member) {
    return ReasonOf(Settle(request, "p", kSettlementTime, &member));
  };
  auto request = Request(aggregation::v1::SETTLEMENT_KIND_UNSPECIFIED);
  EXPECT_EQ(reason(request, Untrusted()), common::v1::ERROR_REASON_INVALID_FIELD);
  request.set_kind(aggregation::v1::SETTLEMENT_KIND_KEEP_KNOWN);
  request.add_verifier_keys("x");
  EXPECT_EQ(reason(request, Untrusted()), common::v1::ERROR_REASON_INVALID_FIELD);
  request.clear_verifier_keys();
  Member verified = Untrusted();
  verified.set_state(aggregation::v1::MEMBER_STATE_VERIFIED);
  EXPECT_EQ(reason(request, verified), common::v1::ERROR_REASON_ILLEGAL_TRANSITION);
  request.set_reason(" \n");
  EXPECT_EQ(reason(request, Untrusted()), common::v1::ERROR_REASON_REASON_REQUIRED);
  request = Request(aggregation::v1::SETTLEMENT_KIND_REPLACE_KEYS);
  EXPECT_EQ(reason(request, Untrusted()), common::v1::ERROR_REASON_INVALID_FIELD) << "no keys";
  request.add_verifier_keys(FakeSchool("other").keys()[0]);
  EXPECT_EQ(reason(request, Untrusted()), common::v1::ERROR_REASON_INVALID_FIELD);
}

TEST(SettleTest, ShowsTheLastTen) {
  Member member = Untrusted();
  for (int i = 0; i < 13; ++i) {
    member.set_state(aggregation::v1::MEMBER_STATE_UNTRUSTED);
    auto request = Request(aggregation::v1::SETTLEMENT_KIND_KEEP_KNOWN);
    request.set_reason(absl::StrCat("reason ", i));
    ASSERT_TRUE(Settle(request, "p", kSettlementTime, &member).ok());
  }
  ASSERT_EQ(member.settlements_size(), kMaxSettlements);
  EXPECT_EQ(member.settlements(0).reason(), "reason 3");
  EXPECT_EQ(member.settlements(9).reason(), "reason 12");
}

}  // namespace
}  // namespace lianfang::aggregator
