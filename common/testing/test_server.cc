#include "common/testing/test_server.h"

#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "common/crypto/library.h"
#include "common/rpc/status_grpc.h"
#include "common/store/audit_kind.h"
#include "common/testing/test_database.h"
#include "lianfang/ledger/v1/ledger.grpc.pb.h"

namespace lianfang::testing {
namespace {

absl::Time StartOfTests() {
  return absl::FromCivil(absl::CivilSecond(2026, 5, 13, 8), absl::FixedTimeZone(8 * 60 * 60));
}

// A test cannot go on without its server; gtest reports the exception as the test's failure.
template <class T>
T Must(absl::StatusOr<T> result, const char* what) {
  if (!result.ok()) throw std::runtime_error(std::string(what) + ": " + result.status().ToString());
  return *std::move(result);
}

}  // namespace

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "lianfang-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

TestServer::TestServer(std::vector<server::ModuleSpec> modules, config::v1::ServerConfig config,
                       std::vector<grpc::Service*> beside)
    : clock_(StartOfTests()),
      modules_(std::move(modules)),
      config_(std::move(config)),
      beside_(std::move(beside)) {
  config_.set_listen("127.0.0.1:0");
  crypto::LeaveToTheEnd();
  config_.set_data_dir(folder_.path());
  // Tests call as fast as they can, and all from one address.
  config::v1::Limits* limits = config_.mutable_limits();
  if (limits->calls_per_second() == 0) limits->set_calls_per_second(-1);
  if (limits->open_calls_per_minute() == 0) limits->set_open_calls_per_minute(-1);
  if (!config_.has_storage()) *config_.mutable_storage() = TestStorage();
  Start();
}

TestServer::~TestServer() {
  clients_.clear();
  server_->Shutdown(absl::Seconds(5));
}

void TestServer::Start() {
  server_ = Must(server::Server::Start(config_, modules_,
                                       {.clock = &clock_, .ids = nullptr, .beside = beside_}),
                 "server");
  channel_ = client::MakeChannel(server_->address());
  if (config_.has_tls()) return;  // whoever calls it brings a certificate
  // A first attempt to connect that fails is told to the first call; tests are not about that.
  if (!channel_->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(20))) {
    std::fprintf(stderr, "no connection to the server at %s\n", server_->address().c_str());
    std::abort();
  }
}

void TestServer::Restart() {
  clients_.clear();
  server_->Shutdown(absl::Seconds(5));
  server_.reset();
  Start();
}

void TestServer::Restart(std::vector<server::ModuleSpec> modules) {
  modules_ = std::move(modules);
  Restart();
}

std::string TestServer::Token(const std::string& subject, const std::vector<std::string>& roles,
                              const std::vector<std::string>& units, absl::Duration lifetime) {
  return Must(server_->signer().Mint({.subject = subject,
                                      .units = units,
                                      .roles = roles,
                                      .id = RequestId(),
                                      .issued_at = clock_.Now(),
                                      .expires_at = clock_.Now() + lifetime}),
              "token");
}

std::string TestServer::KeptToken(const std::string& subject, const std::vector<std::string>& roles,
                                  const std::vector<std::string>& units) {
  const std::lock_guard lock(kept_mutex_);
  Kept& kept = kept_[{subject, roles, units}];
  if (kept.token.empty() || kept.minted != clock_.Now()) {
    kept = {.minted = clock_.Now(), .token = Token(subject, roles, units)};
  }
  return kept.token;
}

client::Client& TestServer::As(const std::string& subject, const std::vector<std::string>& roles,
                               const std::vector<std::string>& units) {
  // Asked for at each call, so that a test may move the clock by months.
  clients_.push_back(std::make_unique<client::Client>(
      channel_, [this, subject, roles, units]() -> absl::StatusOr<std::string> {
        return KeptToken(subject, roles, units);
      }));
  return *clients_.back();
}

client::Client& TestServer::WithToken(const std::string& token) {
  clients_.push_back(std::make_unique<client::Client>(
      channel_, [token]() -> absl::StatusOr<std::string> { return token; }));
  return *clients_.back();
}

int64_t TestServer::Changes(const std::string& ledger) {
  using ledger::v1::LedgerService;
  client::Client& auditor = As("auditor", {"auditor"});
  ledger::v1::ListEntriesRequest request;
  request.set_name(ledger);
  int64_t changes = 0;
  while (true) {
    const auto page = Call<LedgerService>(auditor, &LedgerService::Stub::ListEntries, request);
    if (!page.ok()) return -1;
    if (page->entries().empty()) return changes;
    for (const auto& entry : page->entries()) {
      ledger::v1::EntryHeader header;
      if (!header.ParseFromString(entry.header())) return -1;
      if (header.method() != store::kAuditMethod) ++changes;
      request.set_after_sequence(entry.sequence());
    }
  }
}

std::string TestServer::RequestId() { return server::NewUuid(crypto::SystemRandom()); }

absl::Status SendRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                     const std::string& token, const std::string& bytes, absl::Duration timeout) {
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(timeout));
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  grpc::CompletionQueue queue;
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
  call->StartCall();
  grpc::ByteBuffer response;
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return rpc::FromGrpc(status);
}

}  // namespace lianfang::testing
