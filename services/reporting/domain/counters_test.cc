#include "services/reporting/domain/counters.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/reporting/domain/counts.h"
#include "services/reporting/domain/known.h"
#include "services/reporting/domain/memory_rows.h"
#include "services/reporting/domain/statistics.h"

namespace lianfang::reporting {
namespace {

const absl::CivilDay kCountingDay(2026, 5, 13);

class CountersTest : public ::testing::Test {
 protected:
  void PutPost(const std::string& id, const std::string& department, bool active = true) {
    personnel::v1::Post post;
    post.set_name("units/u/posts/" + id);
    post.set_display_name(id);
    if (!department.empty()) post.set_department("units/u/departments/" + department);
    post.set_state(active ? personnel::v1::RECORD_STATE_ACTIVE
                          : personnel::v1::RECORD_STATE_ARCHIVED);
    ASSERT_TRUE(counters_.Apply(post).ok());
  }

  void PutPoint(const std::string& id, const std::string& owner, common::v1::RiskLayer layer,
                risk::v1::RiskPointState state = risk::v1::RISK_POINT_STATE_REGISTERED) {
    risk::v1::RiskPoint point;
    point.set_name("units/u/riskPoints/" + id);
    point.set_owner(owner);
    point.set_layer(layer);
    point.set_year(2026);
    point.set_category(common::v1::RISK_CATEGORY_POST_DUTY);
    point.set_method(common::v1::FINDING_METHOD_SELF);
    point.set_state(state);
    ASSERT_TRUE(counters_.Apply(point).ok());
  }

  void PutGrade(const std::string& post, int year, common::v1::RiskLevel level,
                grading::v1::GradeState state = grading::v1::GRADE_STATE_CONFIRMED,
                common::v1::RiskLevel confirmed = common::v1::RISK_LEVEL_UNSPECIFIED) {
    grading::v1::Grade grade;
    grade.set_confirmed_level(confirmed);
    grade.set_name(absl::StrCat("units/u/grades/", post, "-", year));
    grade.set_post("units/u/posts/" + post);
    grade.set_year(year);
    grade.set_level(level);
    grade.set_state(state);
    ASSERT_TRUE(counters_.Apply(grade).ok());
  }

  void PutAppointment(const std::string& id, const std::string& person, const std::string& post) {
    personnel::v1::Appointment appointment;
    appointment.set_name("units/u/appointments/" + id);
    appointment.set_person("units/u/persons/" + person);
    appointment.set_post("units/u/posts/" + post);
    appointment.set_state(personnel::v1::RECORD_STATE_ACTIVE);
    ASSERT_TRUE(counters_.Apply(appointment, kCountingDay).ok());
  }

  v1::Statistics Unit() { return Shown(rows_.unit.counts(), NewestYear(rows_.unit.counts())); }
  v1::Statistics Department(const std::string& id) {
    return Shown(rows_.scopes["units/u/departments/" + id].counts(),
                 NewestYear(rows_.unit.counts()));
  }

