// An aggregator of a unit as its operator uses it, over members that are real servers with ledgers
// in memory.
#pragma once

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/testing/test_server.h"
#include "lianfang/aggregation/v1/aggregation.grpc.pb.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"
#include "services/aggregator/module.h"
#include "services/aggregator/testing/fake_member.h"

namespace lianfang::aggregator {

using aggregation::v1::AggregationService;
using aggregation::v1::GetRollupResponse;
using aggregation::v1::Member;
using aggregation::v1::PullAllResponse;
using aggregation::v1::PullMemberResponse;
using reporting::v1::GetUnitReportResponse;
using reporting::v1::ReportingService;
using testing::Call;
using testing::FailsWith;
using testing::IsOk;
using testing::TestServer;

// Two at a time, so that a bound that is not kept is seen.
inline constexpr int kConcurrency = 2;

inline config::v1::ServerConfig ConfigOf(const std::string& credentials) {
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

inline FakeSchool SchoolWith(const std::string& unit_id, int64_t figures) {
  FakeSchool school(unit_id);
  school.Work("one");
  school.Work("two");
  school.Issue(Figures(figures));
  return school;
}

}  // namespace lianfang::aggregator
