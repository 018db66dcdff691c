// The wrapper around every call, seen from outside: a small module on a real server.
#include "common/server/server.h"

#include "common/server/measure_test_module.h"
#include "common/testing/test_server.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "lianfang/risk/v1/risk.grpc.pb.h"

namespace lianfang::server {
namespace {

using risk::v1::CreateMeasureRequest;
using risk::v1::CreateMeasureResponse;
using risk::v1::GetMeasureRequest;
using risk::v1::ListMeasuresRequest;
using risk::v1::RiskService;
using risk::v1::UpdateMeasureRequest;
using testing::FailsWith;
using testing::IsOk;
using namespace common::v1;  // NOLINT: the error reasons

class ServerTest : public ::testing::Test {
 protected:
  CreateMeasureRequest Good(const std::string& id = "") {
    CreateMeasureRequest request;
    request.set_parent("units/u");
    request.set_measure_id(id);
    request.set_request_id(server_.RequestId());
    request.mutable_measure()->set_risk_point("units/u/riskPoints/r");
    request.mutable_measure()->set_stage(MEASURE_STAGE_EARLY_PREVENTION);
    request.mutable_measure()->set_content("双人验收，逐项登记。");
    request.mutable_measure()->set_responsible_post("units/u/posts/p");
    return request;
  }
  absl::StatusOr<CreateMeasureResponse> Create(client::Client& client,
                                               const CreateMeasureRequest& request) {
    return testing::Call<RiskService>(client, &RiskService::Stub::CreateMeasure, request);
  }
  absl::StatusOr<CreateMeasureResponse> Create(const CreateMeasureRequest& request) {
    return Create(office_, request);
  }
  int64_t LedgerSize() {
    ledger::v1::GetCheckpointRequest request;
    request.set_name("units/u/ledgers/risk");
    const auto response = testing::Call<ledger::v1::LedgerService>(
        office_, &ledger::v1::LedgerService::Stub::GetCheckpoint, request);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? response->size() : -1;
  }

  testing::TestServer server_{{MeasureModule()}};
  client::Client& office_ = server_.As("units/u/persons/office", {"control_office"}, {"u"});
};

TEST_F(ServerTest, AChangeAnswersWithTheRecordAndItsPlaceInTheLedger) {
  const auto created = Create(Good("m-1"));
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->measure().name(), "units/u/measures/m-1");
  EXPECT_FALSE(created->measure().etag().empty());
  EXPECT_EQ(created->position().unit(), "units/u");
  EXPECT_EQ(created->position().service(), "risk");
  EXPECT_EQ(created->position().sequence(), 1);
  GetMeasureRequest get;
  get.set_name("units/u/measures/m-1");
  const auto read = testing::Call<RiskService>(office_, &RiskService::Stub::GetMeasure, get);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->measure().SerializeAsString(), created->measure().SerializeAsString());
}

TEST_F(ServerTest, AClientWhoseTokenHasJustExpiredAsksForANewOne) {
  const auto mint = [this] {
    return server_.Token("units/u/persons/office", {"control_office"}, {"u"}, absl::Minutes(5));
  };
  std::string token = mint();
  int asked = 0;
  client::Client client(office_.channel(), [&]() -> absl::StatusOr<std::string> {
    if (++asked > 1) token = mint();
    return token;
  });
  server_.clock().Advance(absl::Minutes(6));
  EXPECT_THAT(Create(client, Good()), IsOk());
  EXPECT_EQ(asked, 2);
  server_.clock().Advance(absl::Minutes(6));
  const std::string old = token;
  asked = 0;
  client::Client stale(office_.channel(), [&]() -> absl::StatusOr<std::string> {
    ++asked;
    return old;
  });
  EXPECT_THAT(Create(stale, Good()), FailsWith(ERROR_REASON_TOKEN_EXPIRED));
  EXPECT_EQ(asked, 2) << "once more, and not for ever";
}

