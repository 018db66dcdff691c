#include "services/reporting/domain/school_time.h"

#include "common/directory/date.h"
#include "google/protobuf/util/time_util.h"

namespace lianfang::reporting {

using google::protobuf::util::TimeUtil;

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixNanos(TimeUtil::TimestampToNanoseconds(time));
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(time));
}

absl::CivilDay DayOf(absl::Time time) {
  return absl::ToCivilDay(time, directory::SchoolTimeZone());
}

absl::CivilDay DayOf(const google::protobuf::Timestamp& time) { return DayOf(TimeOf(time)); }

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

google::type::Date ToDate(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::Time StartOf(absl::CivilDay day) { return absl::FromCivil(day, directory::SchoolTimeZone()); }

int32_t MonthOf(const google::protobuf::Timestamp& time) {
  return time.seconds() == 0 && time.nanos() == 0 ? 0 : DayOf(time).month();
}

}  // namespace lianfang::reporting
