// The methods of lianfang.personnel.v1.PersonnelService: they fetch what the rules of domain/ ask
// for and write what these allow.
#pragma once

#include "common/auth/access_state.h"
#include "common/rpc/serve.h"
#include "common/rpc/service.h"

namespace lianfang::personnel {

// Registers every method. `host` is the service's own database and writer; all must outlive the
// registry. `access` learns whose tokens say no longer what holds.
void RegisterPersonnel(rpc::Registry& registry, rpc::Service& host, auth::AccessState* access);

}  // namespace lianfang::personnel
