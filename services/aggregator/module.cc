#include "services/aggregator/module.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/crypto/random.h"
#include "services/aggregator/aggregation_handler.h"
#include "services/aggregator/aggregator_kinds.h"
#include "services/aggregator/pull/fetcher.h"
#include "services/aggregator/pull/member_gauges.h"
#include "services/aggregator/pull/puller.h"
#include "services/aggregator/upward_handler.h"
#include "services/reporting/issue/issue.h"

namespace lianfang::aggregator {
namespace {

constexpr int kDefaultConcurrency = 8;

std::string CredentialsDir(const config::v1::ServerConfig& config) {
  return config.credentials_dir().empty() ? absl::StrCat(config.data_dir(), "/credentials")
                                          : config.credentials_dir();
}

absl::Status Wire(server::ModuleContext& context) {
  const config::v1::ServerConfig& config = context.config();
  auto fetcher = std::make_shared<Fetcher>(
      Fetcher::Options{.credentials_dir = CredentialsDir(config)}, &crypto::SystemRandom());
  const int concurrency = config.limits().pull_concurrency();
  auto puller = std::make_shared<Puller>(
      &context.service(), &context.clock(),
      [fetcher](const aggregation::v1::Member& member) { return fetcher->Fetch(member); },
      concurrency > 0 ? concurrency : kDefaultConcurrency, &context.metrics());
  context.OnShutdown([fetcher, puller] {
    fetcher->Stop();
    puller->Stop();
  });
  context.Measure([puller, metrics = &context.metrics()](sql::Connection& connection) {
    return MeasureMembers(connection, *puller, *metrics);
  });
  RegisterAggregationService(context.registry(), context.service(), puller);
  if (ServesReporting(config)) {
    RegisterUpwardReporting(context.registry(), context.service(), context.ledger_key());
  }
  return absl::OkStatus();
}

}  // namespace

bool ServesReporting(const config::v1::ServerConfig& config) {
  const auto& modules = config.modules();
  return !modules.empty() &&
         std::find(modules.begin(), modules.end(), "reporting") == modules.end();
}

server::ModuleSpec AggregatorModule() {
  const auto kinds = Kinds();
  return {.name = "aggregator",
          .schemas = {{"aggregator", Schema()}, {"reports", reporting::IssueSchema()}},
          .wire = Wire,
          .kinds = {kinds.begin(), kinds.end()}};
}

}  // namespace lianfang::aggregator
