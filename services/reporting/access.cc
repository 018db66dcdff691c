#include "services/reporting/access.h"

#include <algorithm>
#include <iterator>

#include "services/reporting/domain/escalation.h"

namespace lianfang::reporting {

bool SeesWholeUnit(const auth::Identity& caller) {
  static constexpr absl::string_view kOffices[] = {"control_office", "leading_group",
                                                   "principal",      "auditor",
                                                   "district_admin", "reminder_gateway"};
  return std::any_of(std::begin(kOffices), std::end(kOffices),
                     [&](absl::string_view role) { return caller.HasRole(role); });
}

bool SeesItem(const auth::Identity& caller, const v1::CampaignTaskItem& item,
              const Roster& roster) {
  if (SeesWholeUnit(caller) || caller.subject == item.person()) return true;
  const auto post = roster.posts.find(item.subject());
  // Another holder's form is not one's own.
  if (post != roster.posts.end() && item.person().empty()) {
    for (const RosterHolding& holding : post->second.holders) {
      if (holding.person == caller.subject) return true;
    }
  }
  const auto department = roster.departments.find(item.department());
  return department != roster.departments.end() &&
         (department->second.head == caller.subject ||
          department->second.vice_principal == caller.subject);
}

bool SeesWarning(const auth::Identity& caller, const config::v1::WarningsPolicy& policy,
                 const v1::Warning& warning, const Roster& roster) {
  if (SeesWholeUnit(caller)) return true;
  if (std::find(warning.persons().begin(), warning.persons().end(), caller.subject) !=
      warning.persons().end()) {
    return false;
  }
  const int steps =
      warning.has_escalation() ? warning.escalation().step() : policy.escalation_size();
  for (int i = 0; i < steps; ++i) {
    const auto role = policy.escalation(i).role();
    if (role == v1::ESCALATION_ROLE_SUPERIOR_OFFICE && caller.HasRole("superior_office")) {
      return true;
    }
    const auto persons = HoldersOfRole(role, warning.department(), roster);
    if (std::find(persons.begin(), persons.end(), caller.subject) != persons.end()) return true;
  }
  return false;
}

}  // namespace lianfang::reporting
