#include "services/personnel/access/domain/throttle.h"

#include <algorithm>

namespace lianfang::personnel {

absl::Duration Throttle::Begin(const std::string& name, absl::Time now) {
  const std::lock_guard lock(mutex_);
  auto it = by_name_.find(name);
  if (it == by_name_.end()) {
    if (entries_.size() >= options_.capacity) {
      by_name_.erase(entries_.back().name);
      entries_.pop_back();
    }
    entries_.emplace_front().name = name;
    it = by_name_.emplace(name, entries_.begin()).first;
  } else {
    entries_.splice(entries_.begin(), entries_, it->second);
  }
  Entry& entry = entries_.front();
  if (now - entry.last > options_.forgets) {
    entry.failures = 0;
    entry.not_before = absl::InfinitePast();
  }
  if (now < entry.not_before) return entry.not_before - now;
  entry.last = now;
  entry.not_before_last = entry.not_before;
  ++entry.failures;
  if (entry.failures > options_.free_attempts) {
    const int doubled = std::min(entry.failures - options_.free_attempts - 1, 30);
    entry.not_before =
        now + std::min(options_.first_wait * (int64_t{1} << doubled), options_.longest_wait);
  }
  return absl::ZeroDuration();
}

void Throttle::Undo(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto it = by_name_.find(name);
  if (it == by_name_.end() || it->second->failures == 0) return;
  --it->second->failures;
  it->second->not_before = it->second->not_before_last;
}

void Throttle::Succeed(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto it = by_name_.find(name);
  if (it == by_name_.end()) return;
  entries_.erase(it->second);
  by_name_.erase(it);
}

}  // namespace lianfang::personnel
