// One change to good rules, one complaint.
#include <functional>

#include "common/policy/check.h"
#include "common/policy/policies.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::policy {
namespace {

using config::v1::WarningsPolicy;
using ::testing::HasSubstr;

const WarningsPolicy& GoodWarnings() {
  static const auto* const policy = new WarningsPolicy(Load("")->warnings);
  return *policy;
}

TEST(CheckWarningsTest, TheRulesThatShipCoverEveryKind) {
  EXPECT_TRUE(CheckWarnings(GoodWarnings()).ok());
  EXPECT_EQ(GoodWarnings().rules_size(), reporting::v1::WarningKind_ARRAYSIZE - 1);
}

TEST(CheckWarningsTest, RefusesInconsistentRules) {
  const struct {
    const char* complaint;
    std::function<void(WarningsPolicy&)> change;
  } cases[] = {
      {"not a resource id", [](WarningsPolicy& p) { p.set_id("Warnings"); }},
      {"version", [](WarningsPolicy& p) { p.set_version(0); }},
      {"has no rules", [](WarningsPolicy& p) { p.clear_rules(); }},
      {"rule id", [](WarningsPolicy& p) { p.mutable_rules(0)->set_id(""); }},
      {"has no kind", [](WarningsPolicy& p) { p.mutable_rules(0)->clear_kind(); }},
      {"no title", [](WarningsPolicy& p) { p.mutable_rules(0)->clear_title(); }},
      {"no clause", [](WarningsPolicy& p) { p.mutable_rules(0)->clear_clause(); }},
      {"no thresholds", [](WarningsPolicy& p) { p.mutable_rules(0)->clear_thresholds(); }},
      {"must rise",
       [](WarningsPolicy& p) { p.mutable_rules(0)->mutable_thresholds(1)->set_from(1); }},
      {"must rise",
       [](WarningsPolicy& p) {
         p.mutable_rules(0)->mutable_thresholds(1)->set_colour(
             reporting::v1::WARNING_COLOUR_YELLOW);
       }},
      {"must rise",
       [](WarningsPolicy& p) { p.mutable_rules(0)->mutable_thresholds(0)->set_from(-1); }},
      {"window_days", [](WarningsPolicy& p) { p.mutable_rules(0)->set_window_days(30); }},
      {"window_days", [](WarningsPolicy& p) { p.mutable_rules(4)->clear_window_days(); }},
      {"window_days", [](WarningsPolicy& p) { p.mutable_rules(4)->set_window_days(3661); }},
      {"1 or more",
       [](WarningsPolicy& p) { p.mutable_rules(4)->mutable_thresholds(0)->set_from(0); }},
      {"stands twice", [](WarningsPolicy& p) { p.mutable_rules(1)->set_id("overdue"); }},
      {"stands already",
       [](WarningsPolicy& p) { p.mutable_rules(1)->set_kind(p.rules(0).kind()); }},
      {"no pairs", [](WarningsPolicy& p) { p.clear_conflicting_functions(); }},
      {"two different",
       [](WarningsPolicy& p) {
         p.mutable_conflicting_functions(0)->set_b(p.conflicting_functions(0).a());
       }},
      {"has no reason",
       [](WarningsPolicy& p) { p.mutable_conflicting_functions(0)->clear_reason(); }},
      {"pair of conflicting_functions stands twice",
       [](WarningsPolicy& p) {
         auto* again = p.add_conflicting_functions();
         *again = p.conflicting_functions(0);
         const auto a = again->a();
         again->set_a(again->b());
         again->set_b(a);
       }},
      {"has no escalation", [](WarningsPolicy& p) { p.clear_escalation(); }},
      {"has no role", [](WarningsPolicy& p) { p.mutable_escalation(0)->clear_role(); }},
      {"escalates twice",
       [](WarningsPolicy& p) { p.mutable_escalation(1)->set_role(p.escalation(0).role()); }},
      {"must rise", [](WarningsPolicy& p) { p.mutable_escalation(2)->set_after_hours(72); }},
      {"after 0 hours", [](WarningsPolicy& p) { p.mutable_escalation(0)->set_after_hours(1); }},
  };
  for (const auto& test : cases) {
    WarningsPolicy changed = GoodWarnings();
    test.change(changed);
    const absl::Status status = CheckWarnings(changed);
    EXPECT_FALSE(status.ok()) << test.complaint;
    EXPECT_THAT(std::string(status.message()), HasSubstr(test.complaint));
  }
}

}  // namespace
}  // namespace lianfang::policy
