// What is counted. A handle (Counter, Gauge, Histogram) is looked up once, when a server is put
// together; counting is then one atomic addition. Every metric's name, labels and text stand in
// metric_table.cc and nowhere else. Label values come from the program (names of services, methods,
// codes), never from a request, so that their number is bounded and nobody's data is among them.
//
// One Metrics object a server: several servers of one process count apart.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace lianfang::obs {

class Counter {
 public:
  void Add(int64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

class Gauge {
 public:
  void Set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void Add(int64_t change) { value_.fetch_add(change, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// Counts values by size. Values are whole numbers of the metric's unit: nanoseconds, changes.
class Histogram {
 public:
  // `bounds` rise and must outlive the histogram.
  explicit Histogram(std::span<const int64_t> bounds);
  void Observe(int64_t value);
  // Of the values up to each bound and above the one before; the last is what is above all bounds.
  int64_t bucket(size_t i) const { return buckets_[i].load(std::memory_order_relaxed); }
  int64_t sum() const { return sum_.load(std::memory_order_relaxed); }
  std::span<const int64_t> bounds() const { return bounds_; }

 private:
  std::span<const int64_t> bounds_;
  std::unique_ptr<std::atomic<int64_t>[]> buckets_;
  std::atomic<int64_t> sum_{0};
};

enum class MetricType { kCounter, kGauge, kHistogram };

// A metric as metric_table.cc says it.
struct Metric {
  const char* name;
  const char* help;
  MetricType type;
  std::span<const char* const> labels;
  // What one of the counted units is in the unit of the name, e.g. 1e-9 for nanoseconds.
  double unit = 1;
  std::span<const int64_t> bounds = {};  // of a histogram
  // Series that are zero are left out: there may be hundreds that never count.
  bool sparse = false;
};

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The series with these label values, made when it is asked for first. It lives as long as this
  // object. Ends the program when the metric has another type or other labels: that is a mistake in
  // the program and shows at its start.
  Counter* GetCounter(const Metric& metric, std::vector<std::string> values = {});
  Gauge* GetGauge(const Metric& metric, std::vector<std::string> values = {});
  Histogram* GetHistogram(const Metric& metric, std::vector<std::string> values = {});

  // `update` is called before each Read, by one thread at a time, to set gauges of what is cheaper
  // to look up than to follow. Must not block for long. Forgotten with the returned object.
  std::shared_ptr<void> BeforeRead(std::function<void()> update);

  // What is counted now: all metrics of the table, those without series too.
  struct Series {
    std::vector<std::string> values;
    double value = 0;              // of a counter or gauge
    std::vector<int64_t> buckets;  // of a histogram, as Histogram::bucket
    double sum = 0;
  };
  struct Family {
    const Metric* metric;
    std::vector<Series> series;
  };
  std::vector<Family> Read();

 private:
  struct Cell;
  Cell& Find(const Metric& metric, MetricType type, std::vector<std::string> values);

  std::mutex read_mutex_;  // one reading at a time, so that updates need no locks of their own
  std::mutex mutex_;
  // By metric and label values, under mutex_.
  std::map<std::pair<const Metric*, std::vector<std::string>>, std::unique_ptr<Cell>> cells_;
  std::vector<std::weak_ptr<std::function<void()>>> updates_;  // under mutex_
};

// All metrics, in the order in which they are served.
std::span<const Metric* const> AllMetrics();

}  // namespace lianfang::obs
