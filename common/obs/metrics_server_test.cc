#include "common/obs/metrics_server.h"

#include "common/obs/http_get.h"
#include "common/obs/metric_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::obs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(MetricsServerTest, ServesTheTextThatPrometheusReads) {
  Metrics metrics;
  metrics.GetCounter(kCallsHandled, {"unary", "lianfang.risk.v1.RiskService", "GetMeasure", "OK"})
      ->Add(3);
  metrics.GetGauge(kWriteQueueDepth, {"risk"})->Set(2);
  Histogram* seconds = metrics.GetHistogram(kTransactionSeconds, {"risk"});
  seconds->Observe(400'000);
  seconds->Observe(60'000'000'000);
  auto server = MetricsServer::Start(&metrics, "127.0.0.1:0");
  ASSERT_TRUE(server.ok()) << server.status();
  const std::string text = HttpGet((*server)->address(), "/metrics");
  EXPECT_THAT(text, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(text, HasSubstr("Content-Type: text/plain"));
  EXPECT_THAT(
      text,
      HasSubstr("# TYPE grpc_server_handled_total counter\n"
                "grpc_server_handled_total{grpc_type=\"unary\",grpc_service=\"lianfang.risk.v1."
                "RiskService\",grpc_method=\"GetMeasure\",grpc_code=\"OK\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("lianfang_write_queue_depth{service=\"risk\"} 2\n"));
  EXPECT_THAT(text,
              HasSubstr("lianfang_transaction_seconds_bucket{service=\"risk\",le=\"0.00025\"} 0\n"
                        "lianfang_transaction_seconds_bucket{service=\"risk\",le=\"0.0005\"} 1\n"));
  EXPECT_THAT(text,
              HasSubstr("lianfang_transaction_seconds_bucket{service=\"risk\",le=\"+Inf\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("lianfang_transaction_seconds_count{service=\"risk\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE lianfang_members gauge\n")) << "told of without series";
  EXPECT_THAT(HttpGet((*server)->address(), "/"), StartsWith("HTTP/1.1 404"));
}

TEST(MetricsServerTest, AnAddressThatCannotBeHadIsAnErrorAndNotAnEnd) {
  Metrics metrics;
  auto first = MetricsServer::Start(&metrics, "127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  EXPECT_FALSE(MetricsServer::Start(&metrics, (*first)->address()).ok());
  EXPECT_FALSE(MetricsServer::Start(&metrics, "nonsense").ok());
  EXPECT_FALSE(MetricsServer::Start(&metrics, "").ok());
}

}  // namespace
}  // namespace lianfang::obs
