#include "services/reporting/domain/campaign_rules.h"

#include <functional>
#include <string>

#include "common/policy/policies.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::reporting {
namespace {

using ::testing::HasSubstr;

const config::v1::CampaignTemplate& Calendar() {
  static const auto* const calendar =
      new config::v1::CampaignTemplate(policy::Load("")->campaigns.at("campaign-2013"));
  return *calendar;
}

TEST(CampaignRulesTest, DatesAreMovedToTheYear) {
  for (const int year : {2013, 2024, 2026, 2999}) {
    const v1::Campaign campaign = FromTemplate(Calendar(), year);
    EXPECT_EQ(campaign.year(), year);
    EXPECT_EQ(campaign.template_version(), "campaign-2013@1");
    EXPECT_TRUE(CheckDates(campaign, "campaign").ok()) << year;
    ASSERT_EQ(campaign.tasks_size(), Calendar().tasks_size());
    EXPECT_EQ(campaign.tasks(3).id(), "self-checks");
    EXPECT_EQ(campaign.tasks(3).due_date().year(), year);
    EXPECT_EQ(campaign.tasks(3).due_date().month(), 5);
    EXPECT_EQ(campaign.tasks(3).due_date().day(), 25);
    EXPECT_EQ(campaign.tasks(3).clause(), Calendar().tasks(3).clause());
  }
}

TEST(CampaignRulesTest, OnlyYearsAreIds) {
  const struct {
    const char* id;
    int year;
  } cases[] = {{"2000", 2000}, {"2026", 2026}, {"2999", 2999}, {"1999", 0}, {"3000", 0},
               {"", 0},        {"26", 0},      {"02026", 0},   {"202x", 0}, {"+026", 0}};
  for (const auto& test : cases) EXPECT_EQ(YearOfId(test.id), test.year) << test.id;
}

TEST(CampaignRulesTest, RefusesDatesThatCannotBe) {
  const struct {
    const char* field;
    std::function<void(v1::Campaign&)> change;
  } cases[] = {
      {"campaign.phases[1].id", [](auto& c) { c.mutable_phases(1)->set_id("mobilise"); }},
      {"campaign.phases[0].start_date",
       [](auto& c) { c.mutable_phases(0)->mutable_start_date()->set_year(2025); }},
      {"campaign.phases[0].end_date",
       [](auto& c) { c.mutable_phases(0)->mutable_end_date()->set_day(32); }},
      {"campaign.phases[3].end_date",
       [](auto& c) { c.mutable_phases(3)->mutable_end_date()->set_month(10); }},
      {"campaign.phases[1].start_date",
       [](auto& c) { c.mutable_phases(1)->mutable_start_date()->set_day(15); }},
      {"campaign.tasks[1].id", [](auto& c) { c.mutable_tasks(1)->set_id(c.tasks(0).id()); }},
      {"campaign.tasks[1].kind", [](auto& c) { c.mutable_tasks(1)->set_kind(c.tasks(0).kind()); }},
      {"campaign.tasks[0].phase", [](auto& c) { c.mutable_tasks(0)->set_phase("none"); }},
      {"campaign.tasks[0].due_date",
       [](auto& c) { c.mutable_tasks(0)->mutable_due_date()->set_day(16); }},
      {"campaign.tasks[3].due_date",
       [](auto& c) { c.mutable_tasks(3)->mutable_due_date()->set_day(15); }},
      {"campaign.tasks[0].due_date", [](auto& c) { c.mutable_tasks(0)->clear_due_date(); }},
  };
  for (const auto& test : cases) {
    v1::Campaign campaign = FromTemplate(Calendar(), 2026);
    test.change(campaign);
    const absl::Status status = CheckDates(campaign, "campaign");
    EXPECT_EQ(ReasonOf(status), common::v1::ERROR_REASON_INVALID_FIELD) << test.field;
    EXPECT_THAT(ToRpcStatus(status).DebugString(), HasSubstr(test.field));
  }
}

TEST(CampaignRulesTest, OnlyTitlesAndDaysChange) {
  const v1::Campaign old = FromTemplate(Calendar(), 2026);
  v1::Campaign next = old;
  next.mutable_tasks(3)->mutable_due_date()->set_day(28);
  next.mutable_tasks(3)->set_title("个人自查");
  next.mutable_phases(0)->mutable_end_date()->set_day(14);
  EXPECT_TRUE(CheckSamePieces(old, next).ok());
  const std::function<void(v1::Campaign&)> cases[] = {
      [](auto& c) { c.mutable_phases(0)->set_id("begin"); },
      [](auto& c) { c.mutable_phases(0)->set_clause("另一条"); },
      [](auto& c) { c.mutable_phases()->RemoveLast(); },
      [](auto& c) { c.mutable_tasks(0)->set_id("other"); },
      [](auto& c) { c.mutable_tasks(0)->set_kind(v1::TASK_KIND_GRADE); },
      [](auto& c) { c.mutable_tasks(0)->set_from_role(v1::TASK_ROLE_HOLDER); },
      [](auto& c) { c.mutable_tasks(0)->set_to_role(v1::TASK_ROLE_HOLDER); },
      [](auto& c) { c.mutable_tasks(0)->set_phase("identify"); },
      [](auto& c) { c.mutable_tasks(0)->clear_clause(); },
      [](auto& c) { c.mutable_tasks()->RemoveLast(); },
  };
  for (const auto& change : cases) {
    next = old;
    change(next);
    EXPECT_EQ(ReasonOf(CheckSamePieces(old, next)), common::v1::ERROR_REASON_INVALID_FIELD)
        << next.DebugString();
  }
}

TEST(CampaignRulesTest, SortsByDay) {
  v1::Campaign campaign = FromTemplate(Calendar(), 2026);
  campaign.mutable_phases()->SwapElements(0, 3);
  campaign.mutable_tasks()->SwapElements(0, 9);
  Sort(&campaign);
  const v1::Campaign wanted = FromTemplate(Calendar(), 2026);
  for (int i = 0; i < wanted.phases_size(); ++i) {
    EXPECT_EQ(campaign.phases(i).id(), wanted.phases(i).id());
  }
  EXPECT_EQ(campaign.tasks(0).id(), "post-duties");
}

}  // namespace
}  // namespace lianfang::reporting
