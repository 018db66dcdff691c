#include "services/reporting/domain/campaign_items.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/policy/policies.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/domain/campaign_rules.h"
#include "services/reporting/domain/school_time.h"

namespace lianfang::reporting {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using v1::TaskKind;

constexpr int kYear = 2026;
const absl::CivilDay kBefore(2026, 1, 2);

class CampaignItemsTest : public ::testing::Test {
 protected:
  CampaignItemsTest() {
    roster_.unit = "units/u";
    roster_.unit_display_name = "实验小学";
    roster_.posts["units/u/posts/principal"] = {.display_name = "校长",
                                                .holders = {{"units/u/persons/principal", {}}}};
    roster_.posts["units/u/posts/buyer"] = {
        .display_name = "采购员",
        .department = "units/u/departments/general",
        .holders = {{"units/u/persons/a", {}}, {"units/u/persons/b", {}}}};
    roster_.posts["units/u/posts/vacant"] = {.display_name = "仓库管理员",
                                             .department = "units/u/departments/general"};
    roster_.departments["units/u/departments/general"] = {.display_name = "总务处",
                                                          .head = "units/u/persons/head",
                                                          .vice_principal = "units/u/persons/vice",
                                                          .has_posts = true};
    roster_.departments["units/u/departments/empty"] = {.display_name = "空处"};
    roster_.principals = {"units/u/persons/principal"};
    roster_.control_office = {"units/u/persons/office"};
    roster_.leading_group = {"units/u/persons/leader"};
  }

  state::v1::Known& Add(TaskKind kind, const std::string& owner, v1::TaskState state,
                        const std::string& name = "units/u/records/r") {
    state::v1::Known& known = known_.emplace_back();
    known.set_name(name);
    known.set_year(kYear);
    known.set_kind(kind);
    known.set_owner(owner);
    known.set_state(state);
    return known;
  }
  // Handed in at the end of a day, in school time.
  static void HandIn(state::v1::Known& known, absl::CivilDay day) {
    *known.mutable_hand_in_time() = ToTimestamp(StartOf(day) + absl::Hours(23) + absl::Minutes(59));
  }
  std::vector<v1::CampaignTaskItem> Items(TaskKind kind, absl::CivilDay today = kBefore) {
    std::vector<v1::CampaignTaskItem> items;
    for (auto& item : ItemsOf(campaign_, roster_, known_, today)) {
      if (item.kind() == kind) items.push_back(item);
    }
    return items;
  }
  std::vector<std::string> Subjects(TaskKind kind) {
    std::vector<std::string> subjects;
    for (const auto& item : Items(kind)) {
      subjects.push_back(absl::StrCat(item.subject().substr(item.subject().rfind('/') + 1),
                                      item.person().empty() ? "" : "/",
                                      item.person().substr(item.person().rfind('/') + 1)));
    }
    return subjects;
  }

