#include "services/grading/domain/grade.h"

#include <fstream>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/policy/policies.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::grading {
namespace {

using namespace common::v1;  // NOLINT: the words of the domain
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const CompiledPolicy& Policy(const std::string& id) {
  static const auto* const policies = [] {
    auto* compiled = new std::map<std::string, CompiledPolicy>;
    const auto loaded = policy::Load("");
    for (const auto& [name, source] : loaded->grading) {
      compiled->try_emplace(name, source);
    }
    v1::GradingPolicy both = compiled->at("scheme-2013-matrix").source();
    both.set_id("both");
    *both.mutable_count() = compiled->at("scheme-2013-count").source().count();
    compiled->try_emplace("both", both);
    return compiled;
  }();
  return policies->at(id);
}

v1::PostProfile Profile(const std::vector<PostFunction>& functions, bool head = false) {
  v1::PostProfile profile;
  profile.set_post("units/u/posts/p");
  profile.set_is_unit_head(head);
  for (const PostFunction function : functions) profile.add_functions(function);
  return profile;
}

v1::PostGrade GradeBy(const std::string& policy, const v1::PostProfile& profile) {
  v1::PostGrade grade;
  const absl::Status status = Grade(profile, Policy(policy), &grade);
  EXPECT_TRUE(status.ok()) << status;
  return grade;
}

std::vector<std::string> RuleIds(const v1::PostGrade& grade) {
  std::vector<std::string> ids;
  for (const auto& reason : grade.reasons()) ids.push_back(reason.rule_id());
  return ids;
}

TEST(GradeTest, EveryFunctionHasItsLevelAndItsName) {
  const struct {
    PostFunction function;
    RiskLevel level;
    const char* input;
  } cases[] = {
      {POST_FUNCTION_LAW_ENFORCEMENT, RISK_LEVEL_HIGH, "职能：执法权"},
      {POST_FUNCTION_INVESTMENT_DECISION, RISK_LEVEL_HIGH, "职能：投资决策权"},
      {POST_FUNCTION_FINANCE, RISK_LEVEL_HIGH, "职能：财务"},
      {POST_FUNCTION_PROCUREMENT, RISK_LEVEL_HIGH, "职能：物资采购"},
      {POST_FUNCTION_INFRASTRUCTURE_REPAIR, RISK_LEVEL_HIGH, "职能：基建维修"},
      {POST_FUNCTION_PROJECT_BIDDING, RISK_LEVEL_HIGH, "职能：工程招投标"},
      {POST_FUNCTION_KEY_PROJECT_MANAGEMENT, RISK_LEVEL_HIGH, "职能：重要项目管理"},
      {POST_FUNCTION_CONSTRUCTION, RISK_LEVEL_HIGH, "职能：工程建设基建"},
      {POST_FUNCTION_ADMISSIONS, RISK_LEVEL_HIGH, "职能：招生"},
      {POST_FUNCTION_RECRUITMENT, RISK_LEVEL_HIGH, "职能：招聘"},
      {POST_FUNCTION_STAFF_LIFE, RISK_LEVEL_HIGH, "职能：与教职工教育教学生活密切相关"},
      {POST_FUNCTION_GENERAL_ECONOMIC_MANAGEMENT, RISK_LEVEL_MEDIUM, "职能：一般经济管理"},
      {POST_FUNCTION_SOCIAL_AFFAIRS_MANAGEMENT, RISK_LEVEL_MEDIUM, "职能：社会事务管理"},
      {POST_FUNCTION_PUBLIC_SERVICE, RISK_LEVEL_MEDIUM, "职能：公共服务"},
  };
  ASSERT_EQ(std::size(cases), static_cast<size_t>(PostFunction_ARRAYSIZE - 1));
  for (const auto& test : cases) {
    SCOPED_TRACE(test.input);
    const v1::PostGrade grade = GradeBy("scheme-2013", Profile({test.function}));
    EXPECT_EQ(grade.level(), test.level);
    EXPECT_EQ(grade.rule_floor(), test.level);
    EXPECT_EQ(grade.grade_number(), static_cast<int>(test.level));
    EXPECT_EQ(grade.post(), "units/u/posts/p");
    EXPECT_EQ(grade.policy_version(), "scheme-2013@1");
    EXPECT_FALSE(grade.has_score());
    ASSERT_EQ(grade.reasons_size(), 1);
    EXPECT_EQ(grade.reasons(0).input(), test.input);
    EXPECT_THAT(grade.reasons(0).clause(), HasSubstr("级廉政风险"));
    // A unit head is high whatever else he does.
    EXPECT_EQ(GradeBy("scheme-2013", Profile({test.function}, true)).level(), RISK_LEVEL_HIGH);
  }
}

TEST(GradeTest, ReasonsNameWhatFiredTheDecidingOneFirst) {
  const v1::PostGrade grade =
      GradeBy("scheme-2013", Profile({POST_FUNCTION_PUBLIC_SERVICE, POST_FUNCTION_PROCUREMENT,
                                      POST_FUNCTION_FINANCE, POST_FUNCTION_PROCUREMENT}));
  EXPECT_THAT(RuleIds(grade), ElementsAre("high-functions", "medium-functions"));
  EXPECT_EQ(grade.reasons(0).input(), "职能：财务、物资采购");
  EXPECT_EQ(grade.reasons(1).input(), "职能：公共服务");
  const v1::PostGrade head = GradeBy("scheme-2013", Profile({POST_FUNCTION_FINANCE}, true));
  EXPECT_THAT(RuleIds(head), ElementsAre("high-unit-head", "high-functions"));
  EXPECT_EQ(head.reasons(0).input(), "单位领导班子正职岗位");
}

TEST(GradeTest, NothingNamedIsLow) {
  const v1::PostGrade grade = GradeBy("scheme-2013", Profile({}));
  EXPECT_EQ(grade.level(), RISK_LEVEL_LOW);
  EXPECT_EQ(grade.grade_number(), 3);
  EXPECT_THAT(RuleIds(grade), ElementsAre("low-otherwise"));
  EXPECT_EQ(grade.reasons(0).clause(), "低级风险岗位设定为：除高、中级以外的其它岗位");
}

// domain: 一级 1000 600 400 300 240 · 二级 150 120 100 90 · 三级 70 45 42 40 21 15 7.
const struct {
  double score;
  RiskLevel level;
} kMatrix[4][4] = {
    // 较轻 7, 一般 15, 较大 40, 重大 100
    {{7, RISK_LEVEL_LOW}, {15, RISK_LEVEL_LOW}, {40, RISK_LEVEL_LOW}, {100, RISK_LEVEL_MEDIUM}},
    {{21, RISK_LEVEL_LOW}, {45, RISK_LEVEL_LOW}, {120, RISK_LEVEL_MEDIUM}, {300, RISK_LEVEL_HIGH}},
    {{42, RISK_LEVEL_LOW}, {90, RISK_LEVEL_MEDIUM}, {240, RISK_LEVEL_HIGH}, {600, RISK_LEVEL_HIGH}},
    {{70, RISK_LEVEL_LOW},
     {150, RISK_LEVEL_MEDIUM},
     {400, RISK_LEVEL_HIGH},
     {1000, RISK_LEVEL_HIGH}},
};

risk::v1::RiskFactors Factors(int likelihood, int consequence) {
  risk::v1::RiskFactors factors;
  factors.set_likelihood(static_cast<risk::v1::Likelihood>(likelihood));
  factors.set_consequence(static_cast<risk::v1::Consequence>(consequence));
  return factors;
}

TEST(GradeTest, AllProductsOfTheMatrix) {
  for (int l = 1; l <= 4; ++l) {
    for (int c = 1; c <= 4; ++c) {
      const auto& expected = kMatrix[l - 1][c - 1];
      SCOPED_TRACE(expected.score);
      v1::AssessRiskResponse risk;
      ASSERT_TRUE(AssessRisk(Factors(l, c), Policy("scheme-2013-matrix"), &risk).ok());
      EXPECT_EQ(risk.level(), expected.level);
      EXPECT_EQ(risk.score(), expected.score);
      EXPECT_EQ(risk.policy_version(), "scheme-2013-matrix@1");
      EXPECT_THAT(risk.reason().input(), HasSubstr(absl::StrCat("=", expected.score)));
      // The score alone decides over a post that the rule puts low.
      v1::PostProfile profile = Profile({});
      *profile.add_risks() = Factors(l, c);
      const v1::PostGrade grade = GradeBy("scheme-2013-matrix", profile);
      EXPECT_EQ(grade.level(), expected.level);
      EXPECT_EQ(grade.rule_floor(), RISK_LEVEL_LOW);
      EXPECT_EQ(grade.score(), expected.score);
      // Where the score asks for no more than the rule, the rule decides.
      EXPECT_EQ(grade.reasons(0).rule_id(),
                expected.level == RISK_LEVEL_LOW ? "low-otherwise" : "matrix");
      EXPECT_EQ(grade.reasons_size(), 2);
    }
  }
}

TEST(GradeTest, HighestScoreCountsAndUnassessedRisksDoNot) {
  v1::PostProfile profile = Profile({POST_FUNCTION_PUBLIC_SERVICE});
  *profile.add_risks() = Factors(1, 1);
  *profile.add_risks() = Factors(4, 4);
  *profile.add_risks() = Factors(2, 3);
  *profile.add_risks() = Factors(4, 0);
  *profile.add_risks() = Factors(0, 0);
  v1::PostGrade grade = GradeBy("scheme-2013-matrix", profile);
  EXPECT_EQ(grade.score(), 1000);
  EXPECT_EQ(grade.level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(grade.rule_floor(), RISK_LEVEL_MEDIUM);
  EXPECT_THAT(RuleIds(grade), ElementsAre("matrix", "medium-functions"));
  EXPECT_EQ(grade.reasons(0).input(), "风险：完全可能×重大=1000");
  profile.clear_risks();
  *profile.add_risks() = Factors(4, 0);
  EXPECT_FALSE(GradeBy("scheme-2013-matrix", profile).has_score());
  // A policy without a matrix does not look at factors.
  EXPECT_EQ(GradeBy("scheme-2013", profile).level(), RISK_LEVEL_MEDIUM);
}

TEST(GradeTest, CountThresholds) {
  const struct {
    int kinds;
    RiskLevel level;
  } cases[] = {{0, RISK_LEVEL_LOW},     {1, RISK_LEVEL_LOW},    {2, RISK_LEVEL_LOW},
               {3, RISK_LEVEL_MEDIUM},  {4, RISK_LEVEL_MEDIUM}, {5, RISK_LEVEL_HIGH},
               {10000, RISK_LEVEL_HIGH}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.kinds);
    v1::PostProfile profile = Profile({});
    profile.set_risk_kind_count(test.kinds);
    const v1::PostGrade grade = GradeBy("scheme-2013-count", profile);
    EXPECT_EQ(grade.level(), test.level);
    EXPECT_EQ(grade.reasons_size(), test.kinds == 0 ? 1 : 2);
  }
  v1::PostProfile profile = Profile({});
  profile.set_risk_kind_count(5);
  EXPECT_EQ(GradeBy("scheme-2013-count", profile).reasons(0).input(), "风险种类：5");
}

TEST(GradeTest, OverridesOfTheCount) {
  for (int bits = 1; bits < 8; ++bits) {
    SCOPED_TRACE(bits);
    v1::PostProfile profile = Profile({});
    profile.set_risk_kind_count(1);
    profile.set_major_influence((bits & 1) != 0);
    profile.set_unlimited_discretion((bits & 2) != 0);
    profile.set_prior_misconduct((bits & 4) != 0);
    const v1::PostGrade grade = GradeBy("scheme-2013-count", profile);
    EXPECT_EQ(grade.level(), RISK_LEVEL_HIGH);
    EXPECT_THAT(RuleIds(grade), ElementsAre("count-override", "low-otherwise", "count"));
    std::vector<std::string> named = absl::StrSplit(grade.reasons(0).input(), "、");
    EXPECT_EQ(named.size(), static_cast<size_t>(absl::popcount(static_cast<unsigned>(bits))));
    // The scheme's rule knows no overrides.
    EXPECT_EQ(GradeBy("scheme-2013", profile).level(), RISK_LEVEL_LOW);
  }
}

TEST(GradeTest, CombinedPolicyTakesTheHighest) {
  v1::PostProfile profile = Profile({POST_FUNCTION_PUBLIC_SERVICE});  // medium
  *profile.add_risks() = Factors(1, 1);                               // low
  profile.set_risk_kind_count(5);                                     // high
  const v1::PostGrade grade = GradeBy("both", profile);
  EXPECT_EQ(grade.level(), RISK_LEVEL_HIGH);
  EXPECT_EQ(grade.rule_floor(), RISK_LEVEL_MEDIUM);
  EXPECT_THAT(RuleIds(grade), ElementsAre("count", "medium-functions", "matrix"));
}

TEST(GradeTest, BadProfilesAreErrors) {
  const struct {
    const char* field;
    ErrorReason reason;
    std::function<void(v1::PostProfile&)> change;
  } cases[] = {
      {"functions[1]", ERROR_REASON_UNKNOWN_ENUM_VALUE,
       [](auto& p) { p.add_functions(POST_FUNCTION_UNSPECIFIED); }},
      {"functions[1]", ERROR_REASON_UNKNOWN_ENUM_VALUE,
       [](auto& p) { p.add_functions(static_cast<PostFunction>(15)); }},
      {"functions[1]", ERROR_REASON_UNKNOWN_ENUM_VALUE,
       [](auto& p) { p.add_functions(static_cast<PostFunction>(-1)); }},
      {"risks[0].likelihood", ERROR_REASON_UNKNOWN_ENUM_VALUE,
       [](auto& p) { *p.add_risks() = Factors(5, 1); }},
      {"risks[0].consequence", ERROR_REASON_UNKNOWN_ENUM_VALUE,
       [](auto& p) { *p.add_risks() = Factors(1, -3); }},
      {"risks[0].exercise_frequency", ERROR_REASON_UNKNOWN_ENUM_VALUE,
       [](auto& p) {
         p.add_risks()->set_exercise_frequency(static_cast<risk::v1::ExerciseFrequency>(9));
       }},
      {"risk_kind_count", ERROR_REASON_INVALID_FIELD, [](auto& p) { p.set_risk_kind_count(-1); }},
      {"risk_kind_count", ERROR_REASON_INVALID_FIELD,
       [](auto& p) { p.set_risk_kind_count(10001); }},
      {"post", ERROR_REASON_INVALID_FIELD, [](auto& p) { p.set_post(std::string(201, 'x')); }},
      {"post", ERROR_REASON_INVALID_FIELD, [](auto& p) { p.set_post("a\nb"); }},
      {"functions", ERROR_REASON_INVALID_FIELD,
       [](auto& p) {
         for (int i = 0; i < 20; ++i) p.add_functions(POST_FUNCTION_FINANCE);
       }},
      {"risks", ERROR_REASON_INVALID_FIELD,
       [](auto& p) {
         for (int i = 0; i < 201; ++i) p.add_risks();
       }},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.field);
    v1::PostProfile profile = Profile({POST_FUNCTION_FINANCE});
    test.change(profile);
    v1::PostGrade grade;
    const absl::Status status = Grade(profile, Policy("both"), &grade);
    EXPECT_EQ(ReasonOf(status), test.reason);
    EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat(test.field, ":")));
  }
}

