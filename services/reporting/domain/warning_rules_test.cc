#include "services/reporting/domain/warning_rules.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/policy/policies.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/domain/school_time.h"

namespace lianfang::reporting {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const config::v1::WarningsPolicy& Policy() {
  static const auto* const policy = new config::v1::WarningsPolicy(policy::Load("")->warnings);
  return *policy;
}

const config::v1::WarningRule& Rule(v1::WarningKind kind) {
  for (const auto& rule : Policy().rules()) {
    if (rule.kind() == kind) return rule;
  }
  ADD_FAILURE() << kind;
  return config::v1::WarningRule::default_instance();
}

class WarningRulesTest : public ::testing::Test {
 protected:
  WarningRulesTest() {
    facts_.roster.unit = "units/u";
    facts_.roster.unit_display_name = "实验小学";
    facts_.roster.posts["units/u/posts/buyer"] = {
        .display_name = "采购员",
        .department = "units/u/departments/general",
        .holders = {{"units/u/persons/a", absl::CivilDay(2020, 9, 1)}},
        .functions = {common::v1::POST_FUNCTION_PROCUREMENT}};
    facts_.roster.departments["units/u/departments/general"] = {.display_name = "总务处"};
    facts_.roster.persons["units/u/persons/a"] = "采购员甲";
    Today(absl::CivilDay(2026, 5, 13));
  }

  void Today(absl::CivilDay day) { facts_.now = StartOf(day) + absl::Hours(8); }

  // The only warning of a kind; none: an empty one.
  v1::Warning One(v1::WarningKind kind) {
    v1::Warning found;
    for (const auto& [name, warning] : ComputeWarnings(Policy(), facts_)) {
      if (warning.kind() != kind) continue;
      EXPECT_EQ(found.name(), "") << "more than one";
      EXPECT_EQ(warning.name(), name);
      EXPECT_EQ(warning.policy_version(), "warnings-2013@1");
      EXPECT_EQ(warning.clause(), Rule(kind).clause());
      found = warning;
    }
    return found;
  }