  Roster roster_;
  std::vector<state::v1::Known> known_;
  v1::Campaign campaign_ = FromTemplate(policy::Load("")->campaigns.at("campaign-2013"), kYear);
};

TEST_F(CampaignItemsTest, WhoHasToHandInWhat) {
  EXPECT_THAT(Subjects(v1::TASK_KIND_POST_DUTY), ElementsAre("buyer", "principal", "vacant"));
  EXPECT_THAT(Subjects(v1::TASK_KIND_SELF_CHECK),
              ElementsAre("buyer/a", "buyer/b", "principal/principal"));
  EXPECT_THAT(Subjects(v1::TASK_KIND_GRADE), ElementsAre("buyer", "principal"))
      << "a vacant post is not graded";
  EXPECT_THAT(Subjects(v1::TASK_KIND_DEPARTMENT_RISKS), ElementsAre("general"))
      << "a department without posts hands in nothing";
  EXPECT_THAT(Subjects(v1::TASK_KIND_POWER_RISKS), IsEmpty());
  roster_.departments["units/u/departments/general"].has_powers = true;
  EXPECT_THAT(Subjects(v1::TASK_KIND_POWER_RISKS), ElementsAre("general"));
  EXPECT_THAT(Subjects(v1::TASK_KIND_POST_MEASURES), IsEmpty());
  roster_.posts["units/u/posts/buyer"].years_with_points = {kYear - 1};
  EXPECT_THAT(Subjects(v1::TASK_KIND_POST_MEASURES), IsEmpty()) << "last year's";
  roster_.posts["units/u/posts/buyer"].years_with_points = {kYear};
  EXPECT_THAT(Subjects(v1::TASK_KIND_POST_MEASURES), ElementsAre("buyer"));
  roster_.departments["units/u/departments/general"].years_with_points = {kYear};
  EXPECT_THAT(Subjects(v1::TASK_KIND_DEPARTMENT_MEASURES), ElementsAre("general"));
  for (const auto kind : {v1::TASK_KIND_DUTY_VOLUME, v1::TASK_KIND_DUTY_PUBLICATION,
                          v1::TASK_KIND_UNIT_POWER_CATALOGUE, v1::TASK_KIND_UNIT_WORKFLOW_CHARTS,
                          v1::TASK_KIND_RISK_PUBLICATION, v1::TASK_KIND_UNIT_MEASURES,
                          v1::TASK_KIND_MEASURE_PUBLICATION, v1::TASK_KIND_UNIT_INSPECTION}) {
    EXPECT_THAT(Subjects(kind), ElementsAre("u")) << kind;
  }
}

TEST_F(CampaignItemsTest, RecordsBeyondWhatIsExpected) {
  // The unit hands in its own risks; a department without powers says so.
  HandIn(Add(v1::TASK_KIND_DEPARTMENT_RISKS, "units/u", v1::TASK_STATE_DONE),
         absl::CivilDay(2026, 6, 1));
  EXPECT_THAT(Subjects(v1::TASK_KIND_DEPARTMENT_RISKS), ElementsAre("u", "general"));
  Add(v1::TASK_KIND_POWER_RISKS, "units/u/departments/general", v1::TASK_STATE_STARTED);
  EXPECT_THAT(Subjects(v1::TASK_KIND_POWER_RISKS), IsEmpty()) << "taken back";
  // Who left the post, or a post that is gone, owes nothing.
  auto& left = Add(v1::TASK_KIND_SELF_CHECK, "units/u/posts/buyer", v1::TASK_STATE_DONE);
  left.set_person("units/u/persons/gone");
  HandIn(left, absl::CivilDay(2026, 5, 20));
  EXPECT_EQ(Items(v1::TASK_KIND_SELF_CHECK).size(), 3u);
  HandIn(Add(v1::TASK_KIND_GRADE, "units/u/posts/gone", v1::TASK_STATE_DONE),
         absl::CivilDay(2026, 6, 1));
  EXPECT_EQ(Items(v1::TASK_KIND_GRADE).size(), 2u);
  // Signs and letters are those that were made.
  Add(v1::TASK_KIND_WARNING_SIGN, "units/u/posts/buyer", v1::TASK_STATE_STARTED, "units/u/s/1");
  Add(v1::TASK_KIND_WARNING_SIGN, "units/u/departments/general", v1::TASK_STATE_DONE,
      "units/u/s/2");
  EXPECT_EQ(Items(v1::TASK_KIND_WARNING_SIGN).size(), 2u);
  // Of another year.
  Add(v1::TASK_KIND_WARNING_SIGN, "units/u/posts/vacant", v1::TASK_STATE_DONE, "units/u/s/3")
      .set_year(kYear - 1);
  EXPECT_EQ(Items(v1::TASK_KIND_WARNING_SIGN).size(), 2u);
}

TEST_F(CampaignItemsTest, LateIsByTheDayOfTheSchool) {
  const struct {
    absl::CivilDay handed_in;
    bool late;
  } cases[] = {{absl::CivilDay(2026, 5, 24), false},
               {absl::CivilDay(2026, 5, 25), false},
               {absl::CivilDay(2026, 5, 26), true}};
  auto& form = Add(v1::TASK_KIND_SELF_CHECK, "units/u/posts/buyer", v1::TASK_STATE_HANDED_IN);
  form.set_person("units/u/persons/a");
  for (const auto& test : cases) {
    HandIn(known_[0], test.handed_in);
    const auto items = Items(v1::TASK_KIND_SELF_CHECK, absl::CivilDay(2026, 8, 1));
    EXPECT_EQ(items[0].late(), test.late) << test.handed_in;
    EXPECT_FALSE(items[0].overdue()) << "handed in";
    EXPECT_TRUE(items[1].overdue());
    EXPECT_FALSE(items[1].late());
  }
  EXPECT_FALSE(Items(v1::TASK_KIND_SELF_CHECK, absl::CivilDay(2026, 5, 25))[1].overdue())
      << "the due day is not over";
  EXPECT_TRUE(Items(v1::TASK_KIND_SELF_CHECK, absl::CivilDay(2026, 5, 26))[1].overdue());
}

TEST_F(CampaignItemsTest, TheFurthestRecordCounts) {
  const std::string general = "units/u/departments/general";
  HandIn(Add(v1::TASK_KIND_DEPARTMENT_RISKS, general, v1::TASK_STATE_RETURNED, "units/u/x/1"),
         absl::CivilDay(2026, 6, 4));
  auto items = Items(v1::TASK_KIND_DEPARTMENT_RISKS, absl::CivilDay(2026, 7, 1));
  EXPECT_EQ(items[0].state(), v1::TASK_STATE_RETURNED);
  EXPECT_FALSE(items[0].overdue()) << "it had been handed in";
  HandIn(Add(v1::TASK_KIND_DEPARTMENT_RISKS, general, v1::TASK_STATE_HANDED_IN, "units/u/x/2"),
         absl::CivilDay(2026, 6, 9));
  items = Items(v1::TASK_KIND_DEPARTMENT_RISKS, absl::CivilDay(2026, 7, 1));
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].state(), v1::TASK_STATE_HANDED_IN);
  EXPECT_EQ(items[0].record(), "units/u/x/2");
  EXPECT_FALSE(items[0].late()) << "first handed in on the 4th";
}

