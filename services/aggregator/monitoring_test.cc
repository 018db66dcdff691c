// What monitoring is told of a district's members, and that a pull carries its caller's trace.
#include <chrono>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/obs/http_get.h"
#include "common/testing/test_server.h"
#include "lianfang/aggregation/v1/aggregation.grpc.pb.h"
#include "services/aggregator/module.h"
#include "services/aggregator/testing/fake_member.h"

namespace lianfang::aggregator {
namespace {

using aggregation::v1::AggregationService;
using ::testing::HasSubstr;
using ::testing::Not;

config::v1::ServerConfig Config(const std::string& credentials) {
  config::v1::ServerConfig config;
  config.add_modules("aggregator");
  config.set_credentials_dir(credentials);
  config.set_metrics_listen("127.0.0.1:0");
  return config;
}

class MonitoringTest : public ::testing::Test {
 protected:
  MonitoringTest() { std::ofstream(credentials_.path() + "/school.token") << "token"; }

  void Register(const FakeSchool& school, const std::string& endpoint, const std::string& id) {
    aggregation::v1::RegisterMemberRequest request;
    request.set_parent("units/district");
    request.set_member_id(id);
    *request.mutable_member() = school.AsMember(endpoint);
    request.set_request_id(server_.RequestId());
    ASSERT_THAT(testing::Call<AggregationService>(
                    operator_, &AggregationService::Stub::RegisterMember, request),
                testing::IsOk());
  }
  void Pull(const std::string& id, const std::string& traceparent = "") {
    const auto stub = AggregationService::NewStub(operator_.channel());
    grpc::ClientContext context;
    ASSERT_THAT(operator_.Prepare(context, absl::Seconds(30)), testing::IsOk());
    if (!traceparent.empty()) context.AddMetadata("traceparent", traceparent);
    aggregation::v1::PullMemberRequest request;
    request.set_name("units/district/members/" + id);
    aggregation::v1::PullMemberResponse response;
    ASSERT_TRUE(stub->PullMember(&context, request, &response).ok());
  }
  std::string Metrics() { return obs::HttpGet(server_.server().metrics_address(), "/metrics"); }
  std::string Oldest(absl::Time time) {
    return absl::StrCat("lianfang_members_oldest_verified_timestamp_seconds ",
                        absl::ToUnixSeconds(time), "\n");
  }

  testing::TempFolder credentials_;
  testing::TestServer server_{{AggregatorModule()}, Config(credentials_.path())};
  client::Client& operator_ =
      server_.As("operators/district", {"district_admin", "auditor"}, {"district"});
};

TEST_F(MonitoringTest, CountsMembersByStateAndTheAgeOfTheOldestVerifiedPull) {
  EXPECT_THAT(Metrics(), HasSubstr("lianfang_members{state=\"verified\"} 0\n"));
  FakeSchool good("good");
  good.Work("one");
  good.Issue(Figures(3));
  FakeSchool bad("bad");
  bad.Work("one");
  bad.Issue(Figures(3));
  FakeServer at_good(good);
  FakeServer at_bad(bad);
  Register(good, at_good.address(), "good");
  Register(bad, at_bad.address(), "bad");
  EXPECT_THAT(Metrics(), HasSubstr("lianfang_members{state=\"registered\"} 2\n"));

  const absl::Time first = server_.clock().Now();
  Pull("good");
  Pull("bad");
  EXPECT_THAT(Metrics(), HasSubstr("lianfang_members{state=\"verified\"} 2\n"));
  EXPECT_THAT(Metrics(), HasSubstr(Oldest(first)));

  server_.clock().Advance(absl::Hours(5));
  const absl::Time second = server_.clock().Now();
  Pull("good");
  EXPECT_THAT(Metrics(), HasSubstr(Oldest(first))) << "the other one is older";
  // Nothing new there, so nothing on the ledger; it was verified all the same.
  Pull("bad");
  EXPECT_THAT(Metrics(), HasSubstr(Oldest(second)));

  server_.clock().Advance(absl::Hours(5));
  at_bad.Serve(bad, [](auto* response) { response->mutable_report()->set_unit("units/other"); });
  Pull("bad");
  EXPECT_THAT(Metrics(), HasSubstr("lianfang_members{state=\"untrusted\"} 1\n"));
  EXPECT_THAT(Metrics(), HasSubstr("lianfang_members{state=\"verified\"} 1\n"));
  EXPECT_THAT(Metrics(), HasSubstr(Oldest(second)));
  EXPECT_THAT(Metrics(), Not(HasSubstr("units/"))) << "no names among the labels";
}

TEST_F(MonitoringTest, APullCarriesItsCallersTrace) {
  FakeSchool school("m");
  school.Work("one");
  school.Issue(Figures(1));
  FakeServer at(school);
  Register(school, at.address(), "m");
  Pull("m", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  EXPECT_THAT(at.traceparent(), ::testing::StartsWith("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
  EXPECT_THAT(at.traceparent(), ::testing::EndsWith("-01"));
  EXPECT_THAT(at.traceparent(), Not(HasSubstr("00f067aa0ba902b7"))) << "the span is the district's";
}

}  // namespace
}  // namespace lianfang::aggregator
