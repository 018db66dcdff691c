#include "services/personnel/module.h"

#include "common/directory/directory_kinds.h"
#include "services/personnel/personnel_handler.h"

namespace lianfang::personnel {

server::ModuleSpec PersonnelModule() {
  const auto kinds = directory::Kinds();
  return {
      .name = "personnel",
      .schemas = {{"directory", directory::Schema()}},
      .wire =
          [](server::ModuleContext& context) {
            RegisterPersonnel(context.registry(), context.service());
            return absl::OkStatus();
          },
      .kinds = {kinds.begin(), kinds.end()},
  };
}

}  // namespace lianfang::personnel
