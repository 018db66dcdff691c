// LedgerService: one on each server, for the ledgers of all services that it hosts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/rpc/serve.h"
#include "common/server/head_hub.h"
#include "common/server/ledger_key.h"

namespace lianfang::server {

struct HostedLedger {
  rpc::Service* service = nullptr;
  HeadHub* hub = nullptr;
  std::vector<const store::RecordKind*> kinds = {};  // of the records on it
};

// RESOURCE_NOT_FOUND for a ledger that this server does not keep.
absl::Status NoSuchLedger(absl::string_view name);

// `hosted` is by service name and must outlive the registry.
void RegisterLedgerService(rpc::Registry& registry,
                           const std::map<std::string, HostedLedger>& hosted, const LedgerKey& key);

}  // namespace lianfang::server
