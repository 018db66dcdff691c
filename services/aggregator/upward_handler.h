// ReportingService for the layer above: what the members reported, added up, issued on the
// aggregator's own ledger. So an aggregator is pulled like a school.
#pragma once

#include <string>
#include <vector>

#include "common/crypto/ed25519.h"
#include "common/rpc/serve.h"
#include "common/rpc/service.h"

namespace lianfang::aggregator {

// A unit has reports here when it has members. `key` signs the checkpoints, and came to do so by
// `key_handovers`.
void RegisterUpwardReporting(rpc::Registry& registry, rpc::Service& service,
                             const crypto::Ed25519PrivateKey& key,
                             const std::vector<std::string>& key_handovers);

}  // namespace lianfang::aggregator