TEST_F(CampaignItemsTest, ProgressAddsUp) {
  auto& form = Add(v1::TASK_KIND_SELF_CHECK, "units/u/posts/buyer", v1::TASK_STATE_DONE);
  form.set_person("units/u/persons/a");
  HandIn(form, absl::CivilDay(2026, 6, 1));
  const auto items = ItemsOf(campaign_, roster_, known_, absl::CivilDay(2026, 6, 2));
  const auto progress = ProgressOf(campaign_, roster_, items);
  ASSERT_EQ(progress.size(), static_cast<size_t>(campaign_.tasks_size()));
  size_t pieces = 0;
  for (const auto& task : progress) {
    v1::ProgressCounts sum;
    for (const auto& department : task.departments()) {
      sum.set_expected(sum.expected() + department.counts().expected());
      sum.set_overdue(sum.overdue() + department.counts().overdue());
    }
    EXPECT_EQ(sum.expected(), task.total().expected()) << task.task().id();
    EXPECT_EQ(sum.overdue(), task.total().overdue()) << task.task().id();
    pieces += static_cast<size_t>(task.total().expected());
  }
  EXPECT_EQ(pieces, items.size());
  const auto& self_checks = progress[3];
  EXPECT_EQ(self_checks.task().id(), "self-checks");
  EXPECT_EQ(self_checks.total().expected(), 3);
  EXPECT_EQ(self_checks.total().handed_in(), 1);
  EXPECT_EQ(self_checks.total().done(), 1);
  EXPECT_EQ(self_checks.total().late(), 1);
  EXPECT_EQ(self_checks.total().overdue(), 2);
  ASSERT_EQ(self_checks.departments_size(), 2);
  EXPECT_EQ(self_checks.departments(0).display_name(), "校领导");
  EXPECT_EQ(self_checks.departments(1).display_name(), "总务处");
  EXPECT_EQ(self_checks.departments(1).counts().overdue(), 1);
}

TEST_F(CampaignItemsTest, WhoHasToDoIt) {
  v1::CampaignTaskItem item;
  item.set_subject("units/u/posts/buyer");
  item.set_department("units/u/departments/general");
  const auto doers = [&](v1::TaskRole role) { return DoersOf(item, role, roster_); };
  EXPECT_THAT(doers(v1::TASK_ROLE_HOLDER), ElementsAre("units/u/persons/a", "units/u/persons/b"));
  EXPECT_THAT(doers(v1::TASK_ROLE_DEPARTMENT_HEAD), ElementsAre("units/u/persons/head"));
  EXPECT_THAT(doers(v1::TASK_ROLE_VICE_PRINCIPAL), ElementsAre("units/u/persons/vice"));
  EXPECT_THAT(doers(v1::TASK_ROLE_PRINCIPAL), ElementsAre("units/u/persons/principal"));
  EXPECT_THAT(doers(v1::TASK_ROLE_PARTY_BRANCH), ElementsAre("units/u/persons/office"));
  EXPECT_THAT(doers(v1::TASK_ROLE_CONTROL_OFFICE), ElementsAre("units/u/persons/office"));
  EXPECT_THAT(doers(v1::TASK_ROLE_LEADING_GROUP), ElementsAre("units/u/persons/leader"));
  EXPECT_THAT(doers(v1::TASK_ROLE_LEADERSHIP_TEAM), ElementsAre("units/u/persons/principal"));
  EXPECT_THAT(doers(v1::TASK_ROLE_SUPERIOR_OFFICE), IsEmpty());
  item.set_subject("units/u/posts/principal");
  item.clear_department();
  EXPECT_THAT(doers(v1::TASK_ROLE_DEPARTMENT_HEAD), ElementsAre("units/u/persons/principal"))
      << "the leadership has no head: the holder himself";
  item.set_person("units/u/persons/b");
  EXPECT_THAT(doers(v1::TASK_ROLE_CONTROL_OFFICE), ElementsAre("units/u/persons/b"));
}

