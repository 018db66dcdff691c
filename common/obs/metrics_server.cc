#include "common/obs/metrics_server.h"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>

#include <exception>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace lianfang::obs {
namespace {

prometheus::MetricType TypeOf(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return prometheus::MetricType::Counter;
    case MetricType::kGauge:
      return prometheus::MetricType::Gauge;
    case MetricType::kHistogram:
      return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric ToClient(const Metric& metric, const Metrics::Series& series) {
  prometheus::ClientMetric out;
  for (size_t i = 0; i < series.values.size(); ++i) {
    out.label.push_back({metric.labels[i], series.values[i]});
  }
  if (metric.type == MetricType::kCounter) {
    out.counter.value = series.value;
  } else if (metric.type == MetricType::kGauge) {
    out.gauge.value = series.value;
  } else {
    uint64_t count = 0;
    // What is above all bounds is added by the library's writer, from the count.
    for (size_t i = 0; i < metric.bounds.size(); ++i) {
      count += static_cast<uint64_t>(series.buckets[i]);
      out.histogram.bucket.push_back({count, static_cast<double>(metric.bounds[i]) * metric.unit});
    }
    out.histogram.sample_count = count + static_cast<uint64_t>(series.buckets.back());
    out.histogram.sample_sum = series.sum;
  }
  return out;
}

class Collector final : public prometheus::Collectable {
 public:
  explicit Collector(Metrics* metrics) : metrics_(metrics) {}
  std::vector<prometheus::MetricFamily> Collect() const override {
    std::vector<prometheus::MetricFamily> families;
    for (const Metrics::Family& family : metrics_->Read()) {
      prometheus::MetricFamily& out = families.emplace_back();
      out.name = family.metric->name;
      out.help = family.metric->help;
      out.type = TypeOf(family.metric->type);
      for (const Metrics::Series& series : family.series) {
        out.metric.push_back(ToClient(*family.metric, series));
      }
    }
    return families;
  }

 private:
  Metrics* const metrics_;
};

class MetricsServerImpl final : public MetricsServer {
 public:
  MetricsServerImpl(Metrics* metrics, const std::string& listen)
      : collector_(std::make_shared<Collector>(metrics)),
        // A scraper that keeps its connection holds one of the threads.
        exposer_(std::vector<std::string>{"listening_ports", listen, "num_threads", "4",
                                          "request_timeout_ms", "10000", "max_request_size",
                                          "16384"}) {
    exposer_.RegisterCollectable(collector_);
    const auto ports = exposer_.GetListeningPorts();
    address_ =
        absl::StrCat(listen.substr(0, listen.rfind(':')), ":", ports.empty() ? 0 : ports.front());
  }
  const std::string& address() const override { return address_; }

 private:
  std::shared_ptr<Collector> collector_;
  prometheus::Exposer exposer_;
  std::string address_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(Metrics* metrics,
                                                                    const std::string& listen) {
  // The library throws; nothing of it goes further.
  try {
    return std::make_unique<MetricsServerImpl>(metrics, listen);
  } catch (const std::exception& failure) {
    return absl::UnavailableError(failure.what());
  }
}

}  // namespace lianfang::obs
