// One change to a good policy, one complaint.
#include "common/policy/check.h"

#include <functional>

#include "common/policy/policies.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::policy {
namespace {

using config::v1::LettersPolicy;
using config::v1::RolesPolicy;
using config::v1::RoutesPolicy;
using grading::v1::GradingPolicy;
using ::testing::HasSubstr;

// The built-in policies, which every case changes in one place.
const Policies& GoodPolicies() {
  static const auto* const policies = new Policies(*Load(""));
  return *policies;
}

// A policy with rules, matrix and count.
GradingPolicy FullPolicy() {
  GradingPolicy policy = GoodPolicies().grading.at("scheme-2013-matrix");
  *policy.mutable_count() = GoodPolicies().grading.at("scheme-2013-count").count();
  return policy;
}

TEST(CheckTest, AcceptsThePoliciesThatShip) {
  EXPECT_TRUE(CheckGrading(FullPolicy()).ok());
  EXPECT_TRUE(CheckRoutes(GoodPolicies().routes).ok());
  EXPECT_TRUE(CheckLetters(GoodPolicies().letters).ok());
  EXPECT_TRUE(CheckRoles(GoodPolicies().roles).ok());
}

TEST(CheckTest, RefusesInconsistentGradingPolicies) {
  const struct {
    const char* complaint;
    std::function<void(GradingPolicy&)> change;
  } cases[] = {
      {"not a resource id", [](auto& p) { p.set_id("Scheme 2013"); }},
      {"version", [](auto& p) { p.set_version(0); }},
      {"is taken", [](auto& p) { p.mutable_rules(1)->set_id(p.rules(0).id()); }},
      {"is taken", [](auto& p) { p.mutable_rules(1)->set_id("matrix"); }},
      {"has no level", [](auto& p) { p.mutable_rules(0)->clear_level(); }},
      {"has no clause", [](auto& p) { p.mutable_rules(0)->clear_clause(); }},
      {"has no condition", [](auto& p) { p.mutable_rules(0)->clear_unit_head(); }},
      {"other conditions", [](auto& p) { p.mutable_rules(3)->set_unit_head(true); }},
      {"no known function",
       [](auto& p) { p.mutable_rules(1)->add_any_function(common::v1::PostFunction(99)); }},
      {"function twice",
       [](auto& p) { p.mutable_rules(1)->add_any_function(common::v1::POST_FUNCTION_FINANCE); }},
      {"must be an 'otherwise' rule", [](auto& p) { p.mutable_rules()->RemoveLast(); }},
      {"must be an 'otherwise' rule", [](auto& p) { p.mutable_rules()->SwapElements(0, 3); }},
      {"has no rules", [](auto& p) { p.clear_rules(); }},
      {"medium_from < high_from", [](auto& p) { p.mutable_matrix()->set_medium_from(240); }},
      {"0 < medium_from", [](auto& p) { p.mutable_matrix()->set_medium_from(0); }},
      {"every likelihood", [](auto& p) { p.mutable_matrix()->mutable_likelihood()->RemoveLast(); }},
      {"one consequence twice",
       [](auto& p) {
         p.mutable_matrix()->mutable_consequence(1)->set_consequence(risk::v1::CONSEQUENCE_MINOR);
       }},
      {"above 0", [](auto& p) { p.mutable_matrix()->mutable_likelihood(0)->set_points(0); }},
      {"matrix: has no clause", [](auto& p) { p.mutable_matrix()->clear_clause(); }},
      {"count: needs", [](auto& p) { p.mutable_count()->set_high_from(3); }},
      {"count: has no clause", [](auto& p) { p.mutable_count()->clear_clause(); }},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.complaint);
    GradingPolicy policy = FullPolicy();
    test.change(policy);
    const absl::Status status = CheckGrading(policy);
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(std::string(status.message()), HasSubstr(test.complaint));
  }
}

TEST(CheckTest, RefusesInconsistentRoutes) {
  // Routes 3 and 4 are those of self-checks, 9 of grades, 14 of measures of most posts.
  const struct {
    const char* complaint;
    std::function<void(RoutesPolicy&)> change;
  } cases[] = {
      {"not a resource id", [](auto& p) { p.clear_id(); }},
      {"version", [](auto& p) { p.clear_version(); }},
      {"no record_kind", [](auto& p) { p.mutable_routes(3)->clear_record_kind(); }},
      {"has no steps", [](auto& p) { p.mutable_routes(9)->clear_steps(); }},
      {"has no kind", [](auto& p) { p.mutable_routes(4)->mutable_steps(0)->clear_kind(); }},
      {"has no role", [](auto& p) { p.mutable_routes(4)->mutable_steps(0)->clear_role(); }},
      {"not by both",
       [](auto& p) {
         p.mutable_routes(4)->mutable_steps(0)->set_kind(grading::v1::STEP_KIND_SUPERIOR);
       }},
      {"stand-ins for the superior",
       [](auto& p) {
         p.mutable_routes(3)->mutable_steps(0)->add_stand_ins(grading::v1::REVIEWER_ROLE_PRINCIPAL);
       }},
      {"no known role as a stand-in",
       [](auto& p) {
         p.mutable_routes(4)->mutable_steps(0)->add_stand_ins(
             grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER);
       }},
      {"names a role twice",
       [](auto& p) {
         p.mutable_routes(4)->mutable_steps(0)->add_stand_ins(grading::v1::REVIEWER_ROLE_PRINCIPAL);
       }},
      {"nobody who concludes",
       [](auto& p) { p.mutable_routes(14)->mutable_steps(0)->clear_convenor(); }},
      {"is no joint review",
       [](auto& p) { p.mutable_routes(4)->mutable_steps(0)->set_quorum_percent(50); }},
      {"not 1 to 100",
       [](auto& p) { p.mutable_routes(14)->mutable_steps(0)->set_quorum_percent(101); }},
      {"is never taken", [](auto& p) { p.mutable_routes()->SwapElements(3, 4); }},
      {"has no route for OWNER_KIND_STAFF",
       [](auto& p) { p.mutable_routes()->DeleteSubrange(4, 1); }},
      {"RECORD_KIND_POWER has no route for OWNER_KIND_DEPARTMENT",
       [](auto& p) { p.mutable_routes()->DeleteSubrange(7, 1); }},
      {"not decided by the superior", [](auto& p) { p.mutable_routes()->DeleteSubrange(3, 1); }},
      {"RECORD_KIND_MEASURE for a principal responsible person",
       [](auto& p) { p.mutable_routes()->DeleteSubrange(10, 1); }},
      {"not decided by the superior",
       [](auto& p) { *p.mutable_routes(3)->mutable_steps() = p.routes(4).steps(); }},
      {"not decided by the superior",
       [](auto& p) { p.mutable_routes(9)->mutable_steps()->RemoveLast(); }},
      {"not decided by the superior",
       [](auto& p) { p.mutable_routes(10)->mutable_steps()->RemoveLast(); }},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.complaint);
    RoutesPolicy policy = GoodPolicies().routes;
    test.change(policy);
    const absl::Status status = CheckRoutes(policy);
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(std::string(status.message()), HasSubstr(test.complaint));
  }
}

