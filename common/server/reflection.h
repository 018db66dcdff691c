// Server reflection behind a token, like every other call.
#pragma once

#include "common/rpc/serve.h"

namespace lianfang::server {

// Registers grpc.reflection.v1.ServerReflection; it lists the services that the registry has when
// it is asked.
void RegisterReflection(rpc::Registry& registry);

}  // namespace lianfang::server