TEST_F(CampaignItemsTest, RemindersNameWhoAndWhen) {
  auto& done = Add(v1::TASK_KIND_SELF_CHECK, "units/u/posts/buyer", v1::TASK_STATE_DONE);
  done.set_person("units/u/persons/a");
  HandIn(done, absl::CivilDay(2026, 5, 20));
  auto& returned =
      Add(v1::TASK_KIND_SELF_CHECK, "units/u/posts/principal", v1::TASK_STATE_RETURNED);
  returned.set_person("units/u/persons/principal");
  HandIn(returned, absl::CivilDay(2026, 5, 20));
  campaign_.mutable_tasks()->DeleteSubrange(4, campaign_.tasks_size() - 4);
  campaign_.mutable_tasks()->DeleteSubrange(0, 3);
  ASSERT_EQ(campaign_.tasks(0).id(), "self-checks");
  const auto remind = [&](absl::CivilDay today, int days) {
    return RemindersOf(campaign_, roster_, ItemsOf(campaign_, roster_, known_, today), today, days);
  };
  EXPECT_THAT(remind(absl::CivilDay(2026, 5, 17), 7), IsEmpty()) << "eight days left";
  const auto week = remind(absl::CivilDay(2026, 5, 18), 7);
  ASSERT_EQ(week.size(), 2u) << "done is done";
  EXPECT_EQ(week[0].person(), "units/u/persons/b");
  EXPECT_EQ(week[0].days_left(), 7);
  EXPECT_EQ(week[0].to_role(), v1::TASK_ROLE_CONTROL_OFFICE);
  EXPECT_EQ(week[0].text(),
            "还有7天到期：填写《个人廉政风险自查表》（附件2）（采购员），时限5月25日。");
  EXPECT_THAT(week[1].text(), HasSubstr("已退回"));
  EXPECT_THAT(remind(absl::CivilDay(2026, 5, 25), 7)[0].text(), HasSubstr("今天到期"));
  EXPECT_THAT(remind(absl::CivilDay(2026, 5, 28), 7)[0].text(), HasSubstr("已逾期3天"));
  EXPECT_EQ(remind(absl::CivilDay(2026, 5, 28), 7)[0].days_left(), -3);
}

TEST_F(CampaignItemsTest, WhatNobodyDoesIsShown) {
  roster_.departments["units/u/departments/general"].head.clear();
  const absl::CivilDay today(2026, 6, 5);
  bool found = false;
  for (const auto& reminder :
       RemindersOf(campaign_, roster_, ItemsOf(campaign_, roster_, known_, today), today, 0)) {
    if (reminder.item().kind() != v1::TASK_KIND_DEPARTMENT_RISKS) continue;
    found = true;
    EXPECT_EQ(reminder.person(), "");
  }
  EXPECT_TRUE(found);
}

TEST_F(CampaignItemsTest, KeysRiseAndAreUnique) {
  for (int i = 0; i < 4; ++i) {
    Add(v1::TASK_KIND_RESPONSIBILITY_LETTER, "units/u/departments/general", v1::TASK_STATE_STARTED,
        absl::StrCat("units/u/letters/", i))
        .set_person("units/u/persons/head");
  }
  std::string last;
  for (const auto& item : ItemsOf(campaign_, roster_, known_, kBefore)) {
    const std::string key = KeyOf(campaign_, item);
    EXPECT_LT(last, key);
    last = key;
  }
}

}  // namespace
}  // namespace lianfang::reporting
