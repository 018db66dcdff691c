// The year's tasks and warnings in words, and in English.
#pragma once

#include <string>

#include "google/type/date.pb.h"
#include "lianfang/reporting/v1/campaign.pb.h"
#include "lianfang/reporting/v1/warning.pb.h"
#include "services/cli/term/lang.h"

namespace lianfang::cli {

// What a task asks for in a few words of English; its title in Chinese is the campaign's.
std::string TaskWord(const reporting::v1::CampaignTask& task, Lang lang);
std::string WarningKindWord(reporting::v1::WarningKind kind, Lang lang);
// `红`, `red`.
std::string ColourWord(reporting::v1::WarningColour colour, Lang lang);
std::string WarningStateWord(reporting::v1::WarningState state, Lang lang);
std::string EscalationRoleWord(reporting::v1::EscalationRole role, Lang lang);

// `05-13`; empty for no day.
std::string MonthDay(const google::type::Date& day);

}  // namespace lianfang::cli
