#include "common/obs/storage_metrics.h"

#include "common/obs/metric_table.h"

namespace lianfang::obs {

StorageMetrics::StorageMetrics(Metrics* metrics, const std::string& service,
                               const std::string& engine)
    : committed_(metrics->GetCounter(kTransactions, {service, "committed"})),
      failed_(metrics->GetCounter(kTransactions, {service, "failed"})),
      took_(metrics->GetHistogram(kTransactionSeconds, {service})),
      batch_(metrics->GetHistogram(kBatchChanges, {service})),
      retries_{metrics->GetCounter(kTransactionRetries, {service, "deadlock"}),
               metrics->GetCounter(kTransactionRetries, {service, "lost"}),
               metrics->GetCounter(kTransactionRetries, {service, "unknown_commit"}),
               metrics->GetCounter(kTransactionRetries, {service, "duplicate"}),
               metrics->GetCounter(kTransactionRetries, {service, "data"})},
      queued_(metrics->GetGauge(kWriteQueueDepth, {service})),
      capacity_(metrics->GetGauge(kWriteQueueCapacity, {service})),
      refused_(metrics->GetCounter(kWritesRefused, {service})),
      opened_(metrics->GetCounter(kConnectionsOpened, {service, engine})),
      open_(metrics->GetGauge(kConnectionsOpen, {service, engine})),
      connect_failed_(metrics->GetCounter(kConnectionsFailed, {service, engine})) {}

void StorageMetrics::Committed(int64_t changes, absl::Duration took) const {
  if (committed_ == nullptr) return;
  committed_->Add();
  batch_->Observe(changes);
  took_->Observe(absl::ToInt64Nanoseconds(took));
}

void StorageMetrics::Failed() const {
  if (failed_ != nullptr) failed_->Add();
}

void StorageMetrics::Retried(RetryCause cause) const {
  if (Counter* counter = retries_[static_cast<int>(cause)]) counter->Add();
}

void StorageMetrics::Queued(int64_t change) const {
  if (queued_ != nullptr) queued_->Add(change);
}

void StorageMetrics::Refused() const {
  if (refused_ != nullptr) refused_->Add();
}

void StorageMetrics::QueueCapacity(int64_t changes) const {
  if (capacity_ != nullptr) capacity_->Set(changes);
}

void StorageMetrics::ConnectionOpened() const {
  if (opened_ == nullptr) return;
  opened_->Add();
  open_->Add(1);
}

void StorageMetrics::ConnectionClosed() const {
  if (open_ != nullptr) open_->Add(-1);
}

void StorageMetrics::ConnectFailed() const {
  if (connect_failed_ != nullptr) connect_failed_->Add();
}

}  // namespace lianfang::obs
