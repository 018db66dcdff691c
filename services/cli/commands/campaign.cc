// lianfang campaign: how far the year's work has come.
#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/status/error.h"
#include "lianfang/reporting/v1/campaign.grpc.pb.h"
#include "services/cli/commands/commands.h"
#include "services/cli/commands/year.h"
#include "services/cli/render/year_tables.h"
#include "services/cli/render/year_words.h"

namespace lianfang::cli {
namespace {

constexpr Flag kCampaignFlags[] = {kUnitFlag, kYearFlag, kDepartmentFlag};

absl::Status RunCampaign(Session& session) {
  LF_ASSIGN_OR_RETURN(const std::string unit, session.UnitId());
  LF_ASSIGN_OR_RETURN(const auto client, session.Connect("reporting", kOfficeRole));
  LF_ASSIGN_OR_RETURN(const int year, YearOf(session, *client, unit));
  using Stub = reporting::v1::CampaignService::Stub;
  Stub stub(client->channel());
  const std::string name = RecordName(unit, "campaigns", absl::StrCat(year));
  reporting::v1::GetCampaignProgressRequest request;
  request.set_name(name);
  LF_ASSIGN_OR_RETURN(const auto progress, client->Call(stub, &Stub::GetCampaignProgress, request,
                                                        session.call_options()));
  if (session.json()) return session.PrintJson(progress);
  reporting::v1::GetCampaignRequest get;
  get.set_name(name);
  LF_ASSIGN_OR_RETURN(const auto found,
                      client->Call(stub, &Stub::GetCampaign, get, session.call_options()));
  const auto& campaign = found.campaign();
  session.Say(
      absl::StrCat(year, " 年度工作进度（", progress.template_version(),
                   campaign.etag().empty() ? "，尚未安排，按模板日期" : "", "）"),
      absl::StrCat("progress of ", year, " (", progress.template_version(),
                   campaign.etag().empty() ? ", not opened: dates of the template" : "", ")"));
  for (const auto& phase : campaign.phases()) {
    const std::string line = absl::StrCat("  ", MonthDay(phase.start_date()), " – ",
                                          MonthDay(phase.end_date()), "  ", phase.title());
    session.Say(line, line);
  }
  session.Print(
      CampaignTable(progress, DepartmentOf(session, unit), session.lang(), LayoutOf(session)));
  return absl::OkStatus();
}

}  // namespace

const Command kCampaign = {
    "campaign",
    {"年度工作进度：各项任务应交、已交、完成、迟交、逾期",
     "progress of the year: what is expected, handed in, done, late, overdue"},
    kCampaignFlags,
    RunCampaign};

}  // namespace lianfang::cli
