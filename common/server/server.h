// A process that hosts services: databases, keys, the gRPC server, followers, and their orderly
// start and stop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/auth/token.h"
#include "common/base/clock.h"
#include "common/base/id_source.h"
#include "common/crypto/random.h"
#include "common/server/module.h"
#include "lianfang/config/v1/config.pb.h"

namespace lianfang::server {

// Where time and ids come from; null takes the machine's.
struct Sources {
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  // Further gRPC services to serve beside the modules', e.g. a plain echo to compare with. Not
  // owned.
  std::vector<grpc::Service*> beside;
};

class Server {
 public:
  // Starts everything: after this the address answers. Errors say what an administrator can do
  // about them.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const config::v1::ServerConfig& config,
                                                       const std::vector<ModuleSpec>& modules,
                                                       const Sources& sources = {});
  virtual ~Server() = default;

  // `host:port` where it listens.
  virtual const std::string& address() const = 0;
  // `host:port` where it serves metrics; empty: nowhere.
  virtual std::string metrics_address() const = 0;
  // Signs tokens that this server takes.
  virtual const auth::TokenSigner& signer() const = 0;
  // Verifier key of one ledger.
  virtual absl::StatusOr<std::string> VerifierKey(absl::string_view unit_id,
                                                  absl::string_view service) const = 0;
  // Says by its health that it is not serving, and goes on serving, so that whoever balances calls
  // sends new ones elsewhere.
  virtual void Drain() = 0;
  // Takes no new calls, lets running ones end within the time, writes what is queued, stops.
  // Idempotent.
  virtual void Shutdown(absl::Duration grace) = 0;
};

// Names of key files below a data folder when the configuration gives none.
std::string TokenKeyPath(const config::v1::ServerConfig& config);
std::string LedgerKeyPath(const config::v1::ServerConfig& config);
std::string SecretsKeyPath(const config::v1::ServerConfig& config);

}  // namespace lianfang::server
