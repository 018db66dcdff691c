// Publications (公示): what hangs out, for how long, and what people object.
#pragma once

#include "common/rpc/serve.h"
#include "common/rpc/service.h"

namespace lianfang::reporting {

// PublicityService, and ReportingService.ListPublications.
void RegisterPublications(rpc::Registry& registry, rpc::Service& service);

}  // namespace lianfang::reporting
