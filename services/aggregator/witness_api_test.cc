// The aggregator as a witness, through its API: whom it distrusts, why, and what ends it.

#include "common/ledger/cosignature.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/aggregator/testing/district.h"

namespace lianfang::aggregator {
namespace {

using google::protobuf::util::MessageDifferencer;

// A school that was seen with its second report, and another one that stays honest.
TEST(Witness, DistrustsWhatDoesNotHoldAndKeepsTheEvidence) {
  struct Row {
    const char* name;
    std::function<void(FakeSchool&, const FakeSchool& earlier)> change;
    FakeServer::Tamper tamper;
  };
  const std::vector<Row> rows = {
      {"wrong signature",
       [](FakeSchool& school, const FakeSchool&) {
         school = FakeSchool("a", 'x');
         school.Work("one");
         school.Issue(Figures(100));
         school.Issue(Figures(100));
         school.Issue(Figures(100));
       },
       nullptr},
      {"shrunk ledger", [](FakeSchool& school, const FakeSchool& earlier) { school = earlier; },
       nullptr},
      {"rewritten history",
       [](FakeSchool& school, const FakeSchool& earlier) {
         school = earlier;
         school.Work("another three");
         school.Issue(Figures(100));
       },
       nullptr},
      {"report not included",
       [](FakeSchool& school, const FakeSchool&) { school.Issue(Figures(5)); },
       [](GetUnitReportResponse* r) {
         r->mutable_entry()->mutable_header()->append("\x7a\x00", 2);
       }},
      {"content not matching the header",
       [](FakeSchool& school, const FakeSchool&) { school.Issue(Figures(5)); },
       [](GetUnitReportResponse* r) {
         reporting::v1::UnitReport report = r->report();
         *report.mutable_total() = Figures(100);
         ledger::v1::EntryContent content;
         content.add_resources()->PackFrom(report);
         r->mutable_entry()->set_content(content.SerializeAsString());
         *r->mutable_report() = report;
       }},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    District district("d");
    const FakeSchool earlier = SchoolWith("a", 3);
    FakeSchool school = earlier;
    school.Work("three");
    school.Issue(Figures(5));
    const FakeSchool honest = school;
    FakeServer server(school);
    const FakeSchool other = SchoolWith("b", 20);
    FakeServer other_server(other);
    ASSERT_THAT(district.Register(school.AsMember(server.address()), "a"), IsOk());
    ASSERT_THAT(district.Register(other.AsMember(other_server.address()), "b"), IsOk());
    ASSERT_EQ(district.PullAll().size(), 2u);
    ASSERT_EQ(district.Rollup().total().risk_point_count(), 25);

    if (row.change) row.change(school, earlier);
    server.Serve(school, row.tamper);
    const auto pulled = district.Pull("a");
    ASSERT_THAT(pulled, IsOk());
    EXPECT_EQ(pulled->member().state(), aggregation::v1::MEMBER_STATE_UNTRUSTED);
    EXPECT_FALSE(pulled->member().evidence().problem().empty());
    EXPECT_EQ(pulled->member().evidence().service(), "reporting");
    EXPECT_FALSE(pulled->member().evidence().known_checkpoint().empty());
    EXPECT_EQ(pulled->member().report().total().risk_point_count(), 5);
    const GetRollupResponse rollup = district.Rollup();
    EXPECT_EQ(rollup.total().risk_point_count(), 20);
    ASSERT_EQ(rollup.untrusted_size(), 1);
    EXPECT_EQ(rollup.untrusted(0), "units/d/members/a");
    EXPECT_EQ(rollup.members_size(), 1);

    // Good manners afterwards change nothing, and nothing is written.
    server.Serve(honest);
    const int64_t size = district.LedgerSize();
    const auto again = district.Pull("a");
    ASSERT_THAT(again, IsOk());
    EXPECT_TRUE(MessageDifferencer::Equals(again->member(), pulled->member()));
    EXPECT_EQ(district.LedgerSize(), size);
  }
}

TEST(Witness, SettlesWhatMadeAMemberUntrusted) {
  District district("d");
  const FakeSchool earlier = SchoolWith("a", 3);
  FakeSchool school = earlier;
  school.Work("three");
  school.Issue(Figures(5));
  FakeServer server(school);
  ASSERT_THAT(district.Register(school.AsMember(server.address()), "a"), IsOk());
  ASSERT_THAT(district.Pull("a"), IsOk());
  EXPECT_THAT(district.Settle("a", aggregation::v1::SETTLEMENT_KIND_KEEP_KNOWN, "why"),
              FailsWith(common::v1::ERROR_REASON_ILLEGAL_TRANSITION));
  // Restored from an older backup, and worked with since.
  FakeSchool restored = earlier;
  restored.Work("another three");
  restored.Issue(Figures(9));
  server.Serve(restored);
  const auto untrusted = district.Pull("a");
  ASSERT_THAT(untrusted, IsOk());
  ASSERT_EQ(untrusted->member().state(), aggregation::v1::MEMBER_STATE_UNTRUSTED);
  EXPECT_EQ(district.Rollup().total().risk_point_count(), 0);

  EXPECT_THAT(district.Settle("a", aggregation::v1::SETTLEMENT_KIND_BEGIN_ANEW, "  "),
              FailsWith(common::v1::ERROR_REASON_REASON_REQUIRED));
  EXPECT_THAT(district.Settle("a", aggregation::v1::SETTLEMENT_KIND_BEGIN_ANEW, "why", "stale"),
              FailsWith(common::v1::ERROR_REASON_ETAG_MISMATCH));
  aggregation::v1::SettleMemberRequest foreign;
  foreign.set_name("units/d/members/a");
  foreign.set_request_id(district.server().RequestId());
  foreign.set_kind(aggregation::v1::SETTLEMENT_KIND_BEGIN_ANEW);
  foreign.set_reason("why");
  EXPECT_THAT(Call<AggregationService>(district.server().As("x", {"district_reader"}),
                                       &AggregationService::Stub::SettleMember, foreign),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));

