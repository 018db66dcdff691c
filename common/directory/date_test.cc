#include "common/directory/date.h"

#include "gtest/gtest.h"

namespace lianfang::directory {
namespace {

TEST(DateTest, ReadsOnlyWholeIsoDays) {
  struct Case {
    const char* text;
    bool valid;
  };
  const Case cases[] = {
      {"2026-05-13", true},  {"2024-02-29", true},   {"2026-02-29", false}, {"2026-13-01", false},
      {"2026-00-10", false}, {"2026-04-31", false},  {"1899-12-31", false}, {"1900-01-01", true},
      {"2999-12-31", true},  {"3000-01-01", false},  {"2026-5-13", false},  {"2026/05/13", false},
      {"", false},           {"2026-05-13 ", false}, {"20-6-05-13", false}, {"+026-05-13", false},
  };
  for (const Case& c : cases) {
    const auto date = ParseDate(c.text);
    EXPECT_EQ(date.has_value(), c.valid) << c.text;
    if (date) {
      EXPECT_EQ(FormatDate(*date), c.text);
    }
  }
}

TEST(DateTest, PartialDatesAreNotValid) {
  google::type::Date date;
  EXPECT_FALSE(IsValidDate(date));
  date.set_year(2026);
  EXPECT_FALSE(IsValidDate(date));
  date.set_month(2);
  EXPECT_FALSE(IsValidDate(date));
  date.set_day(-1);
  EXPECT_FALSE(IsValidDate(date));
  date.set_day(28);
  EXPECT_TRUE(IsValidDate(date));
}

TEST(DateTest, ComparesByYearMonthDay) {
  const char* const ordered[] = {"2025-12-31", "2026-01-01", "2026-01-02", "2026-02-01"};
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 4; ++j) {
      const int sign = CompareDates(*ParseDate(ordered[i]), *ParseDate(ordered[j]));
      EXPECT_EQ((sign > 0) - (sign < 0), (i > j) - (i < j)) << ordered[i] << " " << ordered[j];
    }
  }
}

TEST(DateTest, SchoolDayBeginsAtMidnightInChina) {
  const absl::Time before =
      absl::FromCivil(absl::CivilSecond(2026, 5, 12, 15, 59, 59), absl::UTCTimeZone());
  EXPECT_EQ(FormatDate(DateOf(before, SchoolTimeZone())), "2026-05-12");
  EXPECT_EQ(FormatDate(DateOf(before + absl::Seconds(1), SchoolTimeZone())), "2026-05-13");
}

}  // namespace
}  // namespace lianfang::directory
