#include "services/aggregator/domain/witness.h"

#include <functional>

#include "common/ledger/cosignature.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/aggregator/testing/fake_member.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::Evidence;
using aggregation::v1::Member;
using google::protobuf::util::MessageDifferencer;
using reporting::v1::GetUnitReportResponse;

const absl::Time kPullTime = absl::FromUnixSeconds(1778630400);

// A member whose school was pulled once, after two reports.
class WitnessTest : public ::testing::Test {
 protected:
  WitnessTest() {
    school_.Work("one");
    school_.Issue(Figures(1));
    first_ = school_;
    school_.Work("two");
    school_.Work("three");
    school_.Issue(Figures(2));
    Member fresh = school_.AsMember("127.0.0.1:1");
    fresh.set_name("units/d/members/m");
    fresh.set_state(aggregation::v1::MEMBER_STATE_REGISTERED);
    member_ = Apply(fresh, Pull(fresh, school_), kPullTime).member;
  }

  static Pulled Pull(const Member& member, const FakeSchool& school,
                     const std::function<void(GetUnitReportResponse*)>& tamper = nullptr) {
    GetUnitReportResponse response = school.Answer(RequestFor(member));
    if (tamper) tamper(&response);
    const auto pulled = Judge(member, response);
    EXPECT_TRUE(pulled.ok()) << pulled.status();
    return pulled.ok() ? *pulled : UnreachablePull{};
  }

  FakeSchool school_{"m"};
  FakeSchool first_{"m"};  // as it was after its first report
  Member member_;
};

TEST_F(WitnessTest, TakesAReportThatHolds) {
  EXPECT_EQ(member_.state(), aggregation::v1::MEMBER_STATE_VERIFIED);
  EXPECT_EQ(member_.display_name(), "学校m");
  EXPECT_EQ(member_.report().number(), 2);
  ASSERT_EQ(member_.checkpoints_size(), 2);
  EXPECT_EQ(member_.checkpoints(0).service(), "reporting");
  EXPECT_EQ(member_.checkpoints(0).size(), 2);
  EXPECT_EQ(member_.checkpoints(1).service(), "risk");
  EXPECT_EQ(member_.checkpoints(1).size(), 3);
  EXPECT_EQ(member_.verify_time().seconds(), absl::ToUnixSeconds(kPullTime));
  const auto request = RequestFor(member_);
  ASSERT_EQ(request.known_checkpoints_size(), 2);
  EXPECT_EQ(request.known_checkpoints(1).size(), 3);
}

TEST_F(WitnessTest, WritesNothingForTheSameReport) {
  const AfterPull after = Apply(member_, Pull(member_, school_), kPullTime + absl::Hours(1));
  EXPECT_FALSE(after.write);
  EXPECT_TRUE(after.unchanged);
  EXPECT_TRUE(MessageDifferencer::Equals(after.member, member_));
}

TEST_F(WitnessTest, AsksOnlyForWhatIsNew) {
  EXPECT_EQ(RequestFor(member_).known_report(), member_.report().name());
  const GetUnitReportResponse same = school_.Answer(RequestFor(member_));
  EXPECT_TRUE(same.unchanged());
  EXPECT_FALSE(same.has_entry());
  EXPECT_LT(same.ByteSizeLong(), 1000u);
  // Whoever knows no report cannot be told that it is unchanged.
  const Member fresh = school_.AsMember("127.0.0.1:1");
  EXPECT_EQ(RequestFor(fresh).known_report(), "");
  GetUnitReportResponse nothing = school_.Answer(RequestFor(fresh));
  nothing.clear_report();
  nothing.clear_entry();
  nothing.clear_inclusion_proof();
  nothing.set_unchanged(true);
  const auto judged = Judge(fresh, nothing);
  ASSERT_TRUE(judged.ok());
  EXPECT_TRUE(std::holds_alternative<Evidence>(*judged));
}