  MemoryRows rows_;
  Counters counters_{&rows_, "units/u"};
};

TEST_F(CountersTest, PointsTakeTheLevelOfTheirOwner) {
  PutPost("clerk", "office");
  PutPost("buyer", "office");
  PutPoint("a", "units/u/posts/clerk", common::v1::RISK_LAYER_POST);
  PutPoint("b", "units/u/departments/office", common::v1::RISK_LAYER_DEPARTMENT);
  PutPoint("c", "units/u", common::v1::RISK_LAYER_UNIT);
  EXPECT_EQ(Unit().risk_points_by_level(0).count(), 3) << "nothing is graded";

  PutGrade("clerk", 2026, common::v1::RISK_LEVEL_LOW);
  EXPECT_EQ(Unit().risk_points_by_level(3).count(), 3);
  PutGrade("buyer", 2026, common::v1::RISK_LEVEL_HIGH);
  EXPECT_EQ(Unit().risk_points_by_level(3).count(), 1) << "the clerk's own";
  EXPECT_EQ(Unit().risk_points_by_level(1).count(), 2) << "the department's and the unit's";
  EXPECT_EQ(Department("office").risk_points_by_level(1).count(), 1);

  PutGrade("buyer", 2026, common::v1::RISK_LEVEL_HIGH, grading::v1::GRADE_STATE_SCHOOL_REVIEW);
  EXPECT_EQ(Unit().risk_points_by_level(3).count(), 3) << "a grade under review is no level";
}

TEST_F(CountersTest, WhatWasConfirmedStaysInForceWhileALaterRevisionIsReviewed) {
  PutPost("clerk", "office");
  PutGrade("clerk", 2026, common::v1::RISK_LEVEL_HIGH);
  PutGrade("clerk", 2026, common::v1::RISK_LEVEL_MEDIUM, grading::v1::GRADE_STATE_SUPERIOR_REVIEW,
           common::v1::RISK_LEVEL_HIGH);
  EXPECT_EQ(Unit().posts_by_level(1).count(), 1);
  PutGrade("clerk", 2026, common::v1::RISK_LEVEL_MEDIUM);
  EXPECT_EQ(Unit().posts_by_level(1).count(), 0);
  EXPECT_EQ(Unit().posts_by_level(2).count(), 1);
}

TEST_F(CountersTest, TheNewestConfirmedYearCounts) {
  PutPost("clerk", "office");
  PutGrade("clerk", 2026, common::v1::RISK_LEVEL_LOW);
  PutGrade("clerk", 2025, common::v1::RISK_LEVEL_HIGH);
  EXPECT_EQ(Unit().posts_by_level(3).count(), 1);
  PutGrade("clerk", 2026, common::v1::RISK_LEVEL_LOW, grading::v1::GRADE_STATE_RETURNED);
  EXPECT_EQ(Unit().posts_by_level(1).count(), 1) << "last year's is in force again";
}

TEST_F(CountersTest, APostTakesItsPointsToAnotherDepartment) {
  PutPost("clerk", "office");
  PutGrade("clerk", 2026, common::v1::RISK_LEVEL_MEDIUM);
  PutPoint("a", "units/u/posts/clerk", common::v1::RISK_LAYER_POST);
  PutAppointment("x", "n", "clerk");
  PutPost("clerk", "store");
  EXPECT_EQ(Department("office").DebugString(), Complete(v1::Statistics()).DebugString());
  EXPECT_EQ(Department("store").risk_points_by_level(2).count(), 1);
  EXPECT_EQ(Department("store").person_count(), 1);
  EXPECT_EQ(Unit().risk_point_count(), 1);
  EXPECT_EQ((rows_.summary[{"units/u/departments/office", "units/u/posts/clerk"}].level()), 0);
  EXPECT_TRUE((rows_.summary[{"units/u/departments/store", "units/u/posts/clerk"}].listed()));
}

TEST_F(CountersTest, APersonCountsOnceInAScope) {
  PutPost("clerk", "office");
  PutPost("buyer", "office");
  PutPost("keeper", "store");
  PutAppointment("x", "n", "clerk");
  PutAppointment("y", "n", "buyer");
  PutAppointment("z", "n", "keeper");
  EXPECT_EQ(Department("office").person_count(), 1);
  EXPECT_EQ(Department("store").person_count(), 1);
  EXPECT_EQ(Unit().person_count(), 1) << "one person, though in two departments";
  EXPECT_EQ(Unit().self_checks_due(), 3) << "one a post and holder";
  PutPost("keeper", "store", /*active=*/false);
  EXPECT_EQ(Department("store").person_count(), 0);
  EXPECT_EQ(Unit().self_checks_due(), 2);
}

TEST_F(CountersTest, OnlyPointsOnTheRegisterCount) {
  struct Case {
    risk::v1::RiskPointState state;
    int64_t count;
  };
  const std::vector<Case> cases = {
      {risk::v1::RISK_POINT_STATE_DRAFT, 0},      {risk::v1::RISK_POINT_STATE_SUBMITTED, 0},
      {risk::v1::RISK_POINT_STATE_RETURNED, 0},   {risk::v1::RISK_POINT_STATE_REGISTERED, 1},
      {risk::v1::RISK_POINT_STATE_PUBLICISED, 1}, {risk::v1::RISK_POINT_STATE_ARCHIVED, 0}};
  PutPost("clerk", "office");
  for (const Case& one : cases) {
    PutPoint("a", "units/u/posts/clerk", common::v1::RISK_LAYER_POST, one.state);
    EXPECT_EQ(Unit().risk_point_count(), one.count) << one.state;
    EXPECT_EQ(Unit().risk_points_without_measure(), one.count) << one.state;
  }
}

TEST_F(CountersTest, SelfChecksAreThoseOfTheNewestYear) {
  PutPost("clerk", "office");
  risk::v1::SelfCheck check;
  check.set_post("units/u/posts/clerk");
  check.set_name("units/u/selfChecks/s25");
  check.set_year(2025);
  check.set_state(risk::v1::SELF_CHECK_STATE_APPROVED);
  ASSERT_TRUE(counters_.Apply(KnownOf(check)).ok());
  EXPECT_EQ(Unit().self_checks_approved(), 1);
  check.set_name("units/u/selfChecks/s26");
  check.set_year(2026);
  check.set_state(risk::v1::SELF_CHECK_STATE_DRAFT);
  ASSERT_TRUE(counters_.Apply(KnownOf(check)).ok());
  EXPECT_EQ(Unit().self_checks_submitted(), 1) << "a draft starts no year";
  check.set_state(risk::v1::SELF_CHECK_STATE_SUBMITTED);
  ASSERT_TRUE(counters_.Apply(KnownOf(check)).ok());
  EXPECT_EQ(Unit().self_checks_submitted(), 1);
  EXPECT_EQ(Unit().self_checks_approved(), 0);
  check.set_state(risk::v1::SELF_CHECK_STATE_DRAFT);
  ASSERT_TRUE(counters_.Apply(KnownOf(check)).ok());
  EXPECT_EQ(Unit().self_checks_approved(), 1) << "taken back";
}

TEST(InForceTest, TheLastDayCounts) {
  personnel::v1::Appointment appointment;
  EXPECT_FALSE(InForce(appointment, kCountingDay)) << "not in use";
  appointment.set_state(personnel::v1::RECORD_STATE_ACTIVE);
  EXPECT_TRUE(InForce(appointment, kCountingDay));
  appointment.mutable_end_date()->set_year(2026);
  appointment.mutable_end_date()->set_month(5);
  appointment.mutable_end_date()->set_day(13);
  EXPECT_TRUE(InForce(appointment, kCountingDay));
  appointment.mutable_end_date()->set_day(12);
  EXPECT_FALSE(InForce(appointment, kCountingDay));
}

}  // namespace
}  // namespace lianfang::reporting
