// lianfang report, summary, statistics: what a unit reports, as tables.
#include <climits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "lianfang/reporting/v1/reporting.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/year.h"
#include "services/cli/core/pages.h"
#include "services/cli/render/tables.h"
#include "services/cli/render/words.h"

namespace lianfang::cli {
namespace {

using ReportingStub = reporting::v1::ReportingService::Stub;

constexpr Flag kUnitFlags[] = {kUnitFlag};
constexpr Flag kSummaryFlags[] = {
    kUnitFlag,
    kDepartmentFlag,
    {"limit", "N", Flag::kValue, {"只显示前 N 行；默认全部", "only the first N rows; default all"}},
};

absl::Status RunReport(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("reporting", kOfficeRole));
  ReportingStub stub(client->channel());
  reporting::v1::GetUnitReportRequest request;
  request.set_unit(UnitName(unit));
  LF_ASSIGN_OR_RETURN(const auto response, client->Call(stub, &ReportingStub::GetUnitReport,
                                                        request, session.call_options()));
  if (session.json()) return session.PrintJson(response);
  const auto& report = response.report();
  session.Say(absl::StrCat(report.display_name(), "　第 ", report.number(), " 号报告，",
                           DayOf(report.issue_time()), "，", report.year(), " 年度"),
              absl::StrCat(report.display_name(), ": report number ", report.number(), ", ",
                           DayOf(report.issue_time()), ", year ", report.year()));
  session.Say("《处室廉政风险防控统计表》（附件11）", "Statistics of departments (annex 11)");
  session.Print(
      StatisticsTable(report.departments(), report.total(), session.lang(), LayoutOf(session)));
  session.Print(BreakdownTable(report.total(), session.lang()));
  std::vector<std::string> ledgers;
  for (const auto& ledger : report.ledgers()) {
    ledgers.push_back(absl::StrCat(ledger.service(), " ", ledger.size()));
  }
  session.Say(absl::StrCat("依据的账本：", absl::StrJoin(ledgers, "、")),
              absl::StrCat("counted from the ledgers: ", absl::StrJoin(ledgers, ", ")));
  return absl::OkStatus();
}

absl::Status RunStatistics(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("reporting", kOfficeRole));
  ReportingStub stub(client->channel());
  reporting::v1::GetStatisticsRequest request;
  request.set_unit(UnitName(unit));
  LF_ASSIGN_OR_RETURN(const auto response, client->Call(stub, &ReportingStub::GetStatistics,
                                                        request, session.call_options()));
  if (session.json()) return session.PrintJson(response);
  session.Print(
      StatisticsTable(response.departments(), response.total(), session.lang(), LayoutOf(session)));
  session.Print(BreakdownTable(response.total(), session.lang()));
  return absl::OkStatus();
}

absl::Status RunSummary(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const int limit, NumberOf(session, "limit", 1, INT_MAX, 0));
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("reporting", kOfficeRole));
  ReportingStub stub(client->channel());
  reporting::v1::GetRiskSummaryRequest request;
  request.set_unit(UnitName(unit));
  request.set_department(DepartmentOf(session, unit));
  reporting::v1::GetRiskSummaryResponse all;
  LF_RETURN_IF_ERROR(EachPage(
      request,
      [&](const auto& page) {
        return client->Call(stub, &ReportingStub::GetRiskSummary, page, session.call_options());
      },
      [&](auto& page) {
        for (auto& row : *page.mutable_rows()) *all.add_rows() = std::move(row);
        return absl::OkStatus();
      }));
  const int total = all.rows_size();
  if (limit > 0 && total > limit) all.mutable_rows()->DeleteSubrange(limit, total - limit);
  if (session.json()) return session.PrintJson(all);
  Table table = SummaryTable(session.lang(), LayoutOf(session));
  for (const auto& row : all.rows()) AddSummaryRow(row, session.lang(), LayoutOf(session), &table);
  session.Say("《处室（单位）廉政风险识别一览表》（附件8）",
              "Risk identification summary (annex 8)");
  session.Print(table);
  session.Say(absl::StrCat("共 ", total, " 行，显示 ", all.rows_size(), " 行"),
              absl::StrCat(total, " rows in all, ", all.rows_size(), " shown"));
  return absl::OkStatus();
}

}  // namespace

const Command kReport = {
    "report",
    {"单位报告：统计表（附件11）与各级数量", "the unit's report: statistics (annex 11) and levels"},
    kUnitFlags,
    RunReport};
const Command kStatistics = {
    "statistics",
    {"统计表（附件11），不出具报告", "statistics (annex 11) without issuing a report"},
    kUnitFlags,
    RunStatistics};
const Command kSummary = {"summary",
                          {"廉政风险识别一览表（附件8）", "risk identification summary (annex 8)"},
                          kSummaryFlags,
                          RunSummary};

}  // namespace lianfang::cli
