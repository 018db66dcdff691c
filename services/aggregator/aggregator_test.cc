// The aggregator through its API: members, pulls, figures, reports upward.

#include <chrono>
#include <functional>
#include <thread>

#include "google/protobuf/util/message_differencer.h"
#include "services/aggregator/testing/district.h"

namespace lianfang::aggregator {
namespace {

using google::protobuf::util::MessageDifferencer;

TEST(Aggregator, RegistersAMemberOnce) {
  District district("d");
  const FakeSchool school = SchoolWith("a", 3);
  const std::string request_id = district.server().RequestId();
  const auto member = district.Register(school.AsMember("127.0.0.1:1"), "a", request_id);
  ASSERT_THAT(member, IsOk());
  EXPECT_EQ(member->name(), "units/d/members/a");
  EXPECT_EQ(member->state(), aggregation::v1::MEMBER_STATE_REGISTERED);
  EXPECT_FALSE(member->etag().empty());
  EXPECT_THAT(district.Register(school.AsMember("127.0.0.1:1"), "a", request_id), IsOk());
  EXPECT_EQ(district.LedgerSize(), 1);
  EXPECT_THAT(district.Register(school.AsMember("127.0.0.1:2"), "other"),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS));
  EXPECT_THAT(district.Register(SchoolWith("b", 1).AsMember("127.0.0.1:2"), "a"),
              FailsWith(common::v1::ERROR_REASON_RESOURCE_EXISTS));
  EXPECT_THAT(district.Register(SchoolWith("d", 1).AsMember("127.0.0.1:2"), "d"),
              FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_EQ(district.LedgerSize(), 1);
  const GetRollupResponse rollup = district.Rollup();
  ASSERT_EQ(rollup.pending_size(), 1);
  EXPECT_EQ(rollup.pending(0), "units/d/members/a");
  EXPECT_EQ(rollup.members_size(), 0);
}

TEST(Aggregator, ListsPageByPage) {
  District district("d");
  for (const char* id : {"c", "a", "b"}) {
    ASSERT_THAT(district.Register(SchoolWith(id, 1).AsMember("127.0.0.1:1"), id), IsOk());
  }
  aggregation::v1::ListMembersRequest request;
  request.set_parent(district.unit());
  request.set_page_size(2);
  std::vector<std::string> names;
  int pages = 0;
  do {
    const auto page = Call<AggregationService>(district.client(),
                                               &AggregationService::Stub::ListMembers, request);
    ASSERT_THAT(page, IsOk());
    for (const Member& member : page->members()) names.push_back(member.name());
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 2);
  EXPECT_THAT(
      names, ::testing::ElementsAre("units/d/members/a", "units/d/members/b", "units/d/members/c"));
  request.set_page_token("nonsense");
  EXPECT_THAT(
      Call<AggregationService>(district.client(), &AggregationService::Stub::ListMembers, request),
      FailsWith(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN));
}

TEST(Aggregator, PullsVerifiesAndWritesOnlyWhatIsNew) {
  District district("d");
  FakeSchool school = SchoolWith("a", 3);
  FakeServer server(school);
  ASSERT_THAT(district.Register(school.AsMember(server.address()), "a"), IsOk());
  auto pulled = district.Pull("a");
  ASSERT_THAT(pulled, IsOk());
  EXPECT_EQ(pulled->member().state(), aggregation::v1::MEMBER_STATE_VERIFIED);
  EXPECT_FALSE(pulled->unchanged());
  EXPECT_EQ(server.authorization(), "Bearer school-token");
  EXPECT_TRUE(MessageDifferencer::Equals(*district.Get("a"), pulled->member()));
  EXPECT_EQ(district.Rollup().total().risk_point_count(), 3);

  const int64_t size = district.LedgerSize();
  pulled = district.Pull("a");
  ASSERT_THAT(pulled, IsOk());
  EXPECT_TRUE(pulled->unchanged());
  EXPECT_EQ(district.LedgerSize(), size);

  school.Work("three");
  school.Issue(Figures(10));
  server.Serve(school);
  pulled = district.Pull("a");
  ASSERT_THAT(pulled, IsOk());
  EXPECT_FALSE(pulled->unchanged());
  EXPECT_EQ(district.LedgerSize(), size + 1);
  EXPECT_EQ(district.Rollup().total().risk_point_count(), 10);
  EXPECT_EQ(district.Rollup().members(0).total().post_count(), 10);
}

TEST(Aggregator, MovesAMemberToAnotherAddress) {
  District district("d");
  const FakeSchool school = SchoolWith("a", 3);
  ASSERT_THAT(district.Register(school.AsMember("127.0.0.1:1"), "a"), IsOk());
  FakeServer server(school);
  aggregation::v1::UpdateMemberRequest request;
  *request.mutable_member() = *district.Get("a");
  request.mutable_member()->set_endpoint("http://nonsense");
  request.set_request_id(district.server().RequestId());
  EXPECT_THAT(
      Call<AggregationService>(district.client(), &AggregationService::Stub::UpdateMember, request),
      FailsWith(common::v1::ERROR_REASON_INVALID_FIELD));
  request.mutable_member()->set_endpoint(server.address());
  request.mutable_member()->set_unit("units/other");
  request.mutable_member()->set_etag("stale");
  EXPECT_THAT(
      Call<AggregationService>(district.client(), &AggregationService::Stub::UpdateMember, request),
      FailsWith(common::v1::ERROR_REASON_ETAG_MISMATCH));
  request.mutable_member()->clear_etag();
  const auto updated =
      Call<AggregationService>(district.client(), &AggregationService::Stub::UpdateMember, request);
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->member().endpoint(), server.address());
  EXPECT_EQ(updated->member().unit(), "units/a") << "only where and how it is called";
  EXPECT_EQ(district.Pull("a")->member().state(), aggregation::v1::MEMBER_STATE_VERIFIED);
}

TEST(Aggregator, KeepsTheFiguresOfWhomItCannotReach) {
  District district("d");
  const FakeSchool school = SchoolWith("a", 3);
  auto server = std::make_unique<FakeServer>(school);
  Member member = school.AsMember(server->address());
  ASSERT_THAT(district.Register(member, "a"), IsOk());
  ASSERT_THAT(district.Register(SchoolWith("b", 1).AsMember("127.0.0.1:1"), "b"), IsOk());
  ASSERT_EQ(district.Pull("a")->member().state(), aggregation::v1::MEMBER_STATE_VERIFIED);
  server->Fail(100, grpc::StatusCode::PERMISSION_DENIED);
  for (const char* id : {"a", "b"}) {
    const auto pulled = district.Pull(id);
    ASSERT_THAT(pulled, IsOk());
    EXPECT_EQ(pulled->member().state(), aggregation::v1::MEMBER_STATE_UNREACHABLE);
    EXPECT_FALSE(pulled->member().problem().empty());
  }
  GetRollupResponse rollup = district.Rollup();
  EXPECT_EQ(rollup.total().risk_point_count(), 3);
  EXPECT_EQ(rollup.members_size(), 1);
  EXPECT_EQ(rollup.unreachable_size(), 2);
  EXPECT_EQ(rollup.pending_size(), 0);

  // Failing again is not written, and counted all the same.
  const int64_t size = district.LedgerSize();
  EXPECT_EQ(district.Get("a")->failure_count(), 1);
  EXPECT_EQ(district.Pull("a")->member().failure_count(), 2);
  EXPECT_EQ(district.Get("a")->failure_count(), 2);
  EXPECT_EQ(district.LedgerSize(), size);

  server->Fail(0, grpc::StatusCode::OK);
  const auto back = district.Pull("a");
  ASSERT_THAT(back, IsOk());
  EXPECT_TRUE(back->unchanged());
  EXPECT_EQ(back->member().state(), aggregation::v1::MEMBER_STATE_VERIFIED);
  EXPECT_TRUE(back->member().problem().empty());
  EXPECT_EQ(back->member().failure_count(), 0);
  EXPECT_EQ(district.Rollup().unreachable_size(), 1);
}

TEST(Aggregator, ShowsHowOldAReportIs) {
  District district("d");
  const FakeSchool school = SchoolWith("a", 3);
  FakeServer server(school);
  ASSERT_THAT(district.Register(school.AsMember(server.address()), "a"), IsOk());
  EXPECT_FALSE(district.Get("a")->has_lag());
  ASSERT_THAT(district.Pull("a"), IsOk());
  district.server().clock().Advance(absl::Minutes(5));
  EXPECT_GE(district.Get("a")->lag().seconds(), 300);
  // Verified anew, though nothing is new and nothing is written.
  EXPECT_TRUE(district.Pull("a")->unchanged());
  EXPECT_LT(district.Get("a")->lag().seconds(), 300);
}

TEST(Aggregator, NamesTheMissingCredential) {
  District district("d");
  const FakeSchool school = SchoolWith("a", 3);
  FakeServer server(school);
  Member member = school.AsMember(server.address());
  member.set_credential("later");
  ASSERT_THAT(district.Register(member, "a"), IsOk());
  auto pulled = district.Pull("a");
  ASSERT_THAT(pulled, IsOk());
  EXPECT_EQ(pulled->member().state(), aggregation::v1::MEMBER_STATE_UNREACHABLE);
  EXPECT_THAT(pulled->member().problem(), ::testing::HasSubstr("later.token"));
  EXPECT_EQ(server.calls(), 0);
  district.Credential("later", "now-there");
  pulled = district.Pull("a");
  ASSERT_THAT(pulled, IsOk());
  EXPECT_EQ(pulled->member().state(), aggregation::v1::MEMBER_STATE_VERIFIED);
}

TEST(Aggregator, PullsAllSomeAtATime) {
  District district("d");
  constexpr int kMembers = 25;
  // One server for all: it sees how many ask at once, and answers each as the school it serves.
  FakeServer server(SchoolWith("m-0", 1));
  for (int i = 0; i < kMembers; ++i) {
    const std::string id = absl::StrCat("m-", i);
    ASSERT_THAT(district.Register(SchoolWith(id, 1).AsMember(server.address()), id), IsOk());
  }
  const auto all = district.PullAll();
  ASSERT_EQ(all.size(), static_cast<size_t>(kMembers));
  for (int i = 0; i < kMembers; ++i) {
    EXPECT_EQ(all[i].done_count(), i + 1);
    EXPECT_EQ(all[i].total_count(), kMembers);
  }
  EXPECT_EQ(server.calls(), kMembers);
  EXPECT_LE(server.most_at_once(), kConcurrency);
  const GetRollupResponse rollup = district.Rollup();
  EXPECT_EQ(rollup.members_size(), 1);
  // The others were given another school's report.
  EXPECT_EQ(rollup.untrusted_size(), kMembers - 1);
  District nobody("e");
  EXPECT_TRUE(nobody.PullAll().empty());
}

TEST(Aggregator, PullsOfOneMemberAtATimeDoNotContradictEachOther) {
  District district("d");
  FakeSchool school = SchoolWith("a", 1);
  FakeServer server(school);
  ASSERT_THAT(district.Register(school.AsMember(server.address()), "a"), IsOk());
  for (int round = 2; round < 8; ++round) {
    school.Work(absl::StrCat("work ", round));
    school.Issue(Figures(round));
    server.Serve(school);
    std::vector<std::thread> pulls;
    for (int i = 0; i < 3; ++i) {
      pulls.emplace_back([&] { EXPECT_THAT(district.Pull("a"), IsOk()); });
    }
    for (std::thread& pull : pulls) pull.join();
    const auto member = district.Get("a");
    ASSERT_THAT(member, IsOk());
    EXPECT_EQ(member->state(), aggregation::v1::MEMBER_STATE_VERIFIED) << member->problem();
    EXPECT_EQ(member->report().number(), round);
    EXPECT_EQ(district.Rollup().total().risk_point_count(), round);
  }
}

TEST(Aggregator, IsPulledLikeASchool) {
  District district("d");
  FakeSchool school = SchoolWith("a", 3);
  FakeServer server(school);
  ASSERT_THAT(district.Register(school.AsMember(server.address()), "a"), IsOk());
  ASSERT_THAT(district.Register(SchoolWith("b", 1).AsMember("127.0.0.1:1"), "b"), IsOk());
  district.PullAll();

  District province("p");
  Member member;
  member.set_unit(district.unit());
  member.set_kind(aggregation::v1::MEMBER_KIND_AGGREGATOR);
  member.set_endpoint(district.server().address());
  member.add_verifier_keys(*district.server().server().VerifierKey("d", "aggregator"));
  member.set_credential("district");
  province.Credential("district",
                      district.server().Token("operators/province", {"district_reader"}, {"d"}));
  ASSERT_THAT(province.Register(member, "d"), IsOk());
  auto pulled = province.Pull("d");
  ASSERT_THAT(pulled, IsOk());
  ASSERT_EQ(pulled->member().state(), aggregation::v1::MEMBER_STATE_VERIFIED)
      << pulled->member().problem();
  EXPECT_EQ(pulled->member().report().number(), 1);
  EXPECT_EQ(pulled->member().report().year(), 2026);
  EXPECT_EQ(pulled->member().report().total().risk_point_count(), 3);
  ASSERT_EQ(pulled->member().report().members_size(), 2);
  EXPECT_TRUE(pulled->member().report().members(0).verified());
  EXPECT_FALSE(pulled->member().report().members(1).verified());
  EXPECT_TRUE(province.Pull("d")->unchanged());

  school.Issue(Figures(8));
  server.Serve(school);
  ASSERT_THAT(district.Pull("a"), IsOk());
  pulled = province.Pull("d");
  ASSERT_THAT(pulled, IsOk());
  EXPECT_FALSE(pulled->unchanged());
  EXPECT_EQ(pulled->member().state(), aggregation::v1::MEMBER_STATE_VERIFIED);
  EXPECT_EQ(province.Rollup().total().risk_point_count(), 8);

  reporting::v1::GetStatisticsRequest statistics;
  statistics.set_unit(district.unit());
  const auto counted =
      Call<ReportingService>(district.client(), &ReportingService::Stub::GetStatistics, statistics);
  ASSERT_THAT(counted, IsOk());
  EXPECT_TRUE(MessageDifferencer::Equals(counted->total(), district.Rollup().total()));
  EXPECT_EQ(counted->positions(0).sequence(), district.LedgerSize());
  reporting::v1::ListReportsRequest reports;
  reports.set_parent(district.unit());
  const auto issued =
      Call<ReportingService>(district.client(), &ReportingService::Stub::ListReports, reports);
  ASSERT_THAT(issued, IsOk());
  ASSERT_EQ(issued->reports_size(), 2);
  EXPECT_EQ(issued->reports(0).number(), 2);
}

TEST(Aggregator, HasNoReportOfAUnitWithoutMembers) {
  District district("d");
  reporting::v1::GetUnitReportRequest request;
  request.set_unit("units/other");
  EXPECT_THAT(
      Call<ReportingService>(district.client(), &ReportingService::Stub::GetUnitReport, request),
      FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
  EXPECT_EQ(district.LedgerSize(), 0);
  EXPECT_THAT(district.Pull("nobody"), FailsWith(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND));
}

TEST(Aggregator, RefusesWhoMayNotPull) {
  District district("d");
  aggregation::v1::PullMemberRequest request;
  request.set_name("units/d/members/a");
  EXPECT_THAT(Call<AggregationService>(district.server().As("x", {"district_reader"}),
                                       &AggregationService::Stub::PullMember, request),
              FailsWith(common::v1::ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Call<AggregationService>(district.server().As("x", {"district_admin"}, {"e"}),
                                       &AggregationService::Stub::PullMember, request),
              FailsWith(common::v1::ERROR_REASON_UNIT_NOT_COVERED));
}

TEST(Aggregator, StopsWhileAMemberDoesNotAnswer) {
  District district("d");
  const FakeSchool school = SchoolWith("a", 3);
  FakeServer server(school);
  ASSERT_THAT(district.Register(school.AsMember(server.address()), "a"), IsOk());
  server.Hold();
  std::thread pull(
      [&] { EXPECT_THAT(district.Pull("a"), FailsWith(common::v1::ERROR_REASON_CANCELLED)); });
  server.AwaitCalls(1);
  district.server().server().Shutdown(absl::Seconds(60));
  pull.join();
  server.Release();
  // The pull that was cut off left no trace.
  district.Restart();
  EXPECT_EQ(district.Get("a")->state(), aggregation::v1::MEMBER_STATE_REGISTERED);
}

}  // namespace
}  // namespace lianfang::aggregator
