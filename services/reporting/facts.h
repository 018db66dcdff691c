// Reading what the domain rules of campaigns and warnings are told: the roster, the calendar, the
// records of a year, and the warnings that follow from them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/policy/policies.h"
#include "common/store/reader.h"
#include "lianfang/reporting/v1/campaign.pb.h"
#include "lianfang/reporting/v1/warning.pb.h"
#include "services/reporting/domain/roster.h"
#include "services/reporting/state/state.pb.h"

namespace lianfang::reporting {

// The unit as it is on a day. RESOURCE_NOT_FOUND.
absl::StatusOr<Roster> ReadRoster(store::Reader& reader, absl::string_view unit_id,
                                  absl::CivilDay today);

// The campaign of a year: the unit's own, or the template's for a year that nobody has opened.
absl::StatusOr<v1::Campaign> ReadCampaign(store::Reader& reader, const policy::Policies& policies,
                                          absl::string_view unit_id, int32_t year);

// The campaign that a name says: `units/{unit}/campaigns/{year}`. RESOURCE_NOT_FOUND for an id that
// is no year.
absl::StatusOr<v1::Campaign> ReadCampaign(store::Reader& reader, const policy::Policies& policies,
                                          absl::string_view name);

// The pieces of a campaign.
absl::StatusOr<std::vector<v1::CampaignTaskItem>> ReadItems(store::Reader& reader,
                                                            const v1::Campaign& campaign,
                                                            const Roster& roster,
                                                            absl::CivilDay today);

// All warnings of a unit, with what was decided and how far they have risen, and those that are
// gone but were adjudicated once.
struct UnitWarnings {
  Roster roster;
  std::map<std::string, v1::Warning> warnings;  // by name
};
absl::StatusOr<UnitWarnings> ReadWarnings(store::Reader& reader, const policy::Policies& policies,
                                          absl::string_view unit_id, absl::Time now);

}  // namespace lianfang::reporting