  // To keep what is known does not make it true: the next pull finds the same.
  auto settled = district.Settle("a", aggregation::v1::SETTLEMENT_KIND_KEEP_KNOWN, "网络设备故障");
  ASSERT_THAT(settled, IsOk());
  EXPECT_EQ(settled->state(), aggregation::v1::MEMBER_STATE_VERIFIED);
  EXPECT_EQ(district.Rollup().total().risk_point_count(), 5);
  ASSERT_EQ(district.Pull("a")->member().state(), aggregation::v1::MEMBER_STATE_UNTRUSTED);

  settled = district.Settle("a", aggregation::v1::SETTLEMENT_KIND_BEGIN_ANEW, "从备份恢复，已核实");
  ASSERT_THAT(settled, IsOk());
  EXPECT_EQ(settled->state(), aggregation::v1::MEMBER_STATE_REGISTERED);
  EXPECT_EQ(district.Rollup().pending_size(), 1);
  const auto again = district.Pull("a");
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->member().state(), aggregation::v1::MEMBER_STATE_VERIFIED)
      << again->member().problem();
  EXPECT_EQ(district.Rollup().total().risk_point_count(), 9);
  ASSERT_EQ(again->member().settlements_size(), 2);
  EXPECT_EQ(again->member().settlements(1).reason(), "从备份恢复，已核实");
  EXPECT_EQ(again->member().settlements(1).actor(), "operators/district");
  EXPECT_FALSE(again->member().settlements(1).evidence().presented_checkpoint().empty());
}

TEST(Witness, BringsItsCosignaturesOnce) {
  District district("d");
  FakeSchool school = SchoolWith("a", 3);
  FakeServer server(school);
  ASSERT_THAT(district.Register(school.AsMember(server.address()), "a"), IsOk());
  const auto pulled = district.Pull("a");
  ASSERT_THAT(pulled, IsOk());
  auto brought = server.cosignatures();
  ASSERT_EQ(brought.size(), 2u);
  EXPECT_EQ(brought[0].name(), "units/a/ledgers/reporting");
  const auto witness = ledger::WitnessKey::Parse(brought[0].witness_key());
  ASSERT_TRUE(witness.ok());
  EXPECT_EQ(witness->name(), "lianfang/units/d/witness");
  EXPECT_TRUE(ledger::OpenCosignature(brought[0].checkpoint(), *witness).ok());
  EXPECT_EQ(pulled->member().checkpoints(0).cosigned_checkpoint(), brought[0].checkpoint());
  EXPECT_TRUE(district.Pull("a")->unchanged());
  EXPECT_EQ(server.cosignatures().size(), 2u);
  school.Note("a campaign");
  server.Serve(school);
  ASSERT_THAT(district.Pull("a"), IsOk());
  brought = server.cosignatures();
  ASSERT_EQ(brought.size(), 3u);
  EXPECT_EQ(brought[2].name(), "units/a/ledgers/reporting");

  // Whether the last process still brought them, the next one cannot know: it brings them again,
  // once.
  district.Restart();
  EXPECT_TRUE(district.Pull("a")->unchanged());
  brought = server.cosignatures();
  ASSERT_EQ(brought.size(), 5u);
  EXPECT_EQ(brought[3].checkpoint(), brought[2].checkpoint());
  ASSERT_THAT(district.Pull("a"), IsOk());
  EXPECT_EQ(server.cosignatures().size(), 5u);
}

