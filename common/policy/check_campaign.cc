#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/id.h"
#include "common/policy/check.h"
#include "common/policy/complaint.h"
#include "common/status/error.h"

namespace lianfang::policy {
namespace {

using config::v1::CampaignTemplate;
using config::v1::MonthDay;
using config::v1::PhaseTemplate;
using config::v1::TaskTemplate;

// A day that every year has, which the 29th of February is not.
bool IsDay(const MonthDay& day) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return day.month() >= 1 && day.month() <= 12 && day.day() >= 1 &&
         day.day() <= kDays[day.month() - 1];
}

std::pair<int, int> Order(const MonthDay& day) { return {day.month(), day.day()}; }

absl::Status CheckPhases(const CampaignTemplate& policy) {
  if (policy.phases().empty()) return Wrong("has no phases");
  std::set<std::string> ids;
  const PhaseTemplate* before = nullptr;
  for (const PhaseTemplate& phase : policy.phases()) {
    if (!IsValidResourceId(phase.id())) {
      return Wrong("phase id '", phase.id(), "' is not a resource id");
    }
    if (!ids.insert(phase.id()).second) return Wrong("phase '", phase.id(), "' stands twice");
    if (phase.title().empty()) return Wrong("phase '", phase.id(), "' has no title");
    if (!IsDay(phase.start()) || !IsDay(phase.end())) {
      return Wrong("phase '", phase.id(), "' has a day that not every year has");
    }
    if (Order(phase.end()) < Order(phase.start())) {
      return Wrong("phase '", phase.id(), "' ends before it begins");
    }
    if (before != nullptr && Order(phase.start()) <= Order(before->end())) {
      return Wrong("phase '", phase.id(), "' begins before '", before->id(), "' is over");
    }
    before = &phase;
  }
  return absl::OkStatus();
}

absl::Status CheckTask(const CampaignTemplate& policy, const TaskTemplate& task) {
  if (!IsValidResourceId(task.id())) return Wrong("task id '", task.id(), "' is not a resource id");
  if (task.title().empty()) return Wrong("task '", task.id(), "' has no title");
  if (task.kind() == reporting::v1::TASK_KIND_UNSPECIFIED) {
    return Wrong("task '", task.id(), "' has no kind");
  }
  if (task.from_role() == reporting::v1::TASK_ROLE_UNSPECIFIED ||
      task.to_role() == reporting::v1::TASK_ROLE_UNSPECIFIED) {
    return Wrong("task '", task.id(), "' does not say who hands in to whom");
  }
  if (!IsDay(task.due())) return Wrong("task '", task.id(), "' is due on no day of every year");
  for (const PhaseTemplate& phase : policy.phases()) {
    if (phase.id() != task.phase()) continue;
    if (Order(task.due()) < Order(phase.start()) || Order(phase.end()) < Order(task.due())) {
      return Wrong("task '", task.id(), "' is not due within its phase");
    }
    return absl::OkStatus();
  }
  return Wrong("task '", task.id(), "' is of no known phase");
}

}  // namespace

absl::Status CheckCampaign(const CampaignTemplate& policy) {
  if (!IsValidResourceId(policy.id())) {
    return Wrong("id '", policy.id(), "' is not a resource id");
  }
  if (policy.version() < 1) return Wrong("version must be 1 or more");
  LF_RETURN_IF_ERROR(CheckPhases(policy));
  if (policy.tasks().empty()) return Wrong("has no tasks");
  std::set<std::string> ids;
  std::set<int> kinds;
  const TaskTemplate* before = nullptr;
  for (const TaskTemplate& task : policy.tasks()) {
    LF_RETURN_IF_ERROR(CheckTask(policy, task));
    if (!ids.insert(task.id()).second) return Wrong("task '", task.id(), "' stands twice");
    if (!kinds.insert(task.kind()).second) {
      return Wrong("task '", task.id(), "' is of a kind that stands already");
    }
    if (before != nullptr && Order(task.due()) < Order(before->due())) {
      return Wrong("task '", task.id(), "' is due before '", before->id(),
                   "', which stands before");
    }
    before = &task;
  }
  return absl::OkStatus();
}

}  // namespace lianfang::policy
