// One change to a good calendar, one complaint.
#include <functional>

#include "common/policy/check.h"
#include "common/policy/policies.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::policy {
namespace {

using config::v1::CampaignTemplate;
using ::testing::HasSubstr;

const CampaignTemplate& GoodCampaign() {
  static const auto* const calendar = new CampaignTemplate(Load("")->campaigns.at("campaign-2013"));
  return *calendar;
}

TEST(CheckCampaignTest, TheSchemesCalendarStandsToTheDay) {
  ASSERT_TRUE(CheckCampaign(GoodCampaign()).ok());
  const struct {
    reporting::v1::TaskKind kind;
    int month;
    int day;
  } dates[] = {
      {reporting::v1::TASK_KIND_POST_DUTY, 5, 13},
      {reporting::v1::TASK_KIND_DUTY_VOLUME, 5, 14},
      {reporting::v1::TASK_KIND_DUTY_PUBLICATION, 5, 14},
      {reporting::v1::TASK_KIND_SELF_CHECK, 5, 25},
      {reporting::v1::TASK_KIND_DEPARTMENT_RISKS, 6, 5},
      {reporting::v1::TASK_KIND_POWER_RISKS, 6, 5},
      {reporting::v1::TASK_KIND_POWER_CATALOGUE, 6, 15},
      {reporting::v1::TASK_KIND_WORKFLOW_CHARTS, 6, 20},
      {reporting::v1::TASK_KIND_GRADE, 6, 25},
      {reporting::v1::TASK_KIND_POST_MEASURES, 9, 20},
      {reporting::v1::TASK_KIND_DEPARTMENT_MEASURES, 9, 20},
      {reporting::v1::TASK_KIND_UNIT_MEASURES, 9, 30},
      {reporting::v1::TASK_KIND_MEASURE_PUBLICATION, 10, 5},
      {reporting::v1::TASK_KIND_DEPARTMENT_INSPECTION, 11, 15},
      {reporting::v1::TASK_KIND_UNIT_INSPECTION, 11, 30},
  };
  for (const auto& date : dates) {
    int found = 0;
    for (const auto& task : GoodCampaign().tasks()) {
      if (task.kind() != date.kind) continue;
      ++found;
      EXPECT_EQ(task.due().month(), date.month) << task.id();
      EXPECT_EQ(task.due().day(), date.day) << task.id();
    }
    EXPECT_EQ(found, 1) << date.kind;
  }
  ASSERT_EQ(GoodCampaign().phases_size(), 4);
  EXPECT_EQ(GoodCampaign().phases(0).end().ShortDebugString(), "month: 5 day: 15");
  EXPECT_EQ(GoodCampaign().phases(1).end().ShortDebugString(), "month: 7 day: 15");
  EXPECT_EQ(GoodCampaign().phases(2).end().ShortDebugString(), "month: 10 day: 31");
  EXPECT_EQ(GoodCampaign().phases(3).end().ShortDebugString(), "month: 12 day: 31");
}

TEST(CheckCampaignTest, EveryKindOfTaskHasItsPlace) {
  EXPECT_EQ(GoodCampaign().tasks_size(), reporting::v1::TaskKind_ARRAYSIZE - 1);
}

TEST(CheckCampaignTest, RefusesInconsistentCalendars) {
  const struct {
    const char* complaint;
    std::function<void(CampaignTemplate&)> change;
  } cases[] = {
      {"not a resource id", [](CampaignTemplate& c) { c.set_id("2013年"); }},
      {"version", [](CampaignTemplate& c) { c.clear_version(); }},
      {"has no phases", [](CampaignTemplate& c) { c.clear_phases(); }},
      {"phase id", [](CampaignTemplate& c) { c.mutable_phases(1)->set_id(""); }},
      {"stands twice", [](CampaignTemplate& c) { c.mutable_phases(1)->set_id("mobilise"); }},
      {"has no title", [](CampaignTemplate& c) { c.mutable_phases(1)->clear_title(); }},
      {"not every year has",
       [](CampaignTemplate& c) {
         c.mutable_phases(0)->mutable_end()->set_month(2);
         c.mutable_phases(0)->mutable_end()->set_day(29);
       }},
      {"not every year has", [](CampaignTemplate& c) { c.mutable_phases(0)->clear_start(); }},
      {"ends before it begins",
       [](CampaignTemplate& c) { c.mutable_phases(3)->mutable_end()->set_month(10); }},
      {"is over", [](CampaignTemplate& c) { c.mutable_phases(1)->mutable_start()->set_day(15); }},
      {"has no tasks", [](CampaignTemplate& c) { c.clear_tasks(); }},
      {"task id", [](CampaignTemplate& c) { c.mutable_tasks(0)->set_id("A"); }},
      {"has no title", [](CampaignTemplate& c) { c.mutable_tasks(0)->clear_title(); }},
      {"has no kind", [](CampaignTemplate& c) { c.mutable_tasks(0)->clear_kind(); }},
      {"who hands in", [](CampaignTemplate& c) { c.mutable_tasks(0)->clear_from_role(); }},
      {"to whom", [](CampaignTemplate& c) { c.mutable_tasks(0)->clear_to_role(); }},
      {"due on no day", [](CampaignTemplate& c) { c.mutable_tasks(0)->clear_due(); }},
      {"no known phase", [](CampaignTemplate& c) { c.mutable_tasks(0)->set_phase("none"); }},
      {"within its phase",
       [](CampaignTemplate& c) { c.mutable_tasks(0)->mutable_due()->set_day(16); }},
      {"stands twice", [](CampaignTemplate& c) { c.mutable_tasks(1)->set_id(c.tasks(0).id()); }},
      {"stands already",
       [](CampaignTemplate& c) { c.mutable_tasks(1)->set_kind(c.tasks(0).kind()); }},
      {"stands before",
       [](CampaignTemplate& c) { c.mutable_tasks(1)->mutable_due()->set_day(12); }},
  };
  for (const auto& test : cases) {
    CampaignTemplate changed = GoodCampaign();
    test.change(changed);
    const absl::Status status = CheckCampaign(changed);
    EXPECT_FALSE(status.ok()) << test.complaint;
    EXPECT_THAT(std::string(status.message()), HasSubstr(test.complaint));
  }
}

}  // namespace
}  // namespace lianfang::policy
