// How a server is reached: TLS or plain text, whose certificates it knows, and what it puts up with
// from a connection.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/auth/access_state.h"
#include "common/obs/metrics.h"
#include "common/policy/policies.h"
#include "grpcpp/grpcpp.h"
#include "lianfang/config/v1/config.pb.h"

namespace lianfang::server {

// Credentials for the address of the configuration. An error where it would be plain text off this
// machine and nothing allows that, or where the certificates are not usable. What is allowed is
// logged at each call.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> CredentialsOf(
    const config::v1::ServerConfig& config);

// The programs of the configuration by certificate name; an error where one makes no sense.
absl::StatusOr<std::vector<std::pair<std::string, auth::Machine>>> MachinesOf(
    const config::v1::ServerConfig& config, const config::v1::RolesPolicy& roles);

// Streams, handshakes, headers and idle connections.
void LimitConnections(const config::v1::Limits& limits, grpc::ServerBuilder* builder);

// Time that a peer has to take or to send the next of a stream.
absl::Duration StreamStall(const config::v1::Limits& limits);

// Keeps the gauge of when the certificates in use expire, as long as it is held.
std::shared_ptr<void> WatchCertificates(const config::v1::ServerConfig& config,
                                        obs::Metrics* metrics);

}  // namespace lianfang::server
