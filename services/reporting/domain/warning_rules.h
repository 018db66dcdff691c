// What the facts and the clock say needs somebody's eye (预警). Pure: the same facts at the same
// time give the same warnings, with the same names.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/reporting/v1/campaign.pb.h"
#include "lianfang/reporting/v1/warning.pb.h"
#include "services/reporting/domain/roster.h"
#include "services/reporting/state/state.pb.h"

namespace lianfang::reporting {

// What warnings are computed from.
struct WarningFacts {
  absl::Time now;
  Roster roster;
  // Overdue pieces of campaigns, with those who have to do them.
  struct Overdue {
    int32_t year = 0;
    v1::CampaignTaskItem item;
    std::vector<std::string> doers;
  };
  std::vector<Overdue> overdue;
  // Open ones.
  std::vector<state::v1::Attention> attentions;
  // Of the rule's days.
  std::vector<state::v1::KnownFeedback> feedback;
};

// Name of the warning of a rule about a subject: a digest, so that it is the same whenever it is
// computed and tells nothing by itself. `key` tells apart what the rule says of one subject.
std::string WarningName(absl::string_view unit, absl::string_view rule, absl::string_view key);

// The colour and threshold that a value has; unspecified below the first.
std::pair<v1::WarningColour, int64_t> ColourOf(const config::v1::WarningRule& rule, int64_t value);

// All warnings, without what was decided about them and how far they have risen; by name.
std::map<std::string, v1::Warning> ComputeWarnings(const config::v1::WarningsPolicy& policy,
                                                   const WarningFacts& facts);

}  // namespace lianfang::reporting
