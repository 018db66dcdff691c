#include <utility>

#include "absl/time/clock.h"
#include "common/sql/database.h"

namespace lianfang::sql {
namespace {

// An idle connection older than this is tried before it is lent: servers and firewalls close what
// rests.
constexpr absl::Duration kTrusted = absl::Seconds(5);

}  // namespace

ConnectionPool::Lease::~Lease() {
  if (pool_ == nullptr || connection_ == nullptr || !connection_->usable()) return;
  const std::lock_guard lock(pool_->mutex_);
  pool_->idle_.push_back({std::move(connection_), absl::Now()});
}

absl::StatusOr<ConnectionPool::Lease> ConnectionPool::Borrow() {
  while (true) {
    Idle idle;
    {
      const std::lock_guard lock(mutex_);
      if (idle_.empty()) break;
      idle = std::move(idle_.back());
      idle_.pop_back();
    }
    if (absl::Now() - idle.since < kTrusted || idle.connection->Check().ok()) {
      return Lease(this, std::move(idle.connection));
    }
  }
  auto connection = database_->Connect();
  if (!connection.ok()) return connection.status();
  return Lease(this, *std::move(connection));
}

absl::Status ConnectionPool::Read(absl::FunctionRef<absl::Status(Connection&)> read) {
  {
    auto lease = Borrow();
    if (!lease.ok()) return lease.status();
    absl::Status status = read(**lease);
    if (status.ok() || (*lease).get()->usable()) return status;
  }
  {
    const std::lock_guard lock(mutex_);
    idle_.clear();
  }
  auto lease = Borrow();
  if (!lease.ok()) return lease.status();
  return read(**lease);
}

}  // namespace lianfang::sql
