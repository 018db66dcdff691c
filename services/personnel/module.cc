#include "services/personnel/module.h"

#include "common/directory/directory_kinds.h"
#include "services/personnel/duty_follower.h"
#include "services/personnel/duty_handler.h"
#include "services/personnel/duty_kinds.h"
#include "services/personnel/personnel_handler.h"

namespace lianfang::personnel {

server::ModuleSpec PersonnelModule() {
  std::vector<const store::RecordKind*> kinds;
  for (const auto* kind : directory::Kinds()) kinds.push_back(kind);
  for (const auto* kind : DutyKinds()) kinds.push_back(kind);
  return {
      .name = "personnel",
      .schemas = {{"directory", directory::Schema()}, {"personnel", DutySchema()}},
      .wire =
          [](server::ModuleContext& context) {
            RegisterPersonnel(context.registry(), context.service());
            RegisterDuties(context.registry(), context.service(), context.policies().routes);
            context.Follow("grading", ApplyReviews);
            return absl::OkStatus();
          },
      .kinds = std::move(kinds),
      .derivations = {{"grading", {}}},
  };
}

}  // namespace lianfang::personnel
