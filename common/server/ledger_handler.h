// LedgerService: one on each server, for the ledgers of all services that it hosts.
#pragma once

#include <map>
#include <string>

#include "common/crypto/ed25519.h"
#include "common/rpc/serve.h"
#include "common/server/head_hub.h"

namespace lianfang::server {

struct HostedLedger {
  rpc::Service* service = nullptr;
  HeadHub* hub = nullptr;
};

// `hosted` is by service name and must outlive the registry.
void RegisterLedgerService(rpc::Registry& registry,
                           const std::map<std::string, HostedLedger>& hosted,
                           const crypto::Ed25519PrivateKey& key);

}  // namespace lianfang::server
