// Warnings: computed whenever somebody asks, adjudicated by people.
#pragma once

#include "common/policy/policies.h"
#include "common/rpc/serve.h"
#include "common/rpc/service.h"

namespace lianfang::reporting {

// WarningService, and ReportingService.ListWarnings. `policies` lives as long as the server.
void RegisterWarnings(rpc::Registry& registry, rpc::Service& service,
                      const policy::Policies& policies);

}  // namespace lianfang::reporting
