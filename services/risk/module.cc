#include "services/risk/module.h"

#include "common/directory/directory_apply.h"
#include "common/directory/directory_kinds.h"
#include "services/risk/risk_follower.h"
#include "services/risk/risk_handler.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {

server::ModuleSpec RiskModule() {
  const auto kinds = Kinds();
  return {
      .name = "risk",
      .schemas = {{"directory", directory::Schema()}, {"risk", Schema()}},
      .wire =
          [](server::ModuleContext& context) {
            RegisterRiskService(context.registry(), context.service());
            context.Follow("personnel", directory::ApplyDirectory);
            context.Follow("grading", ApplyReviews);
            return absl::OkStatus();
          },
      .kinds = {kinds.begin(), kinds.end()},
  };
}

}  // namespace lianfang::risk
