// The pieces of a campaign: what each post, person and department has to hand in, how far it has
// come, and who has to do it. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "lianfang/reporting/v1/campaign.pb.h"
#include "services/reporting/domain/roster.h"
#include "services/reporting/state/state.pb.h"

namespace lianfang::reporting {

// All pieces of the campaign's tasks, by task and subject. `known`: the records of the campaign's
// year. `today`: the day by which pieces are overdue; a due day is over when it is.
//
// Expected are: duties of all posts in use; self-checks of all holders; grades of posts that
// somebody holds; the forms of departments that have posts; form 6 of those that have powers;
// measures of whoever has risk points on the register; one each of what the unit hands in; all
// signs and letters that were made.
std::vector<v1::CampaignTaskItem> ItemsOf(const v1::Campaign& campaign, const Roster& roster,
                                          const std::vector<state::v1::Known>& known,
                                          absl::CivilDay today);

// The place of a piece in the list, as text that compares so; unique in a campaign.
std::string KeyOf(const v1::Campaign& campaign, const v1::CampaignTaskItem& item);
// The same of a reminder.
std::string KeyOf(const v1::Campaign& campaign, const v1::Reminder& reminder);

// How many pieces are how far, for each task and in it each department that has one.
std::vector<v1::TaskProgress> ProgressOf(const v1::Campaign& campaign, const Roster& roster,
                                         const std::vector<v1::CampaignTaskItem>& items);

// Persons who have to do a piece; nobody when the post or office is vacant.
std::vector<std::string> DoersOf(const v1::CampaignTaskItem& item, v1::TaskRole from_role,
                                 const Roster& roster);

// What is not handed in, or sent back, and due within so many days or overdue; the most urgent
// first, one row a person. Then by KeyOf and person.
std::vector<v1::Reminder> RemindersOf(const v1::Campaign& campaign, const Roster& roster,
                                      const std::vector<v1::CampaignTaskItem>& items,
                                      absl::CivilDay today, int within_days);

}  // namespace lianfang::reporting
