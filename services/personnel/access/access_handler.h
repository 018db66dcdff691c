// The methods of lianfang.personnel.v1.AccessService.
#pragma once

#include <memory>

#include "common/rpc/serve.h"
#include "services/personnel/access/environment.h"

namespace lianfang::personnel {

void RegisterAccess(rpc::Registry& registry, const std::shared_ptr<AccessEnvironment>& environment);

}  // namespace lianfang::personnel
