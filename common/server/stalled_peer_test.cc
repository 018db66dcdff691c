// Peers that keep a call waiting, at the wrapper itself: what they are given is bounded.
#include <atomic>

#include "absl/time/clock.h"
#include "common/auth/authenticator.h"
#include "common/crypto/ec_key.h"
#include "common/policy/policies.h"
#include "common/rpc/serve.h"
#include "common/testing/test_server.h"
#include "common/testing/until.h"
#include "grpcpp/generic/generic_stub.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"
#include "lianfang/personnel/v1/personnel.grpc.pb.h"

namespace lianfang::server {
namespace {

using ledger::v1::GetCheckpointRequest;
using ledger::v1::GetCheckpointResponse;
using ledger::v1::WatchHeadsRequest;
using ledger::v1::WatchHeadsResponse;
using personnel::v1::ImportDirectoryRequest;
using personnel::v1::ImportDirectoryResponse;

constexpr char kLedger[] = "lianfang.ledger.v1.LedgerService";
constexpr char kPersonnel[] = "lianfang.personnel.v1.PersonnelService";
constexpr size_t kAnswerBytes = size_t{4} << 20;

// Always has more, or never.
class Source final : public rpc::StreamSource {
 public:
  explicit Source(bool endless) : endless_(endless) {}
  Step Next(google::protobuf::Message* message, absl::Status* /*result*/) override {
    if (!endless_) return Step::kWait;
    auto* head = static_cast<WatchHeadsResponse*>(message);
    head->set_unit(std::string(100'000, 'u'));
    return Step::kMessage;
  }

 private:
  const bool endless_;
};

// Registers an endless or a silent stream, a large answer and a client stream.
class StalledPeerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto policies = policy::Load("");
    ASSERT_TRUE(policies.ok()) << policies.status();
    permissions_ = std::make_unique<auth::PermissionTable>(policies->roles);
    const auto key = crypto::EcPrivateKey::Generate();
    signer_.emplace(*auth::TokenSigner::FromKey(*key));
    authenticator_ = std::make_unique<auth::Authenticator>(
        *auth::TokenVerifier::FromPublicPem(*key->PublicPem()), permissions_.get(), &clock_,
        &access_);
    reads_ = std::make_unique<rpc::ReadPool>(rpc::ReadPool::Options{.threads = 1});
    registry_ = std::make_unique<rpc::Registry>(
        rpc::Registry::Environment{.authenticator = authenticator_.get(),
                                   .permissions = permissions_.get(),
                                   .reads = reads_.get(),
                                   .clock = &clock_,
                                   .metrics = &metrics_,
                                   .traces = &traces_,
                                   .watch = &watch_});
    registry_->ServerStream<WatchHeadsRequest, WatchHeadsResponse>(
        kLedger, "WatchHeads",
        [](const rpc::CallContext&, const WatchHeadsRequest& request,
           const rpc::Waker&) -> absl::StatusOr<std::shared_ptr<rpc::StreamSource>> {
          return std::make_shared<Source>(request.service() == "endless");
        });
    registry_->Inline<GetCheckpointRequest, GetCheckpointResponse>(
        kLedger, "GetCheckpoint",
        [](const rpc::CallContext&, const GetCheckpointRequest&, GetCheckpointResponse* response) {
          response->set_checkpoint(std::string(kAnswerBytes, 'c'));
          return absl::OkStatus();
        });
    registry_->ClientStreamWrite<ImportDirectoryRequest, ImportDirectoryResponse>(
        kPersonnel, "ImportDirectory", host_, 1 << 20,
        [](store::WriteTx&, const std::vector<std::shared_ptr<ImportDirectoryRequest>>&) {
          return absl::OkStatus();
        });
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    for (grpc::Service* service : registry_->Services()) builder.RegisterService(service);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    channel_ = client::MakeChannel(absl::StrCat("127.0.0.1:", port));
  }

