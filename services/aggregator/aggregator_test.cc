// The aggregator through its API, over members that are real servers with ledgers in memory.

#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/ledger/cosignature.h"
#include "common/testing/test_server.h"
#include "google/protobuf/util/message_differencer.h"
#include "lianfang/aggregation/v1/aggregation.grpc.pb.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"
#include "services/aggregator/module.h"
#include "services/aggregator/testing/fake_member.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::AggregationService;
using aggregation::v1::GetRollupResponse;
using aggregation::v1::Member;
using aggregation::v1::PullAllResponse;
using aggregation::v1::PullMemberResponse;
using google::protobuf::util::MessageDifferencer;
using reporting::v1::GetUnitReportResponse;
using reporting::v1::ReportingService;
using testing::Call;
using testing::FailsWith;
using testing::IsOk;
using testing::TestServer;

// Two at a time, so that a bound that is not kept is seen.
constexpr int kConcurrency = 2;

config::v1::ServerConfig ConfigOf(const std::string& credentials) {
  config::v1::ServerConfig config;
  config.add_modules("aggregator");
  config.set_credentials_dir(credentials);
  config.mutable_limits()->set_pull_concurrency(kConcurrency);
  return config;
}

// The aggregator of a unit, as its operator uses it.
class District {
 public:
  explicit District(const std::string& unit_id)
      : unit_(absl::StrCat("units/", unit_id)),
        server_({AggregatorModule()}, ConfigOf(credentials_.path())),
        client_(&Operator()) {
    Credential("school", "school-token");
  }

  client::Client& Operator() {
    return server_.As("operators/district", {"district_admin", "auditor"});
  }
  void Credential(const std::string& name, const std::string& token) {
    std::ofstream(absl::StrCat(credentials_.path(), "/", name, ".token")) << token;
  }

  absl::StatusOr<Member> Register(const Member& member, const std::string& id,
                                  const std::string& request_id = "") {
    aggregation::v1::RegisterMemberRequest request;
    request.set_parent(unit_);
    request.set_member_id(id);
    *request.mutable_member() = member;
    request.set_request_id(request_id.empty() ? server_.RequestId() : request_id);
    LF_ASSIGN_OR_RETURN(
        auto response,
        (Call<AggregationService>(*client_, &AggregationService::Stub::RegisterMember, request)));
    return response.member();
  }
  absl::StatusOr<PullMemberResponse> Pull(const std::string& id) {
    aggregation::v1::PullMemberRequest request;
    request.set_name(absl::StrCat(unit_, "/members/", id));
    return Call<AggregationService>(*client_, &AggregationService::Stub::PullMember, request);
  }
  absl::StatusOr<Member> Get(const std::string& id) {
    aggregation::v1::GetMemberRequest request;
    request.set_name(absl::StrCat(unit_, "/members/", id));
    LF_ASSIGN_OR_RETURN(
        auto response,
        (Call<AggregationService>(*client_, &AggregationService::Stub::GetMember, request)));
    return response.member();
  }
  GetRollupResponse Rollup() {
    aggregation::v1::GetRollupRequest request;
    request.set_parent(unit_);
    const auto response =
        Call<AggregationService>(*client_, &AggregationService::Stub::GetRollup, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? *response : GetRollupResponse();
  }
  std::vector<PullAllResponse> PullAll() {
    const auto stub = AggregationService::NewStub(client_->channel());
    grpc::ClientContext context;
    EXPECT_THAT(client_->Prepare(context, absl::Seconds(30)), IsOk());
    aggregation::v1::PullAllRequest request;
    request.set_parent(unit_);
    const auto reader = stub->PullAll(&context, request);
    std::vector<PullAllResponse> all;
    for (PullAllResponse one; reader->Read(&one);) all.push_back(one);
    const grpc::Status status = reader->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return all;
  }
  int64_t LedgerSize() {
    ledger::v1::GetCheckpointRequest request;
    request.set_name(absl::StrCat(unit_, "/ledgers/aggregator"));
    const auto response = Call<ledger::v1::LedgerService>(
        *client_, &ledger::v1::LedgerService::Stub::GetCheckpoint, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->size() : -1;
  }

  absl::StatusOr<Member> Settle(const std::string& id, aggregation::v1::SettlementKind kind,
                                const std::string& reason, const std::string& etag = "") {
    aggregation::v1::SettleMemberRequest request;
    request.set_name(absl::StrCat(unit_, "/members/", id));
    request.set_etag(etag);
    request.set_request_id(server_.RequestId());
    request.set_kind(kind);
    request.set_reason(reason);
    LF_ASSIGN_OR_RETURN(
        auto response,
        (Call<AggregationService>(*client_, &AggregationService::Stub::SettleMember, request)));
    return response.member();
  }
  absl::StatusOr<aggregation::v1::CompareCheckpointsResponse> Compare(District& other) {
    Credential("other",
               other.server_.Token("units/other", {"district_reader"},
                                   {std::string(absl::StripPrefix(other.unit_, "units/"))}));
    aggregation::v1::CompareCheckpointsRequest request;
    request.set_parent(unit_);
    request.set_endpoint(other.server_.address());
    request.set_unit(other.unit_);
    request.set_credential("other");
    return Call<AggregationService>(*client_, &AggregationService::Stub::CompareCheckpoints,
                                    request);
  }

  const std::string& unit() const { return unit_; }
  TestServer& server() { return server_; }
  client::Client& client() { return *client_; }
  void Restart() {
    server_.Restart();
    client_ = &Operator();
  }

 private:
  std::string unit_;
  testing::TempFolder credentials_;
  TestServer server_;
  client::Client* client_;
};

FakeSchool SchoolWith(const std::string& unit_id, int64_t figures) {
  FakeSchool school(unit_id);
  school.Work("one");
  school.Work("two");
  school.Issue(Figures(figures));
  return school;
}

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

// A school that was seen with its second report, and another one that stays honest.
TEST(Aggregator, DistrustsWhatDoesNotHoldAndKeepsTheEvidence) {
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

TEST(Aggregator, SettlesWhatMadeAMemberUntrusted) {
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

TEST(Aggregator, BringsItsCosignaturesOnce) {
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
}

TEST(Aggregator, FollowsAKeyThatWasHandedOver) {
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
TEST(Aggregator, FindsASchoolThatTellsTwoHistories) {
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

TEST(Aggregator, ComparesWithoutAccusingWhoDoesNotAnswer) {
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
