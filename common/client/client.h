// Calling a service: a deadline on every call, a token, and repeats where they are safe. Reads and
// changes with a request_id may be repeated, so every method of this suite is; only UNAVAILABLE is.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/client/transport.h"
#include "common/rpc/status_grpc.h"
#include "grpcpp/grpcpp.h"

namespace lianfang::client {

// Makes a token when one is needed; called for each attempt, so it caches what it makes.
using TokenSource = std::function<absl::StatusOr<std::string>()>;

// A channel with this suite's settings: message sizes, keepalive, no proxy. Where the transport may
// not reach the endpoint, every call fails.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& endpoint,
                                           const Transport& transport = Transport());

struct CallOptions {
  absl::Duration timeout = absl::Seconds(10);  // of all attempts together
  int attempts = 4;
};

class Client {
 public:
  Client(std::shared_ptr<grpc::ChannelInterface> channel, TokenSource token)
      : channel_(std::move(channel)), token_(std::move(token)) {}

  const std::shared_ptr<grpc::ChannelInterface>& channel() const { return channel_; }

  // Sets deadline, token and the trace that the thread works for on a context, for streams.
  absl::Status Prepare(grpc::ClientContext& context, absl::Duration timeout) const;

  // Calls `Stub::method`, e.g. client.Call(&RiskService::Stub::GetMeasure, stub, request).
  template <class Stub, class Req, class Resp>
  absl::StatusOr<Resp> Call(Stub& stub,
                            grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                            const Req& request, CallOptions options = {}) const {
    Resp response;
    const absl::Status status = Attempt(options, [&](grpc::ClientContext& context) {
      response.Clear();
      return (stub.*method)(&context, request, &response);
    });
    if (!status.ok()) return status;
    return response;
  }

 private:
  absl::Status Attempt(const CallOptions& options,
                       const std::function<grpc::Status(grpc::ClientContext&)>& call) const;

  std::shared_ptr<grpc::ChannelInterface> channel_;
  TokenSource token_;
};

}  // namespace lianfang::client