TEST(AssessRiskTest, NeedsBothFactorsAndAMatrix) {
  v1::AssessRiskResponse risk;
  const auto reason = [&](int l, int c, const char* policy) {
    return ReasonOf(AssessRisk(Factors(l, c), Policy(policy), &risk));
  };
  EXPECT_EQ(reason(1, 1, "scheme-2013"), ERROR_REASON_POLICY_NOT_FOUND);
  EXPECT_EQ(reason(0, 1, "both"), ERROR_REASON_REQUIRED_FIELD);
  EXPECT_EQ(reason(1, 0, "both"), ERROR_REASON_REQUIRED_FIELD);
  EXPECT_EQ(reason(9, 1, "both"), ERROR_REASON_UNKNOWN_ENUM_VALUE);
  EXPECT_EQ(reason(1, 1, "both"), ERROR_REASON_UNSPECIFIED);
}

// Rows of a CSV file without quotes in its first `columns` cells.
std::vector<std::vector<std::string>> Rows(const std::string& path, size_t columns) {
  std::ifstream in(path);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(in, line);  // titles
  while (std::getline(in, line)) {
    std::vector<std::string> cells = absl::StrSplit(line, ',');
    EXPECT_GE(cells.size(), columns) << line;
    rows.push_back(std::move(cells));
  }
  return rows;
}

TEST(GradeTest, SampleSchoolGetsTheLevelsWorkedOutByHand) {
  std::map<std::string, std::string> levels;
  for (const auto& row : Rows(SAMPLE_DIR "/directory/posts.csv", 6)) {
    v1::PostProfile profile = Profile({}, row[4] == "是");
    for (const auto name : absl::StrSplit(row[3], ';', absl::SkipEmpty())) {
      PostFunction function;
      ASSERT_TRUE(PostFunction_Parse(absl::StrCat("POST_FUNCTION_", name), &function)) << name;
      profile.add_functions(function);
    }
    levels[row[0]] = RiskLevel_Name(GradeBy("scheme-2013", profile).level()).substr(11);
  }
  std::map<std::string, std::string> expected;
  for (const auto& row : Rows(SAMPLE_DIR "/expected_levels.csv", 2)) expected[row[0]] = row[1];
  ASSERT_EQ(expected.size(), 45u);
  EXPECT_EQ(levels, expected);
}

}  // namespace
}  // namespace lianfang::grading
