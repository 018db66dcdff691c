// CampaignService: the calendar of a year, and how far its work has come.
#pragma once

#include "common/policy/policies.h"
#include "common/rpc/serve.h"
#include "common/rpc/service.h"

namespace lianfang::reporting {

// `policies` lives as long as the server.
void RegisterCampaigns(rpc::Registry& registry, rpc::Service& service,
                       const policy::Policies& policies);

}  // namespace lianfang::reporting
