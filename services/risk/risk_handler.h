// RiskService: which method does what, topic by topic. The rules are in domain/.
#pragma once

#include "common/rpc/serve.h"
#include "common/rpc/service.h"
#include "lianfang/config/v1/config.pb.h"

namespace lianfang::risk {

inline constexpr char kService[] = "lianfang.risk.v1.RiskService";

// All of them. `routes` must outlive the registry.
void RegisterRiskService(rpc::Registry& registry, rpc::Service& host,
                         const config::v1::RoutesPolicy& routes);

void RegisterSelfChecks(rpc::Registry& registry, rpc::Service& host,
                        const config::v1::RoutesPolicy& routes);
// Risk points and measures.
void RegisterRiskPoints(rpc::Registry& registry, rpc::Service& host);
// Powers, workflow charts and volumes.
void RegisterPowers(rpc::Registry& registry, rpc::Service& host);
// Forms, and the start of a new year.
void RegisterSubmissions(rpc::Registry& registry, rpc::Service& host,
                         const config::v1::RoutesPolicy& routes);
void RegisterFeedback(rpc::Registry& registry, rpc::Service& host);

}  // namespace lianfang::risk