  // Begins a call, sends a request unless it is null, takes nothing, and waits for its end.
  grpc::Status Stall(const std::string& method, const google::protobuf::Message* request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    context.AddMetadata("authorization", absl::StrCat("Bearer ", Token()));
    grpc::GenericStub stub(channel_);
    grpc::CompletionQueue queue;
    auto call = stub.PrepareCall(&context, method, &queue);
    const auto next = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      queue.Next(&tag, &ok);
      return ok;
    };
    call->StartCall(&queue);
    next();
    if (request != nullptr) {
      const grpc::Slice slice(request->SerializeAsString());
      call->WriteLast(grpc::ByteBuffer(&slice, 1), {}, &queue);
      next();
    }
    // The server tells nobody that it has cut somebody; the call's end says whether it has.
    static_cast<void>(testing::Until([this] { return cut_ != 0; }));
    // What had come before is taken, then the end.
    grpc::ByteBuffer rest;
    do {
      call->Read(&rest, &queue);
    } while (next());
    grpc::Status status;
    call->Finish(&status, &queue);
    next();
    return status;
  }

  std::string Token() {
    return *signer_->Mint({.subject = "administrators/a",
                           .units = {"*"},
                           .roles = {"service", "administrator"},
                           .id = "t",
                           .issued_at = clock_.Now(),
                           .expires_at = clock_.Now() + absl::Minutes(5)});
  }

  SystemClock clock_;
  auth::AccessState access_;
  obs::Metrics metrics_;
  obs::TraceIds traces_{1};
  std::atomic<int> cut_{0};
  rpc::PeerWatch watch_{absl::Milliseconds(200), [this] { ++cut_; }};
  std::unique_ptr<auth::PermissionTable> permissions_;
  std::optional<auth::TokenSigner> signer_;
  std::unique_ptr<auth::Authenticator> authenticator_;
  std::unique_ptr<rpc::ReadPool> reads_;
  rpc::Service host_;
  std::unique_ptr<rpc::Registry> registry_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(StalledPeerTest, AReaderWhoTakesNothingOfAStreamIsCut) {
  WatchHeadsRequest request;
  request.set_service("endless");
  const grpc::Status status = Stall(absl::StrCat("/", kLedger, "/WatchHeads"), &request);
  EXPECT_EQ(cut_, 1);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED) << status.error_message();
}

TEST_F(StalledPeerTest, AReaderWhoTakesNothingOfALargeAnswerIsCut) {
  GetCheckpointRequest request;
  request.set_name("units/u/ledgers/risk");
  const grpc::Status status = Stall(absl::StrCat("/", kLedger, "/GetCheckpoint"), &request);
  EXPECT_EQ(cut_, 1);
  EXPECT_FALSE(status.ok());
}

TEST_F(StalledPeerTest, ASenderWhoSendsNothingIsCut) {
  const grpc::Status status = Stall(absl::StrCat("/", kPersonnel, "/ImportDirectory"), nullptr);
  EXPECT_EQ(cut_, 1);
  EXPECT_FALSE(status.ok());
}

TEST_F(StalledPeerTest, AStreamThatHasNothingToSayIsNotTheReadersFault) {
  WatchHeadsRequest request;
  request.set_service("silent");
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(2));
  context.AddMetadata("authorization", absl::StrCat("Bearer ", Token()));
  const auto stub = ledger::v1::LedgerService::NewStub(channel_);
  const auto stream = stub->WatchHeads(&context, request);
  WatchHeadsResponse head;
  EXPECT_FALSE(stream->Read(&head));
  // Ten times as long as a reader has.
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(cut_, 0);
}

TEST_F(StalledPeerTest, WhoTakesALargeAnswerGetsIt) {
  GetCheckpointRequest request;
  request.set_name("units/u/ledgers/risk");
  client::Client client(channel_, [this]() -> absl::StatusOr<std::string> { return Token(); });
  for (int i = 0; i < 20; ++i) {
    const auto answer = testing::Call<ledger::v1::LedgerService>(
        client, &ledger::v1::LedgerService::Stub::GetCheckpoint, request);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->checkpoint().size(), kAnswerBytes);
  }
  EXPECT_EQ(cut_, 0);
}

}  // namespace
}  // namespace lianfang::server
