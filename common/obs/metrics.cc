#include "common/obs/metrics.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

namespace lianfang::obs {

Histogram::Histogram(std::span<const int64_t> bounds)
    : bounds_(bounds), buckets_(new std::atomic<int64_t>[bounds.size() + 1]()) {}

void Histogram::Observe(int64_t value) {
  const auto at = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  buckets_[at].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

struct Metrics::Cell {
  Cell(const Metric& of, std::vector<std::string> label_values)
      : metric(&of), values(std::move(label_values)), histogram(of.bounds) {}
  const Metric* metric;
  std::vector<std::string> values;
  Counter counter;
  Gauge gauge;
  Histogram histogram;
};

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Metrics::Cell& Metrics::Find(const Metric& metric, MetricType type,
                             std::vector<std::string> values) {
  if (metric.type != type || metric.labels.size() != values.size()) {
    std::fprintf(stderr, "metric %s is asked for with another type or other labels\n", metric.name);
    std::abort();
  }
  const std::lock_guard lock(mutex_);
  auto& cell = cells_[{&metric, values}];
  if (cell == nullptr) cell = std::make_unique<Cell>(metric, std::move(values));
  return *cell;
}

Counter* Metrics::GetCounter(const Metric& metric, std::vector<std::string> values) {
  return &Find(metric, MetricType::kCounter, std::move(values)).counter;
}

Gauge* Metrics::GetGauge(const Metric& metric, std::vector<std::string> values) {
  return &Find(metric, MetricType::kGauge, std::move(values)).gauge;
}

Histogram* Metrics::GetHistogram(const Metric& metric, std::vector<std::string> values) {
  return &Find(metric, MetricType::kHistogram, std::move(values)).histogram;
}

std::shared_ptr<void> Metrics::BeforeRead(std::function<void()> update) {
  auto kept = std::make_shared<std::function<void()>>(std::move(update));
  const std::lock_guard lock(mutex_);
  updates_.push_back(kept);
  return kept;
}

std::vector<Metrics::Family> Metrics::Read() {
  const std::lock_guard reading(read_mutex_);
  std::vector<std::shared_ptr<std::function<void()>>> updates;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(updates_, [](const auto& update) { return update.expired(); });
    for (const auto& update : updates_) {
      if (auto kept = update.lock()) updates.push_back(std::move(kept));
    }
  }
  for (const auto& update : updates) (*update)();
  std::vector<Family> families;
  std::map<const Metric*, size_t> place;
  for (const Metric* metric : AllMetrics()) {
    place[metric] = families.size();
    families.push_back({metric, {}});
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [key, cell] : cells_) {
    const Metric& metric = *cell->metric;
    Series series{.values = cell->values};
    bool zero = true;
    if (metric.type == MetricType::kHistogram) {
      for (size_t i = 0; i <= metric.bounds.size(); ++i) {
        series.buckets.push_back(cell->histogram.bucket(i));
        zero = zero && series.buckets.back() == 0;
      }
      series.sum = static_cast<double>(cell->histogram.sum()) * metric.unit;
    } else {
      const int64_t value =
          metric.type == MetricType::kCounter ? cell->counter.value() : cell->gauge.value();
      zero = value == 0;
      series.value = static_cast<double>(value) * metric.unit;
    }
    if (zero && metric.sparse) continue;
    families[place.at(&metric)].series.push_back(std::move(series));
  }
  return families;
}

}  // namespace lianfang::obs