  WarningFacts facts_;
};

TEST_F(WarningRulesTest, ThresholdsGiveTheColour) {
  const auto& rule = Rule(v1::WARNING_KIND_OVERDUE);
  const struct {
    int64_t value;
    v1::WarningColour colour;
    int64_t threshold;
  } cases[] = {{-1, v1::WARNING_COLOUR_UNSPECIFIED, 0}, {0, v1::WARNING_COLOUR_UNSPECIFIED, 0},
               {1, v1::WARNING_COLOUR_YELLOW, 1},       {6, v1::WARNING_COLOUR_YELLOW, 1},
               {7, v1::WARNING_COLOUR_ORANGE, 7},       {14, v1::WARNING_COLOUR_ORANGE, 7},
               {15, v1::WARNING_COLOUR_RED, 15},        {999, v1::WARNING_COLOUR_RED, 15}};
  for (const auto& test : cases) {
    EXPECT_EQ(ColourOf(rule, test.value), std::make_pair(test.colour, test.threshold))
        << test.value;
  }
}

TEST_F(WarningRulesTest, NamesAreStableAndApart) {
  const std::string name = WarningName("units/u", "overdue", "2026 self-checks units/u/posts/p");
  EXPECT_EQ(name, WarningName("units/u", "overdue", "2026 self-checks units/u/posts/p"));
  EXPECT_TRUE(absl::StartsWith(name, "units/u/warnings/w-"));
  EXPECT_LE(name.size(), std::string("units/u/warnings/").size() + 63);
  EXPECT_NE(name, WarningName("units/u", "overdue", "2027 self-checks units/u/posts/p"));
  EXPECT_NE(name, WarningName("units/u", "long-holder", "2026 self-checks units/u/posts/p"));
}

TEST_F(WarningRulesTest, OverduePieces) {
  auto& overdue = facts_.overdue.emplace_back();
  overdue.year = 2026;
  overdue.item.set_task("self-checks");
  overdue.item.set_title("填写《个人廉政风险自查表》（附件2）");
  overdue.item.set_subject("units/u/posts/buyer");
  overdue.item.set_subject_display_name("采购员");
  overdue.item.set_person("units/u/persons/a");
  *overdue.item.mutable_due_date() = ToDate(absl::CivilDay(2026, 5, 25));
  overdue.doers = {"units/u/persons/a"};
  Today(absl::CivilDay(2026, 6, 3));
  const v1::Warning warning = One(v1::WARNING_KIND_OVERDUE);
  EXPECT_EQ(warning.colour(), v1::WARNING_COLOUR_ORANGE);
  EXPECT_EQ(warning.value(), 9);
  EXPECT_EQ(warning.year(), 2026);
  EXPECT_EQ(warning.department(), "units/u/departments/general");
  EXPECT_THAT(warning.persons(), ElementsAre("units/u/persons/a"));
  EXPECT_EQ(TimeOf(warning.since()), StartOf(absl::CivilDay(2026, 5, 26)));
  EXPECT_THAT(warning.title(), HasSubstr("逾期9天"));
  Today(absl::CivilDay(2026, 6, 30));
  const v1::Warning later = One(v1::WARNING_KIND_OVERDUE);
  EXPECT_EQ(later.name(), warning.name()) << "the same warning, only worse";
  EXPECT_EQ(later.colour(), v1::WARNING_COLOUR_RED);
  EXPECT_EQ(TimeOf(later.since()), TimeOf(warning.since()));
}

TEST_F(WarningRulesTest, HighRisksWithoutMeasure) {
  auto& open = facts_.attentions.emplace_back();
  open.set_kind(v1::WARNING_KIND_HIGH_WITHOUT_MEASURE);
  open.set_open(true);
  open.set_record("units/u/riskPoints/r");
  open.set_owner("units/u/posts/buyer");
  open.set_text("虚报价格");
  open.set_year(2026);
  *open.mutable_since() = ToTimestamp(StartOf(absl::CivilDay(2026, 3, 1)));
  RosterPost& post = facts_.roster.posts["units/u/posts/buyer"];
  EXPECT_EQ(One(v1::WARNING_KIND_HIGH_WITHOUT_MEASURE).name(), "") << "no level yet";
  post.level = common::v1::RISK_LEVEL_MEDIUM;
  EXPECT_EQ(One(v1::WARNING_KIND_HIGH_WITHOUT_MEASURE).name(), "");
  post.level = common::v1::RISK_LEVEL_HIGH;
  post.level_since = absl::CivilDay(2026, 4, 20);
  EXPECT_EQ(One(v1::WARNING_KIND_HIGH_WITHOUT_MEASURE).name(), "")
      << "high for 23 days only, though registered for 73";
  post.level_since = absl::CivilDay(2026, 2, 1);
  const v1::Warning warning = One(v1::WARNING_KIND_HIGH_WITHOUT_MEASURE);
  EXPECT_EQ(warning.value(), 73);
  EXPECT_EQ(warning.colour(), v1::WARNING_COLOUR_ORANGE);
  EXPECT_EQ(warning.subject(), "units/u/riskPoints/r");
  EXPECT_EQ(warning.subject_display_name(), "虚报价格");
  EXPECT_EQ(warning.department(), "units/u/departments/general");
  EXPECT_EQ(TimeOf(warning.since()), StartOf(absl::CivilDay(2026, 3, 31)));
}

TEST_F(WarningRulesTest, MeasuresWithoutEffect) {
  auto& open = facts_.attentions.emplace_back();
  open.set_kind(v1::WARNING_KIND_MEASURE_WITHOUT_EFFECT);
  open.set_open(true);
  open.set_record("units/u/measures/m");
  open.set_owner("units/u/posts/buyer");
  open.set_text("双人验收");
  const absl::Time assessed = StartOf(absl::CivilDay(2026, 5, 13)) + absl::Hours(7);
  *open.mutable_since() = ToTimestamp(assessed);
  v1::Warning warning = One(v1::WARNING_KIND_MEASURE_WITHOUT_EFFECT);
  EXPECT_EQ(warning.colour(), v1::WARNING_COLOUR_YELLOW) << "from the day on";
  EXPECT_EQ(TimeOf(warning.since()), assessed);
  Today(absl::CivilDay(2026, 5, 28));
  EXPECT_EQ(One(v1::WARNING_KIND_MEASURE_WITHOUT_EFFECT).colour(), v1::WARNING_COLOUR_ORANGE);
  Today(absl::CivilDay(2026, 6, 12));
  EXPECT_EQ(One(v1::WARNING_KIND_MEASURE_WITHOUT_EFFECT).colour(), v1::WARNING_COLOUR_RED);
}

TEST_F(WarningRulesTest, LongHoldersOfHighPosts) {
  const struct {
    absl::CivilDay today;
    int64_t years;
    v1::WarningColour colour;
  } cases[] = {
      {absl::CivilDay(2025, 8, 31), 0, v1::WARNING_COLOUR_UNSPECIFIED},  // four full years
      {absl::CivilDay(2025, 9, 1), 5, v1::WARNING_COLOUR_YELLOW},
      {absl::CivilDay(2028, 8, 31), 7, v1::WARNING_COLOUR_YELLOW},
      {absl::CivilDay(2028, 9, 1), 8, v1::WARNING_COLOUR_ORANGE},
      {absl::CivilDay(2030, 9, 1), 10, v1::WARNING_COLOUR_RED},
  };
  EXPECT_EQ(One(v1::WARNING_KIND_LONG_HOLDER).name(), "") << "no high post";
  facts_.roster.posts["units/u/posts/buyer"].level = common::v1::RISK_LEVEL_HIGH;
  for (const auto& test : cases) {
    Today(test.today);
    const v1::Warning warning = One(v1::WARNING_KIND_LONG_HOLDER);
    EXPECT_EQ(warning.colour(), test.colour) << test.today;
    EXPECT_EQ(warning.value(), test.years) << test.today;
    if (warning.name().empty()) continue;
    EXPECT_THAT(warning.persons(), ElementsAre("units/u/persons/a"));
    EXPECT_EQ(TimeOf(warning.since()), StartOf(absl::CivilDay(2025, 9, 1)));
    EXPECT_THAT(warning.title(), HasSubstr("采购员甲"));
  }
}

TEST_F(WarningRulesTest, RepeatedFeedback) {
  const auto add = [&](const std::string& id, const std::string& subject, absl::CivilDay day) {
    auto& feedback = facts_.feedback.emplace_back();
    feedback.set_name("units/u/feedback/" + id);
    feedback.set_subject(subject);
    feedback.set_owner("units/u/posts/buyer");
    *feedback.mutable_time() = ToTimestamp(StartOf(day));
  };
  const std::string subject = "units/u/posts/buyer";
  add("a", subject, absl::CivilDay(2026, 5, 10));
  add("other", "units/u/posts/else", absl::CivilDay(2026, 5, 10));
  add("old", subject, absl::CivilDay(2025, 5, 13));
  EXPECT_EQ(One(v1::WARNING_KIND_REPEATED_FEEDBACK).name(), "") << "one within a year";
  add("b", subject, absl::CivilDay(2026, 5, 1));
  v1::Warning warning = One(v1::WARNING_KIND_REPEATED_FEEDBACK);
  EXPECT_EQ(warning.colour(), v1::WARNING_COLOUR_YELLOW);
  EXPECT_EQ(warning.subject(), subject);
  EXPECT_EQ(warning.department(), "units/u/departments/general");
  EXPECT_EQ(TimeOf(warning.since()), StartOf(absl::CivilDay(2026, 5, 10)))
      << "when the second came";
  facts_.feedback.back().set_dismissed(true);
  EXPECT_EQ(One(v1::WARNING_KIND_REPEATED_FEEDBACK).name(), "") << "not accepted";
  facts_.feedback.back().set_dismissed(false);
  for (int i = 0; i < 3; ++i) add(absl::StrCat("n", i), subject, absl::CivilDay(2026, 5, 12));
  EXPECT_EQ(One(v1::WARNING_KIND_REPEATED_FEEDBACK).colour(), v1::WARNING_COLOUR_RED);
}

TEST_F(WarningRulesTest, FunctionsThatShouldNotMeet) {
  EXPECT_EQ(One(v1::WARNING_KIND_CONFLICTING_POWERS).name(), "");
  // Over two posts of the same person.
  facts_.roster.posts["units/u/posts/cashier"] = {
      .display_name = "出纳",
      .department = "",
      .holders = {{"units/u/persons/a", absl::CivilDay(2024, 1, 1)},
                  {"units/u/persons/b", absl::CivilDay(2024, 1, 1)}},
      .functions = {common::v1::POST_FUNCTION_FINANCE}};
  v1::Warning warning = One(v1::WARNING_KIND_CONFLICTING_POWERS);
  EXPECT_EQ(warning.colour(), v1::WARNING_COLOUR_ORANGE);
  EXPECT_EQ(warning.value(), 1);
  EXPECT_EQ(warning.subject(), "units/u/persons/a");
  EXPECT_THAT(warning.persons(), ElementsAre("units/u/persons/a"));
  EXPECT_EQ(warning.department(), "units/u/departments/general");
  EXPECT_EQ(TimeOf(warning.since()), StartOf(absl::CivilDay(2024, 1, 1)))
      << "since both came together";
  EXPECT_THAT(warning.title(), HasSubstr("财务与物资采购"));
  facts_.roster.posts["units/u/posts/cashier"].functions.push_back(
      common::v1::POST_FUNCTION_PROJECT_BIDDING);
  EXPECT_EQ(One(v1::WARNING_KIND_CONFLICTING_POWERS).colour(), v1::WARNING_COLOUR_RED);
}

TEST_F(WarningRulesTest, LongTextsAreCutBetweenCharacters) {
  auto& open = facts_.attentions.emplace_back();
  open.set_kind(v1::WARNING_KIND_MEASURE_WITHOUT_EFFECT);
  open.set_record("units/u/measures/m");
  *open.mutable_since() = ToTimestamp(facts_.now);
  std::string text;
  for (int i = 0; i < 40; ++i) text += "措";
  open.set_text(text);
  EXPECT_EQ(One(v1::WARNING_KIND_MEASURE_WITHOUT_EFFECT).subject_display_name(), text);
  open.set_text(text + "施");
  EXPECT_EQ(One(v1::WARNING_KIND_MEASURE_WITHOUT_EFFECT).subject_display_name(), text + "…");
}

}  // namespace
}  // namespace lianfang::reporting
