#include "services/aggregator/upward_handler.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/auth/share.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "common/store/reader.h"
#include "common/store/writer.h"
#include "lianfang/reporting/v1/reporting.pb.h"
#include "services/aggregator/domain/rollup.h"
#include "services/aggregator/member_store.h"
#include "services/reporting/domain/report_sums.h"
#include "services/reporting/domain/statistics.h"
#include "services/reporting/issue/issue.h"
#include "services/reporting/issue/proofs.h"

namespace lianfang::aggregator {
namespace {

constexpr absl::string_view kReportingService = "lianfang.reporting.v1.ReportingService";

using aggregation::v1::Member;
using reporting::v1::GetStatisticsRequest;
using reporting::v1::GetStatisticsResponse;
using reporting::v1::GetUnitReportRequest;
using reporting::v1::GetUnitReportResponse;
using reporting::v1::ListReportsRequest;
using reporting::v1::ListReportsResponse;
using reporting::v1::Statistics;
using reporting::v1::UnitReport;

using Done = std::function<void(absl::StatusOr<GetUnitReportResponse>)>;

absl::Status NoMembers(absl::string_view unit_id) {
  return ErrorBuilder(common::v1::ERROR_REASON_RESOURCE_NOT_FOUND,
                      absl::StrCat("units/", unit_id, " 在此没有下级单位，没有报告。"),
                      absl::StrCat("units/", unit_id, " has no members here, so no report."))
      .Meta("resource", UnitName(unit_id));
}

// The report of the members as they are now. It counts no ledgers of the unit itself; what its
// members' ledgers prove was checked when they were pulled.
absl::StatusOr<UnitReport> Compose(store::Reader& reader, const std::string& unit_id) {
  UnitReport report;
  report.set_unit(UnitName(unit_id));
  // An aggregator keeps no directory: the unit above knows the name of whom it registers.
  report.set_display_name(unit_id);
  UnitReport totals;
  LF_ASSIGN_OR_RETURN(const bool any,
                      ReadRollup(reader, unit_id, &totals, [&](const Member& member) {
                        *report.add_members() = Summarize(member);
                        if (Counts(member)) {
                          report.set_year(std::max(report.year(), member.report().year()));
                        }
                      }));
  if (!any) return NoMembers(unit_id);
  *report.mutable_total() = reporting::Complete(totals.total());
  reporting::ShowSums(totals, &report);
  report.set_school_count(totals.school_count());
  return report;
}

// One call of GetUnitReport: issues in the writer, then proves over a connection of the read pool.
struct ReportCall {
  rpc::Service* service;
  rpc::ReadPool* reads;
  crypto::Ed25519PrivateKey key;
  google::protobuf::RepeatedPtrField<std::string> key_handovers;
  rpc::CallContext call;
  std::shared_ptr<const GetUnitReportRequest> request;
  Done done;
};

absl::StatusOr<GetUnitReportResponse> Prove(const ReportCall& report_call,
                                            const reporting::Issued& issued) {
  LF_ASSIGN_OR_RETURN(auto connection, report_call.service->readers->Borrow());
  GetUnitReportResponse response;
  reporting::FillReport(*report_call.request, issued.report, &response);
  const std::string& service = report_call.service->name;
  LF_RETURN_IF_ERROR(reporting::ProveIssued(
      *connection, report_call.call.unit_id, service, report_call.key, issued.sequence,
      reporting::KnownSize(*report_call.request, service), &response));
  reporting::AddHandovers(report_call.key_handovers, &response);
  return response;
}

absl::StatusOr<std::optional<reporting::Issued>> Known(const ReportCall& report_call) {
  LF_ASSIGN_OR_RETURN(auto connection, report_call.service->readers->Borrow());
  store::ConnectionReader reader(connection.get());
  const std::string& unit_id = report_call.call.unit_id;
  LF_ASSIGN_OR_RETURN(const UnitReport report, Compose(reader, unit_id));
  return reporting::FindIssued(reader, unit_id, report);
}

void IssueReport(const std::shared_ptr<ReportCall>& report_call) {
  // Written in the writer's thread before its `done`, which comes after; read after that.
  auto issued = std::make_shared<reporting::Issued>();
  store::Mutation mutation;
  mutation.unit_id = report_call->call.unit_id;
  // Issued for what the ledgers say, whoever asks: the entry goes upward as it stands.
  mutation.actor = std::make_shared<const auth::Identity>(
      auth::Identity{.subject = absl::StrCat("services/", report_call->service->name)});
  mutation.method = report_call->call.method->full_name;
  mutation.deadline = report_call->call.deadline;
  mutation.apply = [issued](store::WriteTx& tx) -> absl::Status {
    LF_ASSIGN_OR_RETURN(UnitReport report, Compose(tx, tx.unit_id()));
    LF_ASSIGN_OR_RETURN(*issued, reporting::Issue(tx, std::move(report)));
    return absl::OkStatus();
  };
  mutation.done = [report_call, issued](const absl::StatusOr<store::Committed>& outcome) {
    if (!outcome.ok()) {
      report_call->done(outcome.status());
      return;
    }
    report_call->reads->Submit(auth::ShareOf(report_call->call.identity.get()),
                               report_call->call.deadline,
                               [report_call, issued](const absl::Status& status) {
                                 if (status.ok()) {
                                   report_call->done(Prove(*report_call, *issued));
                                 } else {
                                   report_call->done(status);
                                 }
                               });
  };
  report_call->service->writer->Submit(std::move(mutation));
}

// Reads before it asks the writer: a layer above that polls must not hold up those who change
// something, nor write.
void StartReport(const std::shared_ptr<ReportCall>& report_call) {
  report_call->reads->Submit(auth::ShareOf(report_call->call.identity.get()),
                             report_call->call.deadline, [report_call](const absl::Status& status) {
                               if (!status.ok()) {
                                 report_call->done(status);
                                 return;
                               }
                               const auto known = Known(*report_call);
                               if (!known.ok()) {
                                 report_call->done(known.status());
                               } else if (*known) {
                                 report_call->done(Prove(*report_call, **known));
                               } else {
                                 IssueReport(report_call);
                               }
                             });
}

absl::Status GetStatistics(const rpc::CallContext& call, store::Reader& reader,
                           const GetStatisticsRequest& request, GetStatisticsResponse* response) {
  // Reports from below carry one total, not one a year: better no answer than another year's.
  if (request.year() != 0) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "year",
                      "上级汇总没有分年度统计，请向学校查询。",
                      "must be 0: an aggregator has no statistics by year.");
  }
  // The position first: the counts are of it or of a later one.
  LF_ASSIGN_OR_RETURN(const int64_t size, reader.LedgerSize(call.unit_id));
  LF_ASSIGN_OR_RETURN(const auto total, ReadTotal(reader, call.unit_id));
  if (!total) return NoMembers(call.unit_id);
  *response->mutable_total() = reporting::Complete(*total);
  auto* position = response->add_positions();
  position->set_unit(UnitName(call.unit_id));
  position->set_service("aggregator");
  position->set_sequence(size);
  return absl::OkStatus();
}

}  // namespace

