#include "services/reporting/campaign_handler.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/resource_name.h"
#include "common/rpc/standard.h"
#include "common/status/error.h"
#include "lianfang/reporting/v1/campaign.pb.h"
#include "services/reporting/access.h"
#include "services/reporting/domain/campaign_items.h"
#include "services/reporting/domain/campaign_rules.h"
#include "services/reporting/domain/school_time.h"
#include "services/reporting/facts.h"
#include "services/reporting/reporting_kinds.h"
#include "services/reporting/unit_check.h"

namespace lianfang::reporting {
namespace {

constexpr char kCampaignService[] = "lianfang.reporting.v1.CampaignService";
constexpr int kDefaultDays = 7;

absl::Status CreateCampaign(const policy::Policies& policies, store::WriteTx& tx,
                            const v1::CreateCampaignRequest& request) {
  const absl::Status unit = CheckUnit(tx, tx.unit_id());
  if (!unit.ok()) return rpc::MaybeBehind(unit, "personnel");
  const v1::Campaign& given = request.campaign();
  const std::string id = given.template_().empty() ? policies.default_campaign : given.template_();
  const auto calendar = policies.campaigns.find(id);
  if (calendar == policies.campaigns.end()) {
    return FieldError(common::v1::ERROR_REASON_POLICY_NOT_FOUND, "campaign.template",
                      absl::StrCat("没有名为“", id, "”的工作日程。"),
                      absl::StrCat("The server has no calendar '", id, "'."));
  }
  v1::Campaign campaign = FromTemplate(calendar->second, given.year());
  if (!given.phases().empty()) *campaign.mutable_phases() = given.phases();
  if (!given.tasks().empty()) *campaign.mutable_tasks() = given.tasks();
  Sort(&campaign);
  LF_RETURN_IF_ERROR(CheckDates(campaign, "campaign"));
  campaign.set_name(RecordName(tx.unit_id(), "campaigns", absl::StrCat(given.year())));
  LF_ASSIGN_OR_RETURN(const auto existing, tx.Find<v1::Campaign>(CampaignKind(), campaign.name()));
  if (existing) {
    return ErrorBuilder(common::v1::ERROR_REASON_RESOURCE_EXISTS,
                        absl::StrCat(given.year(), "年的工作日程已经建立。"),
                        absl::StrCat(campaign.name(), " exists already."))
        .Meta("resource", campaign.name());
  }
  return tx.Put(CampaignKind(), campaign);
}

absl::Status UpdateCampaign(store::WriteTx&, const v1::Campaign& old, v1::Campaign& next) {
  LF_RETURN_IF_ERROR(CheckSamePieces(old, next));
  Sort(&next);
  return CheckDates(next, "campaign");
}

// A campaign with its pieces.
struct Year {
  v1::Campaign campaign;
  Roster roster;
  std::vector<v1::CampaignTaskItem> items;
};

absl::StatusOr<Year> ReadYear(const policy::Policies& policies, const rpc::CallContext& call,
                              store::Reader& reader, const std::string& name) {
  Year year;
  const absl::CivilDay today = DayOf(call.now);
  LF_ASSIGN_OR_RETURN(year.roster, ReadRoster(reader, call.unit_id, today));
  LF_ASSIGN_OR_RETURN(year.campaign, ReadCampaign(reader, policies, name));
  LF_ASSIGN_OR_RETURN(year.items, ReadItems(reader, year.campaign, year.roster, today));
  return year;
}

absl::Status GetProgress(const policy::Policies& policies, const rpc::CallContext& call,
                         store::Reader& reader, const v1::GetCampaignProgressRequest& request,
                         v1::GetCampaignProgressResponse* response) {
  LF_ASSIGN_OR_RETURN(const Year year, ReadYear(policies, call, reader, request.name()));
  for (auto& task : ProgressOf(year.campaign, year.roster, year.items)) {
    *response->add_tasks() = std::move(task);
  }
  response->set_template_version(year.campaign.template_version());
  return absl::OkStatus();
}

bool Wanted(const v1::ListCampaignTasksRequest& request, const v1::CampaignTaskItem& item) {
  return (request.task().empty() || item.task() == request.task()) &&
         (request.department().empty() || item.department() == request.department()) &&
         (request.state() == v1::TASK_STATE_UNSPECIFIED || item.state() == request.state()) &&
         (!request.only_late() || item.late() || item.overdue());
}

absl::Status ListTasks(const policy::Policies& policies, const rpc::CallContext& call,
                       store::Reader& reader, const v1::ListCampaignTasksRequest& request,
                       v1::ListCampaignTasksResponse* response) {
  LF_ASSIGN_OR_RETURN(const std::string after, rpc::ReadPageToken(request));
  LF_ASSIGN_OR_RETURN(Year year, ReadYear(policies, call, reader, request.parent()));
  const auto sees = SeesItems(*call.identity, year.roster);
  std::string last;
  for (v1::CampaignTaskItem& item : year.items) {
    std::string key = KeyOf(year.campaign, item);
    if (key <= after || !Wanted(request, item) || !sees(item)) {
      continue;
    }
    if (response->items_size() == rpc::PageSize(request.page_size())) {
      response->set_next_page_token(rpc::MakePageToken(request, last));
      break;
    }
    last = std::move(key);
    *response->add_items() = std::move(item);
  }
  return absl::OkStatus();
}

absl::Status ListReminders(const policy::Policies& policies, const rpc::CallContext& call,
                           store::Reader& reader, const v1::ListRemindersRequest& request,
                           v1::ListRemindersResponse* response) {
  LF_ASSIGN_OR_RETURN(const std::string after, rpc::ReadPageToken(request));
  LF_ASSIGN_OR_RETURN(const Year year, ReadYear(policies, call, reader, request.parent()));
  const int days = request.within_days() == 0 ? kDefaultDays : request.within_days();
  std::string last;
  for (v1::Reminder& reminder :
       RemindersOf(year.campaign, year.roster, year.items, DayOf(call.now), days)) {
    std::string key = KeyOf(year.campaign, reminder);
    const bool wanted = request.person().empty() || reminder.person() == request.person();
    if (key <= after || !wanted || !SeesReminder(*call.identity, reminder)) continue;
    if (response->reminders_size() == rpc::PageSize(request.page_size())) {
      response->set_next_page_token(rpc::MakePageToken(request, last));
      break;
    }
    last = std::move(key);
    *response->add_reminders() = std::move(reminder);
  }
  return absl::OkStatus();
}

}  // namespace

void RegisterCampaigns(rpc::Registry& registry, rpc::Service& service,
                       const policy::Policies& policies) {
  const policy::Policies* const all = &policies;
  registry.Write<v1::CreateCampaignRequest, v1::CreateCampaignResponse>(
      kCampaignService, "CreateCampaign", service,
      [all](store::WriteTx& tx, const v1::CreateCampaignRequest& request) {
        return CreateCampaign(*all, tx, request);
      });
  registry.Read<v1::GetCampaignRequest, v1::GetCampaignResponse>(
      kCampaignService, "GetCampaign", service,
      [all](const rpc::CallContext& call, store::Reader& reader,
            const v1::GetCampaignRequest& request, v1::GetCampaignResponse* response) {
        LF_RETURN_IF_ERROR(CheckUnit(reader, call.unit_id));
        LF_ASSIGN_OR_RETURN(*response->mutable_campaign(),
                            ReadCampaign(reader, *all, request.name()));
        return absl::OkStatus();
      });
  rpc::Standard<v1::Campaign>(&registry, kCampaignService, &service, &CampaignKind())
      .List<v1::ListCampaignsRequest, v1::ListCampaignsResponse>(
          "ListCampaigns",
          [](const rpc::CallContext&, const v1::ListCampaignsRequest&) { return store::Query(); })
      .Update<v1::UpdateCampaignRequest, v1::UpdateCampaignResponse>("UpdateCampaign",
                                                                     UpdateCampaign);
  registry.Read<v1::GetCampaignProgressRequest, v1::GetCampaignProgressResponse>(
      kCampaignService, "GetCampaignProgress", service,
      [all](const auto& call, auto& reader, const auto& request, auto* response) {
        return GetProgress(*all, call, reader, request, response);
      });
  registry.Read<v1::ListCampaignTasksRequest, v1::ListCampaignTasksResponse>(
      kCampaignService, "ListCampaignTasks", service,
      [all](const auto& call, auto& reader, const auto& request, auto* response) {
        return ListTasks(*all, call, reader, request, response);
      });
  registry.Read<v1::ListRemindersRequest, v1::ListRemindersResponse>(
      kCampaignService, "ListReminders", service,
      [all](const auto& call, auto& reader, const auto& request, auto* response) {
        return ListReminders(*all, call, reader, request, response);
      });
}

}  // namespace lianfang::reporting
