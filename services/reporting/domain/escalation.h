// How far an unhandled warning rises (告警上报). Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/reporting/v1/warning.pb.h"
#include "services/reporting/domain/roster.h"

namespace lianfang::reporting {

// Persons of the unit who hold a role of the chain for a department (empty: the leadership and the
// unit). Nobody for the superior, who is no person of the unit.
std::vector<std::string> HoldersOfRole(v1::EscalationRole role, const std::string& department,
                                       const Roster& roster);

// Where a warning that began at `since` is now. A step whose role nobody holds, or only persons
// whom the warning is about, is passed over: the next takes its time. Absent when no step is left.
std::optional<v1::Escalation> Escalate(const config::v1::WarningsPolicy& policy,
                                       const v1::Warning& warning, const Roster& roster,
                                       absl::Time now);

}  // namespace lianfang::reporting
