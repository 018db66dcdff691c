// How calls travel: over TLS, or in plain text, which does not leave this machine unless somebody
// has said that it may.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"
#include "lianfang/config/v1/config.pb.h"

namespace lianfang::client {

class Transport {
 public:
  // Plain text, within this machine only.
  Transport() = default;
  // Plain text to any address.
  static Transport PlainAnywhere();
  // TLS to any address but Unix sockets; the files are read again when they change. An error says
  // what is wrong with them.
  static absl::StatusOr<Transport> Tls(const config::v1::ClientTls& tls);
  // As a server's configuration says for what it calls.
  static absl::StatusOr<Transport> Of(const config::v1::ServerConfig& config);

  // An error where calls to the address would leave the machine in plain text.
  absl::Status MayReach(const std::string& address) const;
  // Credentials for a channel; null where MayReach is an error.
  std::shared_ptr<grpc::ChannelCredentials> CredentialsFor(const std::string& address) const;

 private:
  std::shared_ptr<grpc::ChannelCredentials> tls_;
  bool plain_anywhere_ = false;
};

}  // namespace lianfang::client
