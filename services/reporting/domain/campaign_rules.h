// Rules of campaigns: the calendar of a year from its template, and which dates may be set. Pure.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/reporting/v1/campaign.pb.h"

namespace lianfang::reporting {

// The campaign of a year with the template's dates moved to it; without name.
v1::Campaign FromTemplate(const config::v1::CampaignTemplate& calendar, int32_t year);

// The year that an id says, 2000 to 2999; 0 for any other id.
int32_t YearOfId(absl::string_view id);

// INVALID_FIELD unless phases and tasks have ids once each, phases follow each other without a
// common day, all days are of the campaign's year, every kind of task stands at most once, and
// every task is due within its phase. `field` begins the path of what is wrong, e.g. `campaign`.
absl::Status CheckDates(const v1::Campaign& campaign, absl::string_view field);

// INVALID_FIELD unless `next` has the phases and tasks of `old`, by id, with the same kinds, roles,
// phases and clauses: what may change are titles and days.
absl::Status CheckSamePieces(const v1::Campaign& old, const v1::Campaign& next);

// Puts phases in the order of their first days, tasks in the order in which they are due.
void Sort(v1::Campaign* campaign);

}  // namespace lianfang::reporting
