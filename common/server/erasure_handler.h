// Erasing text of records, and listing what was erased: the part of LedgerService that changes
// ledgers.
#pragma once

#include <map>
#include <string>

#include "common/rpc/serve.h"
#include "common/server/ledger_handler.h"

namespace lianfang::server {

// `hosted` is by service name and must outlive the registry.
void RegisterErasure(rpc::Registry& registry, const std::map<std::string, HostedLedger>& hosted);

}  // namespace lianfang::server
