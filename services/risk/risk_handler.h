// RiskService: which method does what. The rules are in domain/.
#pragma once

#include "common/rpc/serve.h"
#include "common/rpc/service.h"

namespace lianfang::risk {

void RegisterRiskService(rpc::Registry& registry, rpc::Service& host);

}  // namespace lianfang::risk
