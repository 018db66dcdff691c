#include "common/sql/database.h"

namespace lianfang::sql {

ConnectionPool::Lease::~Lease() {
  if (pool_ == nullptr || connection_ == nullptr) return;
  const std::lock_guard lock(pool_->mutex_);
  pool_->idle_.push_back(std::move(connection_));
}

absl::StatusOr<ConnectionPool::Lease> ConnectionPool::Borrow() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(this, std::move(connection));
    }
  }
  auto connection = database_->Connect();
  if (!connection.ok()) return connection.status();
  return Lease(this, *std::move(connection));
}

}  // namespace lianfang::sql
