// Calendar days of the directory.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/type/date.pb.h"

namespace lianfang::directory {

// The time zone in which a school's day begins: China's, +08:00 all year. Said here and nowhere
// else; fixed, so that no machine needs a time zone database and old days never move.
absl::TimeZone SchoolTimeZone();

// The day of a moment in a time zone.
google::type::Date DateOf(absl::Time time, absl::TimeZone zone);

// Whether it is a whole day of the calendar, of the years 1900 to 2999: others are slips of the
// hand.
bool IsValidDate(const google::type::Date& date);

// Less than 0, 0 or more than 0: `a` is before, on or after `b`.
int CompareDates(const google::type::Date& a, const google::type::Date& b);

// `YYYY-MM-DD`.
std::string FormatDate(const google::type::Date& date);

// Reads exactly `YYYY-MM-DD`; nothing for other text and for days that are not valid.
std::optional<google::type::Date> ParseDate(absl::string_view text);

}  // namespace lianfang::directory