TEST_F(WitnessTest, CountsFailuresOneAfterTheOther) {
  const Pulled gone = UnreachablePull{"无法连接"};
  Member member = Apply(member_, gone, kPullTime).member;
  EXPECT_EQ(member.failure_count(), 1);
  member = Apply(member, gone, kPullTime).member;
  EXPECT_EQ(member.failure_count(), 2);
  EXPECT_EQ(Apply(member, Pull(member, school_), kPullTime).member.failure_count(), 0);
}

TEST_F(WitnessTest, RemembersAGrownLedgerOfTheSameReport) {
  school_.Note("a campaign");
  const AfterPull after = Apply(member_, Pull(member_, school_), kPullTime + absl::Hours(1));
  EXPECT_TRUE(after.write);
  EXPECT_TRUE(after.unchanged);
  EXPECT_EQ(after.member.checkpoints(0).size(), 3);
  // So a school that takes the entry back is found out.
  const auto pulled = Pull(after.member, first_);
  EXPECT_TRUE(std::holds_alternative<Evidence>(pulled));
}

TEST_F(WitnessTest, TakesANewerReport) {
  school_.Work("four");
  school_.Issue(Figures(4));
  const AfterPull after = Apply(member_, Pull(member_, school_), kPullTime + absl::Hours(1));
  EXPECT_TRUE(after.write);
  EXPECT_FALSE(after.unchanged);
  EXPECT_EQ(after.member.report().total().risk_point_count(), 4);
}

TEST_F(WitnessTest, FindsWhatDoesNotHold) {
  FakeSchool shrunk = first_;
  FakeSchool rewritten = first_;
  rewritten.Work("two, but another");
  rewritten.Work("three");
  rewritten.Issue(Figures(2));
  FakeSchool odd = school_;
  reporting::v1::Statistics wrong = Figures(5);
  wrong.set_risk_point_count(6);
  odd.Issue(wrong);
  struct Row {
    const char* name;
    const FakeSchool* school;
    std::function<void(GetUnitReportResponse*)> tamper;
    const char* service;
    bool keeps_checkpoints;  // evidence holds the known and the presented one
  };
  const FakeSchool stranger("m", 'x');
  FakeSchool newer = school_;
  newer.Issue(Figures(3));
  const std::vector<Row> rows = {
      {"wrong signature", &school_,
       [](GetUnitReportResponse* r) {
         std::string* note = r->mutable_ledgers(0)->mutable_checkpoint();
         (*note)[note->size() - 10] = (*note)[note->size() - 10] == 'A' ? 'B' : 'A';
       },
       "reporting", true},
      {"shrunk", &shrunk, nullptr, "reporting", true},
      {"rewritten at the same size", &rewritten, nullptr, "reporting", true},
      {"report not included", &newer,
       [](GetUnitReportResponse* r) { (*r->mutable_inclusion_proof(0))[0] ^= 1; }, "reporting",
       false},
      {"content not what the header says", &newer,
       [](GetUnitReportResponse* r) { *r->mutable_entry()->mutable_content() += "x"; }, "reporting",
       false},
      {"copy for reading differs", &newer,
       [](GetUnitReportResponse* r) { r->mutable_report()->mutable_total()->set_post_count(0); },
       "reporting", false},
      {"a ledger left out", &school_,
       [](GetUnitReportResponse* r) { r->mutable_ledgers()->RemoveLast(); }, "risk", false},
      {"unchanged, and yet a report", &newer,
       [](GetUnitReportResponse* r) { r->set_unchanged(true); }, "reporting", false},
      {"figures do not add up", &odd, nullptr, "reporting", true},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Pulled pulled = Pull(member_, *row.school, row.tamper);
    const auto* evidence = std::get_if<Evidence>(&pulled);
    ASSERT_NE(evidence, nullptr);
    EXPECT_EQ(evidence->service(), row.service);
    EXPECT_FALSE(evidence->problem().empty());
    if (row.keeps_checkpoints) {
      EXPECT_EQ(evidence->known_checkpoint(), member_.checkpoints(0).checkpoint());
      EXPECT_FALSE(evidence->presented_checkpoint().empty());
      EXPECT_NE(evidence->presented_checkpoint(), evidence->known_checkpoint());
    }
  }
}

