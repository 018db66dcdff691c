#include "services/reporting/domain/escalation.h"

#include <algorithm>

#include "services/reporting/domain/school_time.h"

namespace lianfang::reporting {
namespace {

// A step that somebody takes.
struct Taken {
  int number;  // in the policy's chain, from 1
  v1::EscalationRole role;
  std::vector<std::string> persons;
  absl::Time since;
};

}  // namespace

std::vector<std::string> HoldersOfRole(v1::EscalationRole role, const std::string& department,
                                       const Roster& roster) {
  const auto found = roster.departments.find(department);
  std::string person;
  switch (role) {
    case v1::ESCALATION_ROLE_DEPARTMENT_HEAD:
      if (found == roster.departments.end()) return roster.control_office;
      person = found->second.head;
      break;
    case v1::ESCALATION_ROLE_VICE_PRINCIPAL:
      if (found != roster.departments.end()) person = found->second.vice_principal;
      break;
    case v1::ESCALATION_ROLE_CONTROL_OFFICE:
      return roster.control_office;
    case v1::ESCALATION_ROLE_PRINCIPAL:
      return roster.principals;
    default:
      break;
  }
  if (person.empty()) return {};
  return {person};
}

std::optional<v1::Escalation> Escalate(const config::v1::WarningsPolicy& policy,
                                       const v1::Warning& warning, const Roster& roster,
                                       absl::Time now) {
  const absl::Time began = TimeOf(warning.since());
  std::vector<Taken> chain;
  // Since when the next step that somebody takes has it.
  std::optional<absl::Time> since;
  for (int i = 0; i < policy.escalation_size(); ++i) {
    const auto& step = policy.escalation(i);
    if (!since) since = began + absl::Hours(step.after_hours());
    std::vector<std::string> persons = HoldersOfRole(step.role(), warning.department(), roster);
    std::erase_if(persons, [&](const std::string& person) {
      return std::find(warning.persons().begin(), warning.persons().end(), person) !=
             warning.persons().end();
    });
    if (persons.empty() && step.role() != v1::ESCALATION_ROLE_SUPERIOR_OFFICE) continue;
    chain.push_back({i + 1, step.role(), std::move(persons), *since});
    since.reset();
  }
  if (chain.empty()) return std::nullopt;
  // The first has it from the beginning.
  size_t at = 0;
  while (at + 1 < chain.size() && chain[at + 1].since <= now) ++at;
  v1::Escalation escalation;
  escalation.set_step(chain[at].number);
  escalation.set_role(chain[at].role);
  for (std::string& person : chain[at].persons) escalation.add_persons(std::move(person));
  *escalation.mutable_since() = ToTimestamp(chain[at].since);
  if (at + 1 < chain.size()) {
    escalation.set_next_role(chain[at + 1].role);
    *escalation.mutable_next_time() = ToTimestamp(chain[at + 1].since);
  }
  return escalation;
}

}  // namespace lianfang::reporting