TEST(Witness, FollowsAKeyThatWasHandedOver) {
  District district("d");
  FakeSchool school = SchoolWith("a", 3);
  FakeServer server(school);
  ASSERT_THAT(district.Register(school.AsMember(server.address()), "a"), IsOk());
  ASSERT_THAT(district.Pull("a"), IsOk());
  school.Rotate('n');
  server.Serve(school);
  const auto pulled = district.Pull("a");
  ASSERT_THAT(pulled, IsOk());
  EXPECT_EQ(pulled->member().state(), aggregation::v1::MEMBER_STATE_VERIFIED);
  EXPECT_EQ(district.Get("a")->verifier_keys(0), school.keys()[0]);
}

// One school, two histories: each of its superiors is shown another one.
TEST(Witness, FindsASchoolThatTellsTwoHistories) {
  District district("d");
  District inspectorate("i");
  const FakeSchool beginning = SchoolWith("a", 3);
  FakeSchool shown = beginning;
  shown.Work("three");
  shown.Issue(Figures(5));
  FakeSchool hidden = beginning;
  hidden.Work("another three");
  hidden.Issue(Figures(50));
  hidden.Work("four");
  hidden.Issue(Figures(60));
  FakeServer to_district(shown);
  FakeServer to_inspectorate(hidden);
  const FakeSchool honest = SchoolWith("b", 1);
  FakeServer other(honest);
  ASSERT_THAT(district.Register(shown.AsMember(to_district.address()), "a"), IsOk());
  ASSERT_THAT(inspectorate.Register(hidden.AsMember(to_inspectorate.address()), "a"), IsOk());
  for (District* one : {&district, &inspectorate}) {
    ASSERT_THAT(one->Register(honest.AsMember(other.address()), "b"), IsOk());
    one->PullAll();
    EXPECT_EQ(one->Rollup().members_size(), 2) << "each for itself finds nothing wrong";
  }
  const auto compared = district.Compare(inspectorate);
  ASSERT_THAT(compared, IsOk());
  ASSERT_EQ(compared->split_views_size(), 1);
  EXPECT_EQ(compared->split_views(0).member(), "units/d/members/a");
  const auto& evidence = compared->split_views(0).evidence();
  EXPECT_EQ(evidence.witness(), inspectorate.server().address());
  EXPECT_FALSE(evidence.known_checkpoint().empty());
  EXPECT_FALSE(evidence.presented_checkpoint().empty());
  EXPECT_EQ(compared->unreachable_size(), 0);
  const auto member = district.Get("a");
  EXPECT_EQ(member->state(), aggregation::v1::MEMBER_STATE_UNTRUSTED);
  EXPECT_EQ(member->evidence().presented_checkpoint(), evidence.presented_checkpoint());
  EXPECT_TRUE(member->evidence().has_time());
  EXPECT_EQ(district.Get("b")->state(), aggregation::v1::MEMBER_STATE_VERIFIED);
  EXPECT_EQ(district.Rollup().total().risk_point_count(), 1);
  // The other one finds it too, when it looks.
  EXPECT_EQ(inspectorate.Compare(district)->split_views_size(), 1);
}

TEST(Witness, ComparesWithoutAccusingWhoDoesNotAnswer) {
  District district("d");
  District inspectorate("i");
  FakeSchool school = SchoolWith("a", 3);
  auto server = std::make_unique<FakeServer>(school);
  ASSERT_THAT(district.Register(school.AsMember(server->address()), "a"), IsOk());
  ASSERT_THAT(inspectorate.Register(school.AsMember(server->address()), "a"), IsOk());
  ASSERT_THAT(district.Pull("a"), IsOk());
  school.Work("three");
  school.Issue(Figures(4));
  server->Serve(school);
  ASSERT_THAT(inspectorate.Pull("a"), IsOk());
  auto compared = district.Compare(inspectorate);
  ASSERT_THAT(compared, IsOk());
  EXPECT_EQ(compared->compared_count(), 2);
  EXPECT_EQ(compared->split_views_size(), 0);
  server.reset();
  compared = district.Compare(inspectorate);
  ASSERT_THAT(compared, IsOk());
  EXPECT_EQ(compared->compared_count(), 0);
  EXPECT_EQ(compared->unreachable_size(), 2);
  EXPECT_EQ(district.Get("a")->state(), aggregation::v1::MEMBER_STATE_VERIFIED);
  inspectorate.server().server().Shutdown(absl::Seconds(5));
  EXPECT_THAT(district.Compare(inspectorate),
              FailsWith(common::v1::ERROR_REASON_DEPENDENCY_UNAVAILABLE));
}

}  // namespace
}  // namespace lianfang::aggregator
