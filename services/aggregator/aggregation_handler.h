// AggregationService: members, pulling, the roll-up.
#pragma once

#include <memory>

#include "common/rpc/serve.h"
#include "common/rpc/service.h"
#include "services/aggregator/pull/fetcher.h"
#include "services/aggregator/pull/puller.h"

namespace lianfang::aggregator {

void RegisterAggregationService(rpc::Registry& registry, rpc::Service& service,
                                const std::shared_ptr<Puller>& puller,
                                const std::shared_ptr<Fetcher>& fetcher);

}  // namespace lianfang::aggregator
