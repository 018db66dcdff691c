// The methods of lianfang.personnel.v1.PersonnelService: they fetch what the rules of domain/ ask
// for and write what these allow.
#pragma once

#include "common/rpc/serve.h"
#include "common/rpc/service.h"

namespace lianfang::personnel {

// Registers every method. `host` is the service's own database and writer; both must outlive the
// registry.
void RegisterPersonnel(rpc::Registry& registry, rpc::Service& host);

}  // namespace lianfang::personnel
