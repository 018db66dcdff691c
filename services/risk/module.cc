#include "services/risk/module.h"

#include <utility>
#include <vector>

#include "common/directory/directory_apply.h"
#include "common/directory/directory_kinds.h"
#include "services/risk/risk_follower.h"
#include "services/risk/risk_handler.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {

server::ModuleSpec RiskModule() {
  const auto kinds = Kinds();
  std::vector<const store::RecordKind*> copies(directory::Kinds().begin(),
                                               directory::Kinds().end());
  copies.push_back(&directory::AccountAccessKind());
  return {
      .name = "risk",
      .schemas = {{"directory", directory::Schema()}, {"risk", Schema()}},
      .wire =
          [](server::ModuleContext& context) {
            RegisterRiskService(context.registry(), context.service(), context.policies().routes);
            context.Follow("personnel", ApplyPersonnel);
            context.Follow("grading", ApplyReviews);
            // A school may do without publications.
            if (context.HasUpstream("reporting")) context.Follow("reporting", ApplyPublications);
            return absl::OkStatus();
          },
      .kinds = {kinds.begin(), kinds.end()},
      .derived = std::move(copies),
      .derivations = {{"personnel", directory::ApplyDirectory}, {"grading", {}}, {"reporting", {}}},
  };
}

}  // namespace lianfang::risk
