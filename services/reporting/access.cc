#include "services/reporting/access.h"

#include <algorithm>
#include <string>

#include "common/access/rules.h"
#include "services/reporting/domain/escalation.h"

namespace lianfang::reporting {

namespace {

// Where the caller stands, as the roster of the year's work says.
access::Place PlaceIn(const Roster& roster, const std::string& subject) {
  access::Place place;
  for (const auto& [name, post] : roster.posts) {
    for (const RosterHolding& holding : post.holders) {
      if (holding.person == subject) place.posts.push_back(name);
    }
  }
  for (const auto& [name, department] : roster.departments) {
    if (department.head == subject) place.heads.push_back(name);
    if (department.vice_principal == subject) place.in_charge.push_back(name);
  }
  return place;
}

}  // namespace

bool SeesWholeUnit(const auth::Identity& caller) {
  return access::RolesSuffice(caller, access::Action::kSeeCampaign);
}

std::function<bool(const v1::CampaignTaskItem&)> SeesItems(const auth::Identity& caller,
                                                           const Roster& roster) {
  if (SeesWholeUnit(caller)) return [](const v1::CampaignTaskItem&) { return true; };
  return [&caller, place = PlaceIn(roster, caller.subject)](const v1::CampaignTaskItem& item) {
    access::Facts facts;
    facts.department = item.department();
    facts.persons = {item.person()};
    // Another holder's form is not one's own.
    if (item.person().empty()) facts.post = item.subject();
    return access::Check(caller, place, access::Action::kSeeCampaign, facts).ok();
  };
}

bool SeesReminder(const auth::Identity& caller, const v1::Reminder& reminder) {
  access::Facts facts;
  facts.persons = {reminder.person()};
  return access::Check(caller, {}, access::Action::kSeeReminder, facts).ok();
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
