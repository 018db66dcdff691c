// How fast somebody may guess: after some attempts that failed, each further one waits longer than
// the one before. In memory and bounded; by the name of what is guessed at, or of who guesses.
#pragma once

#include <list>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"

namespace lianfang::personnel {

class Throttle {
 public:
  struct Options {
    int free_attempts = 5;                         // that wait for nothing
    absl::Duration first_wait = absl::Seconds(1);  // after them; twice as long each time
    absl::Duration longest_wait = absl::Minutes(15);
    absl::Duration forgets = absl::Hours(24);  // attempts, after so long without another one
    size_t capacity = 50'000;                  // names; the one not seen for longest makes room
  };
  explicit Throttle(Options options) : options_(options) {}

  // Zero: an attempt begins, and counts as failed until one of the other calls says otherwise, so
  // that many at once are as slow as one after the other. Else the time to wait.
  absl::Duration Begin(const std::string& name, absl::Time now);
  // The attempt said nothing of whether its maker guesses.
  void Undo(const std::string& name);
  // It was right: what failed before is forgotten.
  void Succeed(const std::string& name);

 private:
  struct Entry {
    std::string name;
    int failures = 0;
    absl::Time last = absl::InfinitePast();
    absl::Time not_before = absl::InfinitePast();
    absl::Time not_before_last = absl::InfinitePast();  // what it was before the last attempt
  };

  const Options options_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // the last seen first; under mutex_
  absl::flat_hash_map<std::string, std::list<Entry>::iterator> by_name_;  // under mutex_
};

}  // namespace lianfang::personnel
