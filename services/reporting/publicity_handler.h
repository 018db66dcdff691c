// Publications (公示): what hangs out, for how long, and what people object.
#pragma once

#include "common/rpc/serve.h"
#include "common/rpc/service.h"

namespace lianfang::reporting {

// PublicityService, and ReportingService.ListPublications.
void RegisterPublications(rpc::Registry& registry, rpc::Service& service);

// What the publications that an entry of the own ledger holds add to the counts: what writing them
// derives, and no more.
absl::Status CountPublications(store::WriteTx& tx, const ledger::v1::EntryContent& content);

}  // namespace lianfang::reporting