void RegisterUpwardReporting(rpc::Registry& registry, rpc::Service& service,
                             const crypto::Ed25519PrivateKey& key,
                             const std::vector<std::string>& key_handovers) {
  registry.Async<GetUnitReportRequest, GetUnitReportResponse>(
      kReportingService, "GetUnitReport",
      [&service, key,
       handovers = google::protobuf::RepeatedPtrField<std::string>(key_handovers.begin(),
                                                                   key_handovers.end()),
       reads = registry.environment().reads](const rpc::CallContext& call,
                                             std::shared_ptr<const GetUnitReportRequest> request,
                                             Done done) {
        StartReport(std::make_shared<ReportCall>(ReportCall{&service, reads, key, handovers, call,
                                                            std::move(request), std::move(done)}));
      });
  registry.Read<ListReportsRequest, ListReportsResponse>(
      kReportingService, "ListReports", service,
      [](const rpc::CallContext& call, store::Reader& reader, const ListReportsRequest& request,
         ListReportsResponse* response) {
        return reporting::ListIssued(reader, call.unit_id, request, response);
      });
  registry.Read<GetStatisticsRequest, GetStatisticsResponse>(kReportingService, "GetStatistics",
                                                             service, GetStatistics);
}

}  // namespace lianfang::aggregator
