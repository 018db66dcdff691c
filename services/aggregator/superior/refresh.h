// Asking members what waits for the superior. Blocks: runs in the puller's threads.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/aggregator/pull/fetcher.h"
#include "services/aggregator/pull/puller.h"

namespace lianfang::aggregator {

class SuperiorRefresh {
 public:
  SuperiorRefresh(std::shared_ptr<Puller> puller, std::shared_ptr<Fetcher> fetcher);

  // Asks one member and takes over what it tells. An error when it gave no answer.
  absl::Status Refresh(const aggregation::v1::Member& member, const Puller::Caller& caller,
                       absl::Time deadline);

  // The same in one of the puller's threads, for whoever has just pulled it. A member that is being
  // asked already is not asked once more.
  void RefreshSoon(const aggregation::v1::Member& member, const Puller::Caller& caller);

  // Asks all members of a unit, some at a time, until the deadline. `done` gets the names of those
  // that did not answer or could not be asked any more.
  void RefreshAll(const std::string& unit_id, const Puller::Caller& caller, absl::Time deadline,
                  std::function<void(absl::StatusOr<std::vector<std::string>>)> done);

 private:
  struct Round;
  void Work(const std::shared_ptr<Round>& round);
  absl::StatusOr<std::vector<std::string>> Names(const std::string& unit_id);
  absl::StatusOr<aggregation::v1::Member> Read(const std::string& name);

  const std::shared_ptr<Puller> puller_;
  const std::shared_ptr<Fetcher> fetcher_;
  std::mutex mutex_;
  std::set<std::string> asked_;  // names of members, under mutex_
};

}  // namespace lianfang::aggregator
