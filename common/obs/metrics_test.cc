#include "common/obs/metrics.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "common/obs/metric_table.h"
#include "common/obs/process_metrics.h"
#include "common/obs/storage_metrics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::obs {
namespace {

using ::testing::ElementsAre;

// The only series of a metric.
Metrics::Series Only(Metrics& metrics, const Metric& metric) {
  for (const Metrics::Family& family : metrics.Read()) {
    if (family.metric == &metric && family.series.size() == 1) return family.series[0];
  }
  ADD_FAILURE() << metric.name << " has no series or several";
  return {};
}

size_t SeriesOf(Metrics& metrics, const Metric& metric) {
  for (const Metrics::Family& family : metrics.Read()) {
    if (family.metric == &metric) return family.series.size();
  }
  return 0;
}

TEST(MetricsTest, NamesAreAsPrometheusWantsThem) {
  std::set<std::string> names;
  for (const Metric* metric : AllMetrics()) {
    const std::string name = metric->name;
    EXPECT_TRUE(names.insert(name).second) << name;
    for (const char c : name) {
      EXPECT_TRUE(std::islower(static_cast<unsigned char>(c)) ||
                  std::isdigit(static_cast<unsigned char>(c)) || c == '_')
          << name;
    }
    EXPECT_EQ(name.ends_with("_total"), metric->type == MetricType::kCounter) << name;
    EXPECT_EQ(metric->bounds.empty(), metric->type != MetricType::kHistogram) << name;
    EXPECT_TRUE(std::is_sorted(metric->bounds.begin(), metric->bounds.end())) << name;
    EXPECT_TRUE(std::string(metric->help).ends_with('.')) << name;
    EXPECT_LE(metric->labels.size(), 4U) << name;
  }
  Metrics metrics;
  EXPECT_EQ(metrics.Read().size(), names.size()) << "a metric without series is told of too";
}

TEST(MetricsTest, AHandleIsFoundAgainAndCountsForItsLabels) {
  Metrics metrics;
  Counter* risk = metrics.GetCounter(kWritesRefused, {"risk"});
  EXPECT_EQ(metrics.GetCounter(kWritesRefused, {"risk"}), risk);
  EXPECT_NE(metrics.GetCounter(kWritesRefused, {"grading"}), risk);
  risk->Add();
  risk->Add(2);
  EXPECT_EQ(risk->value(), 3);
  EXPECT_EQ(SeriesOf(metrics, kWritesRefused), 2U);
}

TEST(MetricsTest, ServersOfOneProcessCountApart) {
  Metrics one;
  Metrics other;
  one.GetCounter(kWritesRefused, {"risk"})->Add();
  EXPECT_EQ(other.GetCounter(kWritesRefused, {"risk"})->value(), 0);
}

TEST(MetricsTest, AHistogramCountsUpToEachBoundAndAbove) {
  Metrics metrics;
  Histogram* batch = metrics.GetHistogram(kBatchChanges, {"risk"});
  for (const int64_t value : {0, 1, 2, 3, 128, 129, 1000}) batch->Observe(value);
  const Metrics::Series series = Only(metrics, kBatchChanges);
  EXPECT_THAT(series.buckets, ElementsAre(2, 1, 1, 0, 0, 0, 0, 1, 2));
  EXPECT_EQ(series.sum, 1263);
}

TEST(MetricsTest, DurationsAreReadInSeconds) {
  Metrics metrics;
  metrics.GetHistogram(kCallSeconds, {"unary", "s", "m"})->Observe(1'500'000'000);
  EXPECT_DOUBLE_EQ(Only(metrics, kCallSeconds).sum, 1.5);
}

TEST(MetricsTest, WhatHasNeverCountedIsLeftOutWhereThereMayBeHundreds) {
  Metrics metrics;
  Counter* unavailable = metrics.GetCounter(kCallsHandled, {"unary", "s", "m", "UNAVAILABLE"});
  metrics.GetHistogram(kCallSeconds, {"unary", "s", "m"});
  EXPECT_EQ(SeriesOf(metrics, kCallsHandled), 0U);
  EXPECT_EQ(SeriesOf(metrics, kCallSeconds), 0U);
  unavailable->Add();
  EXPECT_EQ(Only(metrics, kCallsHandled).value, 1);
}

TEST(MetricsTest, GaugesAreBroughtUpToDateWhenTheyAreRead) {
  Metrics metrics;
  Gauge* units = metrics.GetGauge(kLedgerUnits, {"risk"});
  int64_t now = 7;
  auto kept = metrics.BeforeRead([&] { units->Set(now); });
  EXPECT_EQ(Only(metrics, kLedgerUnits).value, 7);
  now = 8;
  EXPECT_EQ(Only(metrics, kLedgerUnits).value, 8);
  kept.reset();
  now = 9;
  EXPECT_EQ(Only(metrics, kLedgerUnits).value, 8) << "who is gone is not asked";
}

TEST(MetricsTest, NothingIsLostBetweenThreads) {
  Metrics metrics;
  constexpr int kEach = 20'000;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&metrics] {
      for (int n = 0; n < kEach; ++n) {
        metrics.GetCounter(kWritesRefused, {"risk"})->Add();
        if (n % 5'000 == 0) metrics.Read();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(metrics.GetCounter(kWritesRefused, {"risk"})->value(), 4 * kEach);
}

TEST(MetricsDeathTest, AnotherTypeOrOtherLabelsAreAMistakeOfTheProgram) {
  Metrics metrics;
  EXPECT_DEATH(metrics.GetGauge(kWritesRefused, {"risk"}), "lianfang_write_queue_refused_total");
  EXPECT_DEATH(metrics.GetCounter(kWritesRefused), "lianfang_write_queue_refused_total");
}

TEST(StorageMetricsTest, CountsTransactionsQueueAndConnections) {
  Metrics metrics;
  const StorageMetrics storage(&metrics, "risk", "mysql");
  storage.Committed(5, absl::Milliseconds(3));
  storage.Failed();
  storage.Retried(RetryCause::kDeadlock);
  storage.Retried(RetryCause::kData);
  storage.Retried(RetryCause::kData);
  storage.Queued(3);
  storage.Queued(-1);
  storage.QueueCapacity(1024);
  storage.Refused();
  storage.ConnectionOpened();
  storage.ConnectionOpened();
  storage.ConnectionClosed();
  storage.ConnectFailed();
  EXPECT_EQ(metrics.GetCounter(kTransactions, {"risk", "committed"})->value(), 1);
  EXPECT_EQ(metrics.GetCounter(kTransactions, {"risk", "failed"})->value(), 1);
  EXPECT_EQ(metrics.GetHistogram(kBatchChanges, {"risk"})->sum(), 5);
  EXPECT_EQ(metrics.GetHistogram(kTransactionSeconds, {"risk"})->sum(), 3'000'000);
  EXPECT_EQ(metrics.GetCounter(kTransactionRetries, {"risk", "deadlock"})->value(), 1);
  EXPECT_EQ(metrics.GetCounter(kTransactionRetries, {"risk", "data"})->value(), 2);
  EXPECT_EQ(metrics.GetCounter(kTransactionRetries, {"risk", "lost"})->value(), 0);
  EXPECT_EQ(metrics.GetGauge(kWriteQueueDepth, {"risk"})->value(), 2);
  EXPECT_EQ(metrics.GetGauge(kWriteQueueCapacity, {"risk"})->value(), 1024);
  EXPECT_EQ(metrics.GetCounter(kWritesRefused, {"risk"})->value(), 1);
  EXPECT_EQ(metrics.GetCounter(kConnectionsOpened, {"risk", "mysql"})->value(), 2);
  EXPECT_EQ(metrics.GetGauge(kConnectionsOpen, {"risk", "mysql"})->value(), 1);
  EXPECT_EQ(metrics.GetCounter(kConnectionsFailed, {"risk", "mysql"})->value(), 1);
}

TEST(StorageMetricsTest, CountsNowhereByDefault) {
  const StorageMetrics storage;
  storage.Committed(1, absl::Seconds(1));
  storage.Failed();
  storage.Retried(RetryCause::kLost);
  storage.Queued(1);
  storage.QueueCapacity(1);
  storage.Refused();
  storage.ConnectionOpened();
  storage.ConnectionClosed();
  storage.ConnectFailed();
}

TEST(ProcessMetricsTest, SaysWhatTheSystemSays) {
  Metrics metrics;
  const auto kept = WatchProcess(&metrics);
  metrics.Read();
  EXPECT_EQ(Only(metrics, kBuildInfo).values, std::vector<std::string>{Version()});
  EXPECT_GT(Only(metrics, kProcessMemory).value, 1 << 20);
  EXPECT_GT(Only(metrics, kProcessFiles).value, 2);
  EXPECT_GT(Only(metrics, kProcessMaxFiles).value, Only(metrics, kProcessFiles).value);
  const double started = Only(metrics, kProcessStartTime).value;
  const double now = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  EXPECT_LE(started, now + 1);
  EXPECT_GT(started, now - 3600) << "a test program does not run for an hour";
}

}  // namespace
}  // namespace lianfang::obs
