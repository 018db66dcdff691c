// AddCosignature and ListCosignatures of LedgerService: what witnesses have signed of the ledgers
// that this server hosts.
#pragma once

#include <map>
#include <string>

#include "common/rpc/serve.h"
#include "common/server/ledger_handler.h"

namespace lianfang::server {

// More witnesses than a unit has superiors are a mistake, or somebody who fills the database.
inline constexpr int kMaxWitnesses = 100;

// `hosted` is by service name and must outlive the registry; `key` has signed their checkpoints.
void RegisterCosignatures(rpc::Registry& registry,
                          const std::map<std::string, HostedLedger>& hosted, const LedgerKey& key);

}  // namespace lianfang::server
