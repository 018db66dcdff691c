// The school of the tests itself: that its chains lead where they say.
#include "tests/acceptance/school.h"

namespace lianfang::acceptance {
namespace {

TEST_F(School, ConfirmsAYearsGrades) {
  On(6, 25);
  ConfirmAllGrades();
  EXPECT_EQ(GradeOf("buyer").state(), grading::v1::GRADE_STATE_CONFIRMED);
  EXPECT_EQ(GradeOf("teacher").confirmed_level(), common::v1::RISK_LEVEL_LOW);
}

}  // namespace
}  // namespace lianfang::acceptance
