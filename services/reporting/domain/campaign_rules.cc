#include "services/reporting/domain/campaign_rules.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/directory/date.h"
#include "common/status/error.h"

namespace lianfang::reporting {
namespace {

using directory::CompareDates;
using google::type::Date;

Date Move(const config::v1::MonthDay& day, int32_t year) {
  Date date;
  date.set_year(year);
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::Status BadCampaign(absl::string_view field, absl::string_view zh, absl::string_view en) {
  return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, field, zh, en);
}

bool IsOfYear(const Date& date, int32_t year) {
  return directory::IsValidDate(date) && date.year() == year;
}

absl::Status CheckPhases(const v1::Campaign& campaign, absl::string_view field) {
  std::set<std::string> ids;
  for (int i = 0; i < campaign.phases_size(); ++i) {
    const v1::CampaignPhase& phase = campaign.phases(i);
    const std::string path = absl::StrCat(field, ".phases[", i, "]");
    if (!ids.insert(phase.id()).second) {
      return BadCampaign(path + ".id", "该阶段编号出现了两次。", "stands twice.");
    }
    if (!IsOfYear(phase.start_date(), campaign.year())) {
      return BadCampaign(path + ".start_date",
                         absl::StrCat("应当是", campaign.year(), "年的日期。"),
                         "must be a day of the campaign's year.");
    }
    if (!IsOfYear(phase.end_date(), campaign.year()) ||
        CompareDates(phase.end_date(), phase.start_date()) < 0) {
      return BadCampaign(path + ".end_date", "应当是同一年的日期，且不早于开始日期。",
                         "must be a day of the campaign's year, not before the first.");
    }
    if (i > 0 && CompareDates(phase.start_date(), campaign.phases(i - 1).end_date()) <= 0) {
      return BadCampaign(path + ".start_date", "上一阶段还没有结束，阶段之间不能重叠。",
                         "must be after the end of the phase before.");
    }
  }
  return absl::OkStatus();
}

}  // namespace

v1::Campaign FromTemplate(const config::v1::CampaignTemplate& calendar, int32_t year) {
  v1::Campaign campaign;
  campaign.set_year(year);
  campaign.set_template_(calendar.id());
  campaign.set_template_version(absl::StrCat(calendar.id(), "@", calendar.version()));
  for (const auto& phase : calendar.phases()) {
    v1::CampaignPhase* added = campaign.add_phases();
    added->set_id(phase.id());
    added->set_title(phase.title());
    *added->mutable_start_date() = Move(phase.start(), year);
    *added->mutable_end_date() = Move(phase.end(), year);
    added->set_clause(phase.clause());
  }
  for (const auto& task : calendar.tasks()) {
    v1::CampaignTask* added = campaign.add_tasks();
    added->set_id(task.id());
    added->set_title(task.title());
    added->set_kind(task.kind());
    added->set_from_role(task.from_role());
    added->set_to_role(task.to_role());
    *added->mutable_due_date() = Move(task.due(), year);
    added->set_phase(task.phase());
    added->set_clause(task.clause());
  }
  return campaign;
}

int32_t YearOfId(absl::string_view id) {
  int32_t year = 0;
  if (id.size() != 4 || !absl::SimpleAtoi(id, &year) || year < 2000 || year > 2999) return 0;
  return year;
}

absl::Status CheckDates(const v1::Campaign& campaign, absl::string_view field) {
  LF_RETURN_IF_ERROR(CheckPhases(campaign, field));
  std::set<std::string> ids;
  std::set<int> kinds;
  for (int i = 0; i < campaign.tasks_size(); ++i) {
    const v1::CampaignTask& task = campaign.tasks(i);
    const std::string path = absl::StrCat(field, ".tasks[", i, "]");
    if (!ids.insert(task.id()).second) {
      return BadCampaign(path + ".id", "该任务编号出现了两次。", "stands twice.");
    }
    if (!kinds.insert(task.kind()).second) {
      return BadCampaign(path + ".kind", "同一类任务一年只能有一项。",
                         "stands already in this campaign.");
    }
    const auto phase = std::find_if(campaign.phases().begin(), campaign.phases().end(),
                                    [&](const auto& one) { return one.id() == task.phase(); });
    if (phase == campaign.phases().end()) {
      return BadCampaign(path + ".phase", "没有这个阶段。", "is no phase of this campaign.");
    }
    if (!IsOfYear(task.due_date(), campaign.year()) ||
        CompareDates(task.due_date(), phase->start_date()) < 0 ||
        CompareDates(phase->end_date(), task.due_date()) < 0) {
      return BadCampaign(path + ".due_date", "完成时限应当在所属阶段之内。",
                         "must be within its phase.");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSamePieces(const v1::Campaign& old, const v1::Campaign& next) {
  std::map<std::string, const v1::CampaignPhase*> phases;
  for (const auto& phase : old.phases()) phases[phase.id()] = &phase;
  for (int i = 0; i < next.phases_size(); ++i) {
    const auto before = phases.find(next.phases(i).id());
    if (before == phases.end() || before->second->clause() != next.phases(i).clause()) {
      return BadCampaign(
          absl::StrCat("campaign.phases[", i, "]"),
          "只能修改原有阶段的名称和日期，不能增加阶段或改动条文。",
          "is no phase that was opened, or has another clause: only titles and days change.");
    }
  }
  if (next.phases_size() != old.phases_size()) {
    return BadCampaign("campaign.phases", "不能减少阶段。",
                       "must have all phases that were opened.");
  }
  std::map<std::string, const v1::CampaignTask*> tasks;
  for (const auto& task : old.tasks()) tasks[task.id()] = &task;
  for (int i = 0; i < next.tasks_size(); ++i) {
    const v1::CampaignTask& task = next.tasks(i);
    const auto before = tasks.find(task.id());
    const bool same = before != tasks.end() && before->second->kind() == task.kind() &&
                      before->second->from_role() == task.from_role() &&
                      before->second->to_role() == task.to_role() &&
                      before->second->phase() == task.phase() &&
                      before->second->clause() == task.clause();
    if (!same) {
      return BadCampaign(absl::StrCat("campaign.tasks[", i, "]"),
                         "只能修改原有任务的名称和完成时限，不能增加任务或改动其他内容。",
                         "is no task that was opened, or differs in more than title and due day.");
    }
  }
  if (next.tasks_size() != old.tasks_size()) {
    return BadCampaign("campaign.tasks", "不能减少任务。", "must have all tasks that were opened.");
  }
  return absl::OkStatus();
}

void Sort(v1::Campaign* campaign) {
  std::stable_sort(campaign->mutable_phases()->begin(), campaign->mutable_phases()->end(),
                   [](const auto& a, const auto& b) {
                     return CompareDates(a.start_date(), b.start_date()) < 0;
                   });
  std::stable_sort(
      campaign->mutable_tasks()->begin(), campaign->mutable_tasks()->end(),
      [](const auto& a, const auto& b) { return CompareDates(a.due_date(), b.due_date()) < 0; });
}

}  // namespace lianfang::reporting
