// DutyService: which method does what. The rules are in domain/.
#pragma once

#include "common/rpc/serve.h"
#include "common/rpc/service.h"
#include "lianfang/config/v1/config.pb.h"

namespace lianfang::personnel {

// Registers every method. `host` and `routes` must outlive the registry.
void RegisterDuties(rpc::Registry& registry, rpc::Service& host,
                    const config::v1::RoutesPolicy& routes);

}  // namespace lianfang::personnel
