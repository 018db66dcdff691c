#include "services/risk/risk_handler.h"

#include "services/risk/form_import.h"

namespace lianfang::risk {

// Of all rows together.
constexpr size_t kMaxImportBytes = size_t{16} << 20;

void RegisterRiskService(rpc::Registry& registry, rpc::Service& host,
                         const config::v1::RoutesPolicy& routes) {
  RegisterSelfChecks(registry, host, routes);
  RegisterRiskPoints(registry, host);
  RegisterPowers(registry, host);
  RegisterSubmissions(registry, host, routes);
  RegisterFeedback(registry, host);
  registry.ClientStreamWrite<v1::ImportFormsRequest, v1::ImportFormsResponse>(
      "lianfang.risk.v1.FormImportService", "ImportForms", host, kMaxImportBytes, ImportForms);
}

}  // namespace lianfang::risk
