// Health that means something: NOT_SERVING while a service cannot do its work, SERVING again by
// itself, and the process alive all the while.
#include <sqlite3.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/client/client.h"
#include "common/obs/http_get.h"
#include "common/testing/test_server.h"
#include "common/testing/until.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"

namespace lianfang {
namespace {

// A trial every two seconds, five for a database to answer, and slow machines.

// A service with nothing but its ledger, that follows others.
server::ModuleSpec Module(const std::string& name, const std::vector<std::string>& upstreams = {}) {
  return {.name = name, .wire = [upstreams](server::ModuleContext& context) {
            for (const std::string& upstream : upstreams) {
              context.Follow(upstream,
                             [](store::WriteTx&, const ledger::v1::EntryHeader&,
                                const ledger::v1::EntryContent&) { return absl::OkStatus(); });
            }
            return absl::OkStatus();
          }};
}

enum class Health { kServing, kNotServing, kUnknown, kUnreachable };

Health Ask(const std::string& address, const std::string& service) {
  grpc::GenericStub stub(client::MakeChannel(address));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  grpc::CompletionQueue queue;
  // Field 1 of a HealthCheckRequest.
  const grpc::Slice slice(
      service.empty()
          ? ""
          : absl::StrCat("\x0a", std::string(1, static_cast<char>(service.size())), service));
  auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check",
                                    grpc::ByteBuffer(&slice, 1), &queue);
  call->StartCall();
  grpc::ByteBuffer response;
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) return Health::kUnknown;
  if (!status.ok()) return Health::kUnreachable;
  grpc::Slice answer;
  if (!response.TrySingleSlice(&answer).ok() || answer.size() != 2) return Health::kUnreachable;
  return *(answer.begin() + 1) == 1 ? Health::kServing : Health::kNotServing;
}

bool Becomes(const std::string& address, const std::string& service, Health health) {
  return testing::Until([&] { return Ask(address, service) == health; });
}

config::v1::ServerConfig Sqlite() {
  config::v1::ServerConfig config;
  config.mutable_storage()->mutable_sqlite();
  config.set_metrics_listen("127.0.0.1:0");
  return config;
}

TEST(ReadinessTest, EachServiceAndAllTogetherBecomeReady) {
  testing::TestServer server({Module("personnel"), Module("risk", {"personnel"})}, Sqlite());
  EXPECT_EQ(Ask(server.address(), ""), Health::kServing);
  EXPECT_TRUE(Becomes(server.address(), "lianfang.personnel", Health::kServing));
  EXPECT_TRUE(Becomes(server.address(), "lianfang.risk", Health::kServing));
  EXPECT_TRUE(Becomes(server.address(), "lianfang", Health::kServing));
  EXPECT_EQ(Ask(server.address(), "lianfang.grading"), Health::kUnknown) << "not hosted";
}

TEST(ReadinessTest, ADatabaseThatDoesNotAnswerIsSeenAndItsReturnToo) {
  testing::TestServer server({Module("personnel"), Module("risk")}, Sqlite());
  ASSERT_TRUE(Becomes(server.address(), "lianfang", Health::kServing));
  // Somebody else keeps the file locked: nothing can be written.
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(absl::StrCat(server.data_dir(), "/risk.db").c_str(), &other), SQLITE_OK);
  sqlite3_busy_timeout(other, 20'000);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_TRUE(Becomes(server.address(), "lianfang.risk", Health::kNotServing));
  EXPECT_TRUE(Becomes(server.address(), "lianfang", Health::kNotServing));
  EXPECT_EQ(Ask(server.address(), "lianfang.personnel"), Health::kServing);
  EXPECT_EQ(Ask(server.address(), ""), Health::kServing) << "the process lives";
  const std::string metrics = obs::HttpGet(server.server().metrics_address(), "/metrics");
  EXPECT_TRUE(absl::StrContains(metrics, "lianfang_database_up{service=\"risk\"} 0\n")) << metrics;
  EXPECT_TRUE(absl::StrContains(metrics, "lianfang_service_ready{service=\"risk\"} 0\n"));
  EXPECT_TRUE(absl::StrContains(metrics, "lianfang_database_up{service=\"personnel\"} 1\n"));

  ASSERT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  EXPECT_TRUE(Becomes(server.address(), "lianfang.risk", Health::kServing));
  EXPECT_TRUE(Becomes(server.address(), "lianfang", Health::kServing));
}

TEST(ReadinessTest, AFollowerIsReadyOnceItWasLevelWithItsUpstream) {
  testing::TempFolder upstream_folder;
  testing::TempFolder folder;
  config::v1::ServerConfig upstream = Sqlite();
  upstream.set_listen("127.0.0.1:0");
  upstream.set_data_dir(upstream_folder.path());
  auto first = server::Server::Start(upstream, {Module("personnel")});
  ASSERT_THAT(first, testing::IsOk());
  // From now on always there.
  upstream.set_listen((*first)->address());
  (*first)->Shutdown(absl::Seconds(5));
  first->reset();

  config::v1::ServerConfig config = Sqlite();
  config.set_listen("127.0.0.1:0");
  config.set_data_dir(folder.path());
  config.mutable_keys()->set_token_key(server::TokenKeyPath(upstream));
  auto* where = config.add_upstreams();
  where->set_service("personnel");
  where->set_endpoint(upstream.listen());
  const auto server = server::Server::Start(config, {Module("risk", {"personnel"})});
  ASSERT_THAT(server, testing::IsOk());
  const std::string& address = (*server)->address();
  const auto metrics = [&] { return obs::HttpGet((*server)->metrics_address(), "/metrics"); };
  // The database works, so that it is the upstream that is missing.
  EXPECT_TRUE(testing::Until(
      [&] { return absl::StrContains(metrics(), "lianfang_database_up{service=\"risk\"} 1\n"); }));
  EXPECT_EQ(Ask(address, "lianfang.risk"), Health::kNotServing);
  EXPECT_EQ(Ask(address, ""), Health::kServing);

  const auto second = server::Server::Start(upstream, {Module("personnel")});
  ASSERT_THAT(second, testing::IsOk());
  EXPECT_TRUE(Becomes(address, "lianfang.risk", Health::kServing));
  EXPECT_TRUE(absl::StrContains(
      metrics(), "lianfang_follow_lag_entries{service=\"risk\",upstream=\"personnel\"} 0\n"));
  // What was read of the upstream serves on without it.
  (*second)->Shutdown(absl::Seconds(5));
  EXPECT_EQ(Ask(address, "lianfang.risk"), Health::kServing);
  (*server)->Shutdown(absl::Seconds(5));
}

TEST(ReadinessTest, WhoIsToStopSaysSoAndIsNotContradicted) {
  testing::TestServer server({Module("personnel")}, Sqlite());
  ASSERT_TRUE(Becomes(server.address(), "lianfang.personnel", Health::kServing));
  server.server().Drain();
  for (const char* name : {"", "lianfang", "lianfang.personnel"}) {
    EXPECT_EQ(Ask(server.address(), name), Health::kNotServing) << name;
  }
  // The databases are tried on, and the metrics served, as long as calls are.
  EXPECT_TRUE(absl::StrContains(obs::HttpGet(server.server().metrics_address(), "/metrics"),
                                "lianfang_ledger_entries{service=\"personnel\"} 0\n"));
  EXPECT_EQ(Ask(server.address(), "lianfang.personnel"), Health::kNotServing);
}

}  // namespace
}  // namespace lianfang
