// CompareMembers.
#pragma once

#include "common/rpc/serve.h"
#include "common/rpc/service.h"

namespace lianfang::aggregator {

void RegisterCompareMembers(rpc::Registry& registry, rpc::Service& service);

}  // namespace lianfang::aggregator