// An old report whose entry is still on the ledger: every proof holds, and yet it is not the
// newest.
TEST_F(WitnessTest, FindsAnOldReportOnAGrownLedger) {
  school_.Issue(Figures(3));
  Member member = Apply(member_, Pull(member_, school_), kPullTime).member;
  ASSERT_EQ(member.report().number(), 3);
  // Whatever it was asked, it gives the report.
  const auto judged = [this](const Member& known) {
    auto request = RequestFor(known);
    request.clear_known_report();
    const auto pulled = Judge(known, school_.Answer(request));
    return pulled.ok() && std::holds_alternative<Evidence>(*pulled);
  };
  EXPECT_FALSE(judged(member));
  // Numbered below the known one, on a ledger that has grown.
  member.mutable_report()->set_number(9);
  EXPECT_TRUE(judged(member));
  // The same number with other content.
  member.mutable_report()->set_number(3);
  member.mutable_report()->set_display_name("另一份");
  EXPECT_TRUE(judged(member));
}

TEST_F(WitnessTest, RefusesADamagedMember) {
  member_.mutable_checkpoints(0)->set_checkpoint("not a note");
  EXPECT_FALSE(Judge(member_, school_.Answer(RequestFor(member_))).ok());
}

TEST_F(WitnessTest, MovesFromStateToState) {
  using namespace aggregation::v1;  // NOLINT: the states
  const Pulled good = Pull(member_, school_);
  Evidence wrong;
  wrong.set_service("risk");
  wrong.set_problem("不一致");
  const Pulled bad = wrong;
  const Pulled gone = UnreachablePull{"无法连接"};
  Member registered = school_.AsMember("127.0.0.1:1");
  registered.set_state(MEMBER_STATE_REGISTERED);
  struct Row {
    const char* name;
    const Member* before;
    std::vector<const Pulled*> pulls;
    MemberState state;
    bool report, evidence;
    const char* problem;
  };
  const std::vector<Row> rows = {
      {"first good", &registered, {&good}, MEMBER_STATE_VERIFIED, true, false, ""},
      {"first bad", &registered, {&bad}, MEMBER_STATE_UNTRUSTED, false, true, "不一致"},
      {"first gone", &registered, {&gone}, MEMBER_STATE_UNREACHABLE, false, false, "无法连接"},
      {"gone", &member_, {&gone}, MEMBER_STATE_UNREACHABLE, true, false, "无法连接"},
      {"gone and back", &member_, {&gone, &good}, MEMBER_STATE_VERIFIED, true, false, ""},
      {"gone, then bad", &member_, {&gone, &bad}, MEMBER_STATE_UNTRUSTED, true, true, "不一致"},
      {"bad", &member_, {&bad}, MEMBER_STATE_UNTRUSTED, true, true, "不一致"},
      {"bad, then good", &member_, {&bad, &good}, MEMBER_STATE_UNTRUSTED, true, true, "不一致"},
      {"bad, then gone", &member_, {&bad, &gone}, MEMBER_STATE_UNTRUSTED, true, true, "不一致"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    Member member = *row.before;
    for (const Pulled* pull : row.pulls) member = Apply(member, *pull, kPullTime).member;
    EXPECT_EQ(member.state(), row.state);
    EXPECT_EQ(member.has_report(), row.report);
    EXPECT_EQ(member.has_evidence(), row.evidence);
    EXPECT_EQ(member.problem(), row.problem);
  }
  // Still gone for the same reason: nothing to write; for another one: written.
  const Member away = Apply(member_, gone, kPullTime).member;
  EXPECT_FALSE(Apply(away, gone, kPullTime).write);
  EXPECT_TRUE(Apply(away, UnreachablePull{"凭据不存在"}, kPullTime).write);
  // Back with what was known before.
  EXPECT_TRUE(Apply(away, good, kPullTime).write);
  EXPECT_TRUE(Apply(away, good, kPullTime).unchanged);
}

TEST_F(WitnessTest, FollowsAKeyThatWasHandedOver) {
  FakeSchool rotated = school_;
  rotated.Rotate('n');
  AfterPull after = Apply(member_, Pull(member_, rotated), kPullTime);
  ASSERT_EQ(after.member.state(), aggregation::v1::MEMBER_STATE_VERIFIED) << after.member.problem();
  EXPECT_TRUE(after.write);
  EXPECT_EQ(std::vector<std::string>(after.member.verifier_keys().begin(),
                                     after.member.verifier_keys().end()),
            rotated.keys());
  // From there it goes on, and by the key before it does not.
  EXPECT_FALSE(Apply(after.member, Pull(after.member, rotated), kPullTime).write);
  EXPECT_TRUE(std::holds_alternative<Evidence>(Pull(after.member, school_)));
  // Two at once.
  FakeSchool twice = rotated;
  twice.Rotate('p');
  twice.Issue(Figures(3));
  after = Apply(member_, Pull(member_, twice), kPullTime);
  EXPECT_EQ(after.member.state(), aggregation::v1::MEMBER_STATE_VERIFIED) << after.member.problem();
}

TEST_F(WitnessTest, RefusesAKeyThatWasNotHandedOver) {
  FakeSchool rotated = school_;
  rotated.Rotate('n');
  rotated.Rotate('p');
  const std::vector<std::function<void(GetUnitReportResponse*)>> tampers = {
      [](GetUnitReportResponse* r) { r->clear_key_handovers(); },
      [](GetUnitReportResponse* r) { r->mutable_key_handovers()->RemoveLast(); },
      [](GetUnitReportResponse* r) { r->mutable_key_handovers()->SwapElements(0, 1); },
      [](GetUnitReportResponse* r) { r->mutable_key_handovers()->DeleteSubrange(0, 1); },
      [](GetUnitReportResponse* r) { r->mutable_key_handovers(0)->replace(40, 1, "x"); },
      [](GetUnitReportResponse* r) { r->add_key_handovers("nonsense"); }};
  for (size_t i = 0; i < tampers.size(); ++i) {
    const Pulled pulled = Pull(member_, rotated, tampers[i]);
    const auto* evidence = std::get_if<Evidence>(&pulled);
    ASSERT_NE(evidence, nullptr) << i;
    EXPECT_EQ(evidence->service(), "reporting");
    EXPECT_FALSE(evidence->presented_checkpoint().empty());
  }
}

TEST_F(WitnessTest, CosignsWhatIsNew) {
  const auto key = *crypto::Ed25519PrivateKey::FromSeed(std::string(32, 'w'));
  const auto cosign = [&](const Member& before) {
    Pulled pulled = Pull(before, school_);
    auto& verified = std::get<VerifiedPull>(pulled);
    EXPECT_TRUE(CosignPull(before, key, kPullTime, &verified).ok());
    return Apply(before, pulled, kPullTime).member;
  };
  Member fresh = member_;
  fresh.clear_checkpoints();
  fresh.clear_report();
  const Member first = cosign(fresh);
  const auto witness = ledger::WitnessKey::Create("lianfang/units/d/witness", key.public_key());
  for (const auto& checkpoint : first.checkpoints()) {
    EXPECT_EQ(checkpoint.cosigned_checkpoint().find(checkpoint.checkpoint()), 0u);
    const auto time = ledger::OpenCosignature(checkpoint.cosigned_checkpoint(), *witness);
    ASSERT_TRUE(time.ok()) << time.status();
    EXPECT_EQ(*time, kPullTime);
  }
  EXPECT_EQ(NewlyCosigned(fresh, first).size(), 2u);
  // What was signed stays signed, and is no news.
  EXPECT_TRUE(NewlyCosigned(first, cosign(first)).empty());
  school_.Note("a campaign");
  const Member second = cosign(first);
  const auto news = NewlyCosigned(first, second);
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].service(), "reporting");
}

}  // namespace
}  // namespace lianfang::aggregator
