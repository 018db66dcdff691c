// One hosted service at run time: its database, its writer, and how fresh its view of others is.
// Handlers are registered against it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/sql/database.h"
#include "common/store/writer.h"

namespace lianfang::rpc {

// How far a service's view of another one's ledger is, and how to get it further. Implemented by
// followers.
class Freshness {
 public:
  virtual ~Freshness() = default;
  // Calls `done` once the unit's entries up to `sequence` are applied; with sequence 0, once all
  // that the upstream has now are. NOT_CAUGHT_UP when that does not happen before the deadline. May
  // call at once, in this thread.
  virtual void Await(const std::string& unit_id, int64_t sequence, absl::Time deadline,
                     std::function<void(absl::Status)> done) = 0;
};

struct Service {
  std::string name;  // `risk`
  std::unique_ptr<sql::Database> database;
  std::unique_ptr<sql::ConnectionPool> readers;
  std::unique_ptr<store::Writer> writer;
  // By the name of the service that is followed.
  std::map<std::string, Freshness*> upstreams;
};

// Marks an error as "perhaps only because `upstream` was not followed far enough": the wrapper
// catches up with it once and runs the change again. The second time the error stands.
absl::Status MaybeBehind(absl::Status error, absl::string_view upstream);
// The upstream of such an error; empty for others.
std::string BehindOf(const absl::Status& error);

// A NOT_CAUGHT_UP error.
absl::Status NotCaughtUp();

}  // namespace lianfang::rpc
