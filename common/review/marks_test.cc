#include "common/review/marks.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace lianfang::review {
namespace {

using common::v1::MARK_CAUSE_APPOINTMENT;
using common::v1::MARK_CAUSE_POWER;

TEST(MarksTest, OneForEachCauseAndSource) {
  Marks marks;
  const absl::Time first = absl::FromUnixSeconds(1000);
  const absl::Time later = absl::FromUnixSeconds(2000);
  EXPECT_TRUE(AddMark(MARK_CAUSE_POWER, "units/a/powers/p", "职权已调整", first, &marks));
  EXPECT_FALSE(AddMark(MARK_CAUSE_POWER, "units/a/powers/p", "又调整", later, &marks));
  EXPECT_TRUE(AddMark(MARK_CAUSE_POWER, "units/a/powers/q", "职权已调整", later, &marks));
  EXPECT_TRUE(AddMark(MARK_CAUSE_APPOINTMENT, "units/a/powers/p", "任职变动", later, &marks));
  ASSERT_EQ(marks.size(), 3);
  EXPECT_EQ(marks[0].cause(), MARK_CAUSE_POWER);
  EXPECT_EQ(marks[0].source(), "units/a/powers/p");
  EXPECT_EQ(marks[0].reason(), "职权已调整");
  EXPECT_EQ(marks[0].time().seconds(), 1000);
}

TEST(MarksTest, ARecordThatNobodyLooksAtDoesNotGrowWithoutEnd) {
  Marks marks;
  for (int i = 0; i < 3 * kMaxMarks; ++i) {
    AddMark(MARK_CAUSE_POWER, absl::StrCat("units/a/powers/p", i), "职权已调整",
            absl::FromUnixSeconds(i), &marks);
  }
  EXPECT_EQ(marks.size(), kMaxMarks);
}

}  // namespace
}  // namespace lianfang::review
