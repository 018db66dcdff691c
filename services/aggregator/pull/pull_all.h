// The stream of PullAll: all members of a unit, some at a time, each told of as it is done.
#pragma once

#include <memory>
#include <string>

#include "common/rpc/serve.h"
#include "services/aggregator/pull/puller.h"

namespace lianfang::aggregator {

// Starts pulling. Not more than the puller's threads are under way for one stream, and when its
// reader is slow, pulling waits for it. A stream that is dropped starts no further pulls; those
// under way are completed. OVERLOADED when there is no room.
absl::StatusOr<std::shared_ptr<rpc::StreamSource>> PullAll(std::shared_ptr<Puller> puller,
                                                           std::string unit_id,
                                                           Puller::Caller caller, rpc::Waker waker);

}  // namespace lianfang::aggregator