TEST_F(ServerTest, NoCallIsServedWithoutAToken) {
  EXPECT_THAT(Create(server_.WithToken(""), Good()), FailsWith(ERROR_REASON_TOKEN_MISSING));
  EXPECT_THAT(Create(server_.WithToken("abc.def.ghi"), Good()),
              FailsWith(ERROR_REASON_TOKEN_INVALID));
  const std::string token =
      server_.Token("units/u/persons/office", {"control_office"}, {"u"}, absl::Minutes(5));
  EXPECT_THAT(Create(server_.WithToken(token), Good()), IsOk());
  server_.clock().Advance(absl::Minutes(6));
  // Remembered or not, its time is over.
  EXPECT_THAT(Create(server_.WithToken(token), Good()), FailsWith(ERROR_REASON_TOKEN_EXPIRED));
  EXPECT_EQ(LedgerSize(), 1);
}

TEST_F(ServerTest, WhatNoRoleGrantsIsRefusedBeforeAnythingIsLookedUp) {
  EXPECT_THAT(Create(server_.As("x", {"integration"}), Good()),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Create(server_.As("x", {"no_such_role"}), Good()),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  GetMeasureRequest get;
  get.set_name("units/u/measures/none");
  EXPECT_THAT(testing::Call<RiskService>(server_.As("x", {"integration"}),
                                         &RiskService::Stub::GetMeasure, get),
              FailsWith(ERROR_REASON_PERMISSION_DENIED));
  EXPECT_THAT(Create(server_.As("y", {"control_office"}, {"v"}), Good()),
              FailsWith(ERROR_REASON_UNIT_NOT_COVERED));
  EXPECT_EQ(LedgerSize(), 0);
}

TEST_F(ServerTest, BadFieldsAreNamedAndChangeNothing) {
  struct Case {
    const char* what;
    std::function<void(CreateMeasureRequest&)> spoil;
    ErrorReason reason;
    const char* field;
  };
  const std::vector<Case> cases = {
      {"no text", [](auto& r) { r.mutable_measure()->clear_content(); },
       ERROR_REASON_REQUIRED_FIELD, "measure.content"},
      {"too long", [](auto& r) { r.mutable_measure()->set_content(std::string(3001, 'x')); },
       ERROR_REASON_INVALID_FIELD, "measure.content"},
      {"control character", [](auto& r) { r.mutable_measure()->set_content("a\x01"); },
       ERROR_REASON_INVALID_FIELD, "measure.content"},
      {"unknown enum",
       [](auto& r) { r.mutable_measure()->set_stage(static_cast<MeasureStage>(99)); },
       ERROR_REASON_UNKNOWN_ENUM_VALUE, "measure.stage"},
      {"no record", [](auto& r) { r.clear_measure(); }, ERROR_REASON_REQUIRED_FIELD, "measure"},
      {"bad name", [](auto& r) { r.mutable_measure()->set_risk_point("units/u/../x"); },
       ERROR_REASON_INVALID_FIELD, "measure.risk_point"},
      {"bad unit", [](auto& r) { r.set_parent("units/U!"); }, ERROR_REASON_INVALID_FIELD, "parent"},
      {"bad id", [](auto& r) { r.set_measure_id("-a"); }, ERROR_REASON_INVALID_FIELD, "measure_id"},
      {"no request id", [](auto& r) { r.clear_request_id(); }, ERROR_REASON_REQUIRED_FIELD,
       "request_id"},
      {"request id no UUID", [](auto& r) { r.set_request_id("1"); }, ERROR_REASON_INVALID_FIELD,
       "request_id"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    CreateMeasureRequest request = Good();
    c.spoil(request);
    const auto result = Create(request);
    EXPECT_THAT(result, FailsWith(c.reason));
    EXPECT_THAT(std::string(result.status().message()), ::testing::StartsWith(c.field));
    EXPECT_FALSE(ChineseText(result.status()).empty());
  }
  EXPECT_EQ(LedgerSize(), 0);
}

TEST_F(ServerTest, BytesThatAreNoRequestAreNamedAndChangeNothing) {
  const std::string token = server_.Token("units/u/persons/office", {"control_office"}, {"u"});
  const auto channel = client::MakeChannel(server_.address());
  const auto send = [&](const std::string& request) {
    return testing::SendRaw(channel, "/lianfang.risk.v1.RiskService/CreateMeasure", token, request);
  };
  EXPECT_THAT(send("\xff\xff\xff\xff"), FailsWith(ERROR_REASON_MALFORMED_MESSAGE));
  std::string bytes = Good().SerializeAsString();
  const size_t at = bytes.find("双");
  ASSERT_NE(at, std::string::npos);
  bytes[at] = '\xff';
  const absl::Status invalid = send(bytes);
  EXPECT_THAT(invalid, FailsWith(ERROR_REASON_INVALID_UTF8));
  EXPECT_THAT(std::string(invalid.message()), ::testing::StartsWith("measure.content"));
  // Larger than the server takes.
  EXPECT_EQ(send(std::string(5 << 20, 'x')).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(LedgerSize(), 0);
}

TEST_F(ServerTest, ARepeatedRequestGetsTheSameAnswerAndAReusedIdIsRefused) {
  const CreateMeasureRequest request = Good();  // the server makes the id
  const auto first = Create(request);
  const auto second = Create(request);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  CreateMeasureRequest other = request;
  other.mutable_measure()->set_content("另一个措施");
  EXPECT_THAT(Create(other), FailsWith(ERROR_REASON_REQUEST_ID_REUSED));
  EXPECT_EQ(LedgerSize(), 1);
}

TEST_F(ServerTest, AStaleEtagIsRefused) {
  const auto created = Create(Good("m"));
  ASSERT_THAT(created, IsOk());
  UpdateMeasureRequest update;
  *update.mutable_measure() = created->measure();
  update.mutable_measure()->set_content("新的措施");
  update.mutable_update_mask()->add_paths("content");
  update.set_request_id(server_.RequestId());
  const auto updated =
      testing::Call<RiskService>(office_, &RiskService::Stub::UpdateMeasure, update);
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->measure().content(), "新的措施");
  EXPECT_EQ(updated->measure().stage(), MEASURE_STAGE_EARLY_PREVENTION);
  update.set_request_id(server_.RequestId());
  EXPECT_THAT(testing::Call<RiskService>(office_, &RiskService::Stub::UpdateMeasure, update),
              FailsWith(ERROR_REASON_ETAG_MISMATCH));
  // What cannot be changed cannot be named.
  update.mutable_measure()->clear_etag();
  update.mutable_update_mask()->add_paths("risk_point");
  EXPECT_THAT(testing::Call<RiskService>(office_, &RiskService::Stub::UpdateMeasure, update),
              FailsWith(ERROR_REASON_INVALID_FIELD));
}

TEST_F(ServerTest, ListsGivePagesBoundToTheirQuery) {
  for (int i = 0; i < 7; ++i) ASSERT_THAT(Create(Good(absl::StrCat("m-", i))), IsOk());
  ListMeasuresRequest list;
  list.set_parent("units/u");
  list.set_page_size(3);
  std::vector<std::string> names;
  std::string token;
  for (int page = 0; page < 3; ++page) {
    const auto response =
        testing::Call<RiskService>(office_, &RiskService::Stub::ListMeasures, list);
    ASSERT_THAT(response, IsOk());
    for (const auto& measure : response->measures()) names.push_back(measure.name());
    if (page == 0) token = response->next_page_token();
    list.set_page_token(response->next_page_token());
  }
  EXPECT_EQ(names.size(), 7U);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_TRUE(list.page_token().empty());
  list.set_page_token(token);
  list.set_risk_point("units/u/riskPoints/other");
  EXPECT_THAT(testing::Call<RiskService>(office_, &RiskService::Stub::ListMeasures, list),
              FailsWith(ERROR_REASON_INVALID_PAGE_TOKEN));
  list.set_page_token("rubbish");
  EXPECT_THAT(testing::Call<RiskService>(office_, &RiskService::Stub::ListMeasures, list),
              FailsWith(ERROR_REASON_INVALID_PAGE_TOKEN));
}

TEST_F(ServerTest, WhatWasAnsweredIsThereAfterARestart) {
  ASSERT_THAT(Create(Good("m")), IsOk());
  server_.Restart();
  auto& office = server_.As("units/u/persons/office", {"control_office"}, {"u"});
  GetMeasureRequest get;
  get.set_name("units/u/measures/m");
  EXPECT_THAT(testing::Call<RiskService>(office, &RiskService::Stub::GetMeasure, get), IsOk());
}

TEST_F(ServerTest, AStopEndsStreamsInsteadOfWaitingForThem) {
  ASSERT_THAT(Create(Good("m")), IsOk());
  auto& watcher = server_.As("services/grading", {"service"});
  grpc::ClientContext context;
  ASSERT_THAT(watcher.Prepare(context, absl::Minutes(10)), IsOk());
  ledger::v1::WatchHeadsRequest request;
  request.set_service("risk");
  const auto stub = ledger::v1::LedgerService::NewStub(watcher.channel());
  const auto stream = stub->WatchHeads(&context, request);
  ledger::v1::WatchHeadsResponse head;
  ASSERT_TRUE(stream->Read(&head));
  EXPECT_EQ(head.unit(), "units/u");
  EXPECT_EQ(head.size(), 1);
  server_.server().Shutdown(absl::Minutes(5));
  EXPECT_FALSE(stream->Read(&head));
  EXPECT_THAT(rpc::FromGrpc(stream->Finish()), FailsWith(ERROR_REASON_DEPENDENCY_UNAVAILABLE));
}

TEST_F(ServerTest, ABusyPortIsAClearError) {
  config::v1::ServerConfig config;
  config.set_listen(server_.address());
  testing::TempFolder folder;
  config.set_data_dir(folder.path());
  const auto second = Server::Start(config, {MeasureModule()});
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(std::string(second.status().message()), ::testing::HasSubstr(server_.address()));
}

// A stream is refused as a call is; callers who do not wait for it, and a server that stops
// meanwhile, lose nothing by the refusal's being held back.
TEST(FloodedServerTest, RefusesStreamsAsItRefusesCalls) {
  config::v1::ServerConfig config;
  config.mutable_limits()->set_calls_per_second(1);
  config.mutable_limits()->set_call_burst(1);
  testing::TestServer server({MeasureModule()}, config);
  const auto channel = client::MakeChannel(server.address());
  const std::string token = server.Token("units/u/persons/office", {"control_office"}, {"u"});
  ledger::v1::WatchHeadsRequest watch;
  watch.set_service("risk");
  const std::string bytes = watch.SerializeAsString();
  for (const char* method : {"/lianfang.risk.v1.RiskService/ListMeasures",
                             "/lianfang.ledger.v1.LedgerService/WatchHeads"}) {
    SCOPED_TRACE(method);
    int refused = 0;
    for (int i = 0; i < 20; ++i) {
      const absl::Status status =
          testing::SendRaw(channel, method, token, bytes, absl::Milliseconds(500));
      refused += ReasonOf(status) == ERROR_REASON_RATE_LIMITED ? 1 : 0;
    }
    EXPECT_GT(refused, 0);
    for (int i = 0; i < 20; ++i) {
      EXPECT_FALSE(testing::SendRaw(channel, method, token, bytes, absl::Milliseconds(5)).ok());
    }
  }
}

}  // namespace
}  // namespace lianfang::server
