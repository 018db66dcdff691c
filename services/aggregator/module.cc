#include "services/aggregator/module.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/crypto/random.h"
#include "common/ledger/cosignature.h"
#include "services/aggregator/aggregation_handler.h"
#include "services/aggregator/aggregator_kinds.h"
#include "services/aggregator/compare_handler.h"
#include "services/aggregator/member_store.h"
#include "services/aggregator/pull/fetcher.h"
#include "services/aggregator/pull/member_gauges.h"
#include "services/aggregator/pull/puller.h"
#include "services/aggregator/superior/handler.h"
#include "services/aggregator/superior/refresh.h"
#include "services/aggregator/superior/sender.h"
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
  LF_ASSIGN_OR_RETURN(auto transport, client::Transport::Of(config));
  auto fetcher = std::make_shared<Fetcher>(
      Fetcher::Options{.credentials_dir = CredentialsDir(config),
                       .transport = std::move(transport),
                       .witness_key =
                           [key = context.ledger_key().public_key()](absl::string_view unit_id) {
                             const auto witness =
                                 ledger::WitnessKey::Create(ledger::WitnessName(unit_id), key);
                             return witness.ok() ? witness->ToString() : std::string();
                           }},
      &crypto::SystemRandom());
  const int concurrency = config.limits().pull_concurrency();
  auto puller = std::make_shared<Puller>(
      &context.service(), &context.clock(),
      Puller::Environment{
          .fetch =
              [fetcher](const aggregation::v1::Member& member) { return fetcher->Fetch(member); },
          .deliver =
              [fetcher](const aggregation::v1::Member& member,
                        const std::vector<aggregation::v1::VerifiedCheckpoint>& checkpoints) {
                return fetcher->Deliver(member, checkpoints);
              },
          .witness_key = context.ledger_key()},
      concurrency > 0 ? concurrency : kDefaultConcurrency, &context.metrics());
  auto refresh = std::make_shared<SuperiorRefresh>(puller, fetcher);
  auto sender = std::make_shared<SuperiorSender>(puller, fetcher);
  // Both outlive the pulls: they are kept until the server has stopped.
  puller->OnVerified(
      [refresh = refresh.get(), sender = sender.get()](const aggregation::v1::Member& member,
                                                       const Puller::Caller& caller, bool changed) {
        sender->Wake(member.name());
        if (changed) refresh->RefreshSoon(member, caller);
      });
  context.OnShutdown([fetcher, puller, refresh, sender] {
    fetcher->Stop();
    sender->Stop();
    puller->Stop();
  });
  context.Measure([puller, metrics = &context.metrics()](sql::Connection& connection) {
    return MeasureMembers(connection, *puller, *metrics);
  });
  RegisterAggregationService(context.registry(), context.service(), puller, fetcher);
  RegisterCompareMembers(context.registry(), context.service());
  RegisterSuperiorTasks(context.registry(), context.service(), puller, refresh, sender);
  sender->Start();
  if (ServesReporting(config)) {
    RegisterUpwardReporting(context.registry(), context.service(), context.ledger_key(),
                            context.key_handovers());
  }
  return absl::OkStatus();
}

// What the own entries leave: rows of members, their total, the newest report's number.
absl::Status DeriveOwn(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                       const ledger::v1::EntryContent& content) {
  for (const auto& any : content.resources()) {
    aggregation::v1::Member member;
    if (!any.Is<aggregation::v1::Member>()) continue;
    if (!any.UnpackTo(&member)) return absl::DataLossError("a member cannot be read");
    LF_RETURN_IF_ERROR(DeriveRows(tx, member));
  }
  return reporting::DeriveIssued(tx, header, content);
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
          .kinds = {kinds.begin(), kinds.end()},
          .derived = {&MemberRowKind(), &MemberSumsKind(), &reporting::IssuedKind()},
          .derivations = {{"aggregator", DeriveOwn}}};
}

}  // namespace lianfang::aggregator
