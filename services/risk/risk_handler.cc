#include "services/risk/risk_handler.h"

namespace lianfang::risk {

void RegisterRiskService(rpc::Registry& registry, rpc::Service& host,
                         const config::v1::RoutesPolicy& routes) {
  RegisterSelfChecks(registry, host, routes);
  RegisterRiskPoints(registry, host);
  RegisterPowers(registry, host);
  RegisterSubmissions(registry, host, routes);
  RegisterFeedback(registry, host);
}

}  // namespace lianfang::risk
