// The way down: ListSuperiorTasks and RelayDecision. What waits is grading's, what is under review
// the other services': asked for when it is wanted, nothing of it is kept here.
#pragma once

#include "common/server/module.h"

namespace lianfang::reporting {

void RegisterSuperiorTasks(server::ModuleContext& context);

}  // namespace lianfang::reporting
