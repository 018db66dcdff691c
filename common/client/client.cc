#include "common/client/client.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "absl/time/clock.h"
#include "common/client/limits.h"
#include "common/obs/trace.h"
#include "common/status/error.h"

namespace lianfang::client {

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& endpoint,
                                           const Transport& transport) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveMillis / 2);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  // Client repeats calls itself, and nobody asks for channelz: both cost every call a layer.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_CHANNELZ, 0);
  // A channel of its own: two clients in one process do not share a connection by accident.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(endpoint, transport.CredentialsFor(endpoint), arguments);
}

absl::Status Client::Prepare(grpc::ClientContext& context, absl::Duration timeout) const {
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(timeout));
  if (token_) {
    LF_ASSIGN_OR_RETURN(const std::string token, token_());
    if (!token.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
  }
  if (const obs::TraceContext& trace = obs::CurrentTrace(); trace.valid()) {
    context.AddMetadata(obs::kTraceparent, trace.Header());
  }
  return absl::OkStatus();
}

absl::Status Client::Attempt(const CallOptions& options,
                             const std::function<grpc::Status(grpc::ClientContext&)>& call) const {
  const absl::Time deadline = absl::Now() + options.timeout;
  absl::Duration pause = absl::Milliseconds(50);
  for (int attempt = 1;; ++attempt) {
    grpc::ClientContext context;
    LF_RETURN_IF_ERROR(Prepare(context, deadline - absl::Now()));
    const grpc::Status status = call(context);
    // A clock that was set forward, or a call that took its time to get there: a new token is asked
    // for, once.
    if (attempt == 1 && status.error_code() == grpc::StatusCode::UNAUTHENTICATED &&
        ReasonOf(rpc::FromGrpc(status)) == common::v1::ERROR_REASON_TOKEN_EXPIRED) {
      continue;
    }
    if (status.ok() || status.error_code() != grpc::StatusCode::UNAVAILABLE ||
        attempt >= options.attempts || absl::Now() + pause >= deadline) {
      return rpc::FromGrpc(status);
    }
    std::this_thread::sleep_for(absl::ToChronoNanoseconds(pause));
    pause = std::min(pause * 3, absl::Seconds(1));
  }
}

}  // namespace lianfang::client
