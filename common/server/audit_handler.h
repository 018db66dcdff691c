// AuditService over the ledgers of the services that this server hosts.
#pragma once

#include <map>
#include <string>

#include "common/rpc/serve.h"
#include "common/server/ledger_handler.h"

namespace lianfang::server {

// `hosted` is by service name and must outlive the registry.
void RegisterAudit(rpc::Registry& registry, const std::map<std::string, HostedLedger>& hosted);

}  // namespace lianfang::server
