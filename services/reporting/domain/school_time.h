// Moments as days of the school's calendar (+08:00).
#pragma once

#include <cstdint>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"

namespace lianfang::reporting {

absl::Time TimeOf(const google::protobuf::Timestamp& time);
google::protobuf::Timestamp ToTimestamp(absl::Time time);

// The day of a moment.
absl::CivilDay DayOf(absl::Time time);
absl::CivilDay DayOf(const google::protobuf::Timestamp& time);
absl::CivilDay DayOf(const google::type::Date& date);
google::type::Date ToDate(absl::CivilDay day);
// The moment at which a day begins.
absl::Time StartOf(absl::CivilDay day);

// 1 to 12; 0 for a record without a time.
int32_t MonthOf(const google::protobuf::Timestamp& time);

}  // namespace lianfang::reporting
