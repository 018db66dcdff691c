// A service as the server hosts it. Each services/<x>/module.h gives one ModuleSpec; nothing else
// of a service is known to the server.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/auth/access_state.h"
#include "common/auth/token.h"
#include "common/base/clock.h"
#include "common/base/embedded.h"
#include "common/base/id_source.h"
#include "common/client/client.h"
#include "common/crypto/ed25519.h"
#include "common/obs/metrics.h"
#include "common/policy/policies.h"
#include "common/rpc/serve.h"
#include "common/rpc/service.h"
#include "common/store/write_tx.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/ledger/v1/ledger.pb.h"

namespace lianfang::server {

// What an entry of another service's ledger brings about here. Runs in the writer, entry by entry,
// each exactly once; must not block. What it Puts becomes one entry of the own ledger, what it
// Derives does not.
using Apply = std::function<absl::Status(store::WriteTx&, const ledger::v1::EntryHeader&,
                                         const ledger::v1::EntryContent&)>;

// What a service gets to wire itself.
class ModuleContext {
 public:
  virtual ~ModuleContext() = default;
  virtual rpc::Registry& registry() = 0;
  // The service itself: database, writer.
  virtual rpc::Service& service() = 0;
  virtual const Clock& clock() const = 0;
  virtual IdSource& ids() = 0;
  virtual const policy::Policies& policies() const = 0;
  // What tokens hold no longer, and whose certificates are known: told by whoever reads personnel's
  // ledger.
  virtual auth::AccessState& access() = 0;
  // Signs tokens that all processes of the suite take.
  virtual const auth::TokenSigner& signer() const = 0;
  virtual const config::v1::ServerConfig& config() const = 0;
  // Key that signs this process's checkpoints.
  virtual const crypto::Ed25519PrivateKey& ledger_key() const = 0;
  // How it came to be this process's key, oldest first; see common/ledger/key_handover.h.
  virtual const std::vector<std::string>& key_handovers() const = 0;
  // A client for another service of this suite, in this process or another, that carries the
  // service's own identity.
  virtual client::Client& Upstream(absl::string_view service) = 0;
  // Whether the service is hosted here or configured as an upstream: for what a service can do
  // without. Upstream and Follow refuse to start the server when it is not.
  virtual bool HasUpstream(absl::string_view service) const = 0;
  // Follows another service's ledgers of all units.
  virtual void Follow(absl::string_view service, Apply apply) = 0;
  // Where the server counts; outlives what the module makes.
  virtual obs::Metrics& metrics() = 0;
  // Reads what gauges say of the service's database, with a connection and in a thread of the
  // health check, when the metrics are asked for. Must not take long.
  virtual void Measure(std::function<absl::Status(sql::Connection&)> measure) = 0;
  // Stops with the server; runs jobs that wait for others (not for reads or writes of the own
  // database).
  virtual void RunInBackground(std::function<void()> job) = 0;
  // Called once when the server stops, before running calls are waited for: ends what the module
  // itself waits for, so that those calls can be answered.
  virtual void OnShutdown(std::function<void()> stop) = 0;
};

// What entries of a ledger, the own one or a followed one, leave in the tables that are on no
// ledger here.
struct Derivation {
  std::string service;  // whose ledger
  // Only Derives, and reads nothing but what it has derived by names, so that the rows come about
  // again from the ledgers alone, in whatever order these are read. Empty: the ledger is followed,
  // and nothing of it is kept.
  Apply derive;
};

// Rows that are kept in secret beside the ledger, whose records say only their digests.
struct Sealed {
  const store::RecordKind* rows = nullptr;    // on no ledger, `sequence` 0
  const store::RecordKind* record = nullptr;  // on the own ledger, under the same ids
  // SHA-256 of the row's body, as the record says it; empty: there is no row.
  std::string digest_field;
};

struct ModuleSpec {
  std::string name;  // `personnel`; also the ledger's name
  // Migrations of the service's own tables, and of shared ones, by component.
  std::vector<std::pair<std::string, std::span<const EmbeddedFile>>> schemas;
  // Registers handlers and followers.
  std::function<absl::Status(ModuleContext&)> wire;
  // Record kinds of the service that are on its ledger, for replay and verification.
  std::vector<const store::RecordKind*> kinds;
  // Record kinds that are on no ledger here, and how they come about: one for each ledger that is
  // followed, and for the own one when something is derived of it.
  std::vector<const store::RecordKind*> derived;
  std::vector<Derivation> derivations;
  std::vector<Sealed> sealed;
};

}  // namespace lianfang::server
