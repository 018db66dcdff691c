// What of a unit's year a caller sees. What a role may call at all is said by the permission table;
// this is about whose business it is.
#pragma once

#include <functional>

#include "common/auth/identity.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/reporting/v1/campaign.pb.h"
#include "lianfang/reporting/v1/warning.pb.h"
#include "services/reporting/domain/roster.h"

namespace lianfang::reporting {

// Whether the caller has an office over the whole unit: keeps the year, leads the unit, audits it,
// or sends its reminders.
bool SeesWholeUnit(const auth::Identity& caller);

// What says of a piece whether the caller sees it: his own, or one of a department that he heads or
// is in charge of. Both must outlive it.
std::function<bool(const v1::CampaignTaskItem&)> SeesItems(const auth::Identity& caller,
                                                           const Roster& roster);

// Whether the caller sees what somebody is reminded of.
bool SeesReminder(const auth::Identity& caller, const v1::Reminder& reminder);

// Whether a warning is the caller's business: it has reached him in the chain, or, once it is
// adjudicated or gone, could have.
bool SeesWarning(const auth::Identity& caller, const config::v1::WarningsPolicy& policy,
                 const v1::Warning& warning, const Roster& roster);

}  // namespace lianfang::reporting
