// A whole server in a test: real gRPC over loopback, a real database of its own (test_database.h),
// a clock that the test sets.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/client/client.h"
#include "common/server/random_ids.h"
#include "common/server/server.h"
#include "common/status/error.h"
#include "common/testing/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lianfang/common/v1/types.pb.h"

namespace lianfang::testing {

// A folder that goes away with the object.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class TestServer {
 public:
  // Starts the modules; fails the test (and throws it out) when it cannot. The clock starts at
  // 2026-05-13 08:00 +08:00.
  // `beside` are further gRPC services to serve; not owned.
  explicit TestServer(std::vector<server::ModuleSpec> modules, config::v1::ServerConfig config = {},
                      std::vector<grpc::Service*> beside = {});
  ~TestServer();

  FakeClock& clock() { return clock_; }
  server::Server& server() { return *server_; }
  const std::string& address() const { return server_->address(); }
  const std::string& data_dir() const { return folder_.path(); }

  // A client with a token for a subject with roles in units. Subject: `units/u/persons/p`, or any
  // label.
  client::Client& As(const std::string& subject, const std::vector<std::string>& roles,
                     const std::vector<std::string>& units = {"*"});
  // A client without a token, or with this one.
  client::Client& WithToken(const std::string& token);

  std::string Token(const std::string& subject, const std::vector<std::string>& roles,
                    const std::vector<std::string>& units = {"*"},
                    absl::Duration lifetime = absl::Hours(1));
  // The same, but whoever asks again before the clock has moved gets the same token, as a client
  // keeps one: to sign and to verify one takes longer than most calls.
  std::string KeptToken(const std::string& subject, const std::vector<std::string>& roles,
                        const std::vector<std::string>& units);

  // How many changes a ledger (`units/u/ledgers/risk`) holds: its entries without the audit trail,
  // which is written by the side at any time. -1 when it cannot be read.
  int64_t Changes(const std::string& ledger);

  // A new UUID for a request.
  std::string RequestId();

  // Stops and starts again on the same data; the second with other modules.
  void Restart();
  void Restart(std::vector<server::ModuleSpec> modules);

 private:
  void Start();

  TempFolder folder_;
  FakeClock clock_;
  std::vector<server::ModuleSpec> modules_;
  config::v1::ServerConfig config_;
  std::vector<grpc::Service*> beside_;
  std::unique_ptr<server::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::vector<std::unique_ptr<client::Client>> clients_;

  struct Kept {
    absl::Time minted;
    std::string token;
  };
  std::mutex kept_mutex_;
  // By subject, roles and units.
  std::map<std::tuple<std::string, std::vector<std::string>, std::vector<std::string>>, Kept> kept_;
};

// Sends bytes as they are to a method (`/package.Service/Method`), as a broken or hostile client
// would; without a token when it is empty. A call that stays open ends with the deadline.
absl::Status SendRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                     const std::string& token, const std::string& bytes,
                     absl::Duration timeout = absl::Seconds(20));

// Calls a method of a service: Call<RiskService>(client, &RiskService::Stub::GetMeasure, request).
template <class ServiceT, class Req, class Resp>
absl::StatusOr<Resp> Call(client::Client& client,
                          grpc::Status (ServiceT::Stub::*method)(grpc::ClientContext*, const Req&,
                                                                 Resp*),
                          const Req& request) {
  const auto stub = ServiceT::NewStub(client.channel());
  // One attempt: a test sees what the server answers first.
  return client.Call(*stub, method, request, {.timeout = absl::Seconds(20), .attempts = 1});
}

// Matches a StatusOr or Status by its reason: EXPECT_THAT(result, FailsWith(ERROR_REASON_…)).
inline absl::Status StatusOf(const absl::Status& status) { return status; }
template <class T>
absl::Status StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}
MATCHER_P(FailsWith, reason, std::string("fails with ") + common::v1::ErrorReason_Name(reason)) {
  const absl::Status status = StatusOf(arg);
  *result_listener << status.ToString();
  return !status.ok() && ReasonOf(status) == reason;
}
MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

}  // namespace lianfang::testing