TEST(CheckTest, RefusesInconsistentLetters) {
  const struct {
    const char* complaint;
    std::function<void(LettersPolicy&)> change;
  } cases[] = {
      {"version", [](auto& p) { p.clear_version(); }},
      {"has no title", [](auto& p) { p.clear_title(); }},
      {"not a resource id", [](auto& p) { p.mutable_clauses(0)->clear_id(); }},
      {"stands twice", [](auto& p) { p.mutable_clauses(1)->set_id(p.clauses(0).id()); }},
      {"has no text", [](auto& p) { p.mutable_clauses(0)->clear_text(); }},
      {"no known tier",
       [](auto& p) { p.mutable_clauses(0)->add_tiers(grading::v1::LETTER_TIER_UNSPECIFIED); }},
      {"no known level",
       [](auto& p) { p.mutable_clauses(0)->add_levels(common::v1::RISK_LEVEL_UNSPECIFIED); }},
      {"has no clause", [](auto& p) { p.mutable_clauses()->DeleteSubrange(1, 7); }},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.complaint);
    LettersPolicy policy = GoodPolicies().letters;
    test.change(policy);
    const absl::Status status = CheckLetters(policy);
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(std::string(status.message()), HasSubstr(test.complaint));
  }
}

TEST(CheckTest, RefusesInconsistentRoles) {
  const struct {
    const char* complaint;
    std::function<void(RolesPolicy&)> change;
  } cases[] = {
      {"version", [](auto& p) { p.set_version(-1); }},
      {"has no roles", [](auto& p) { p.clear_roles(); }},
      {"not well-formed", [](auto& p) { p.mutable_roles(0)->set_name("Staff"); }},
      {"stands twice", [](auto& p) { p.mutable_roles(1)->set_name(p.roles(0).name()); }},
      {"stands twice",
       [](auto& p) { p.mutable_roles(0)->add_permissions("grading.policies.get"); }},
      {"has no source", [](auto& p) { p.mutable_roles(0)->clear_sources(); }},
      {"has no known source",
       [](auto& p) { p.mutable_roles(0)->set_sources(0, config::v1::ROLE_SOURCE_UNSPECIFIED); }},
      {"names a source twice",
       [](auto& p) { p.mutable_roles(0)->add_sources(p.roles(0).sources(0)); }},
      {"conflict of no known role", [](auto& p) { p.mutable_conflicts(0)->set_role("nobody"); }},
      {"with no known role", [](auto& p) { p.mutable_conflicts(0)->add_excludes("nobody"); }},
      {"needs excluded roles", [](auto& p) { p.mutable_conflicts(0)->clear_excludes(); }},
      {"and a reason", [](auto& p) { p.mutable_conflicts(0)->clear_reason(); }},
      {"twice", [](auto& p) { p.mutable_conflicts(0)->add_excludes(p.conflicts(0).excludes(0)); }},
      {"twice", [](auto& p) { p.mutable_conflicts(0)->add_excludes(p.conflicts(0).role()); }},
      {"both follow from the directory",
       [](auto& p) {
         p.mutable_conflicts(0)->set_role("staff");
         p.mutable_conflicts(0)->set_excludes(0, "principal");
       }},
      {"is not a permission", [](auto& p) { p.mutable_roles(0)->add_permissions("*"); }},
      {"is not a permission", [](auto& p) { p.mutable_roles(0)->add_permissions("grading"); }},
      {"is not a permission", [](auto& p) { p.mutable_roles(0)->add_permissions("risk.x"); }},
      {"is not a permission", [](auto& p) { p.mutable_roles(0)->add_permissions("risk.x*"); }},
      {"is not a permission", [](auto& p) { p.mutable_roles(0)->add_permissions("risk..get"); }},
      {"is not a permission", [](auto& p) { p.mutable_roles(0)->add_permissions("risk.X.get"); }},
      {"is not a permission", [](auto& p) { p.mutable_roles(0)->add_permissions("risk.*.get"); }},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.complaint);
    RolesPolicy policy = GoodPolicies().roles;
    test.change(policy);
    const absl::Status status = CheckRoles(policy);
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(std::string(status.message()), HasSubstr(test.complaint));
  }
}

}  // namespace
}  // namespace lianfang::policy
