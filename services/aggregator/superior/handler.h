// The superior's tasks on the wire: ListSuperiorTasks, GetSuperiorTask, DecideSuperiorTask.
#pragma once

#include <memory>

#include "common/rpc/serve.h"
#include "common/rpc/service.h"
#include "services/aggregator/pull/puller.h"
#include "services/aggregator/superior/refresh.h"
#include "services/aggregator/superior/sender.h"

namespace lianfang::aggregator {

void RegisterSuperiorTasks(rpc::Registry& registry, rpc::Service& service,
                           const std::shared_ptr<Puller>& puller,
                           const std::shared_ptr<SuperiorRefresh>& refresh,
                           const std::shared_ptr<SuperiorSender>& sender);

}  // namespace lianfang::aggregator
