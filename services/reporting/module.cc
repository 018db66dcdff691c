#include "services/reporting/module.h"

#include <memory>
#include <utility>
#include <vector>

#include "common/directory/directory_kinds.h"
#include "services/reporting/campaign_handler.h"
#include "services/reporting/documents/document_handler.h"
#include "services/reporting/documents/issued.h"
#include "services/reporting/issue/issue.h"
#include "services/reporting/publicity_handler.h"
#include "services/reporting/reporting_follower.h"
#include "services/reporting/reporting_kinds.h"
#include "services/reporting/service_name.h"
#include "services/reporting/statistics_handler.h"
#include "services/reporting/summary_handler.h"
#include "services/reporting/superior_tasks.h"
#include "services/reporting/unit_check.h"
#include "services/reporting/unit_report_call.h"
#include "services/reporting/warning_handler.h"

namespace lianfang::reporting {
namespace {

absl::Status Wire(server::ModuleContext& context) {
  rpc::Registry& registry = context.registry();
  rpc::Service& service = context.service();
  registry.Read<v1::GetStatisticsRequest, v1::GetStatisticsResponse>(
      kReportingService, "GetStatistics", service, GetStatistics);
  registry.Read<v1::GetCrossTableRequest, v1::GetCrossTableResponse>(
      kReportingService, "GetCrossTable", service, GetCrossTable);
  registry.Read<v1::GetRiskSummaryRequest, v1::GetRiskSummaryResponse>(
      kReportingService, "GetRiskSummary", service, GetRiskSummary);
  registry.Read<v1::ListReportsRequest, v1::ListReportsResponse>(
      kReportingService, "ListReports", service,
      [](const rpc::CallContext& call, store::Reader& reader, const v1::ListReportsRequest& request,
         v1::ListReportsResponse* response) {
        LF_RETURN_IF_ERROR(CheckUnit(reader, call.unit_id));
        return ListIssued(reader, call.unit_id, request, response);
      });
  RegisterCampaigns(registry, service, context.policies());
  RegisterWarnings(registry, service, context.policies());
  RegisterPublications(registry, service);
  RegisterSuperiorTasks(context);
  documents::RegisterDocuments(context);
  auto environment = std::make_shared<UnitReportEnvironment>(UnitReportEnvironment{
      .service = &service,
      .reads = registry.environment().reads,
      .policies = &context.policies(),
      .key = context.ledger_key(),
      .key_handovers = {context.key_handovers().begin(), context.key_handovers().end()},
      .upstreams = {},
      .background = [&context](std::function<void()> job) {
        context.RunInBackground(std::move(job));
      }});
  registry.Async<v1::GetUnitReportRequest, v1::GetUnitReportResponse>(
      kReportingService, "GetUnitReport",
      [environment](const rpc::CallContext& call,
                    std::shared_ptr<const v1::GetUnitReportRequest> request,
                    std::function<void(absl::StatusOr<v1::GetUnitReportResponse>)> done) {
        StartUnitReport(*environment, call, std::move(request), std::move(done));
      });
  for (const char* upstream : {"personnel", "risk", "grading"}) {
    environment->upstreams[upstream] = &context.Upstream(upstream);
    context.Follow(upstream, ApplyEntry);
  }
  return absl::OkStatus();
}

// What the own entries leave: the newest report's number, what publications count, and how many
// documents there are.
absl::Status DeriveOwn(store::WriteTx& tx, const ledger::v1::EntryHeader& header,
                       const ledger::v1::EntryContent& content) {
  LF_RETURN_IF_ERROR(CountPublications(tx, content));
  LF_RETURN_IF_ERROR(documents::DeriveDocuments(tx, header, content));
  return DeriveIssued(tx, header, content);
}

}  // namespace

server::ModuleSpec ReportingModule() {
  std::vector<const store::RecordKind*> derived = {&ScopeKind(),
                                                   &OwnerKind(),
                                                   &HolderKind(),
                                                   &PointKind(),
                                                   &CubeKind(),
                                                   &KnownKind(),
                                                   &FeedbackKind(),
                                                   &PointMeasureKind(),
                                                   &IssuedKind(),
                                                   &AttentionKind(),
                                                   &SummaryPostKind(),
                                                   &CountedAppointmentKind(),
                                                   &documents::CounterKind(),
                                                   &documents::OrderKind()};
  for (const auto* kind : directory::Kinds()) derived.push_back(kind);
  derived.push_back(&directory::AccountAccessKind());
  return {.name = "reporting",
          .schemas = {{"directory", directory::Schema()},
                      {"reports", IssueSchema()},
                      {"reporting", Schema()}},
          .wire = Wire,
          .kinds = {&ReportKind(), &CampaignKind(), &WarningKind(), &PublicationKind(),
                    &documents::DocumentKind()},
          .derived = std::move(derived),
          .derivations = {{"personnel", ApplyEntry},
                          {"risk", ApplyEntry},
                          {"grading", ApplyEntry},
                          {"reporting", DeriveOwn}}};
}

}  // namespace lianfang::reporting
