#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "services/reporting/documents/domain/build.h"
#include "services/reporting/documents/domain/kinds.h"
#include "services/reporting/documents/domain/whose_document.h"

namespace lianfang::reporting::documents {
namespace {

using document::Table;

constexpr char kHead[] = "units/u/persons/head";
constexpr char kLeader[] = "units/u/persons/leader";
constexpr char kStaff[] = "units/u/persons/staff";
constexpr char kOther[] = "units/u/persons/other";

Facts School(v1::DocumentKind kind) {
  Facts facts;
  facts.kind = InfoOf(kind);
  facts.scope = {ScopeType::kUnit, "units/u"};
  facts.year = 2026;
  facts.unit.set_name("units/u");
  facts.unit.set_display_name("实验小学");
  auto& department = facts.departments["units/u/departments/d"];
  department.set_name("units/u/departments/d");
  department.set_display_name("总务处");
  department.set_head(kHead);
  department.set_vice_principal(kLeader);
  auto& post = facts.posts["units/u/posts/p"];
  post.set_name("units/u/posts/p");
  post.set_display_name("采购员");
  post.set_department("units/u/departments/d");
  facts.holders["units/u/posts/p"] = {kStaff};
  for (const char* person : {kHead, kLeader, kStaff, kOther}) facts.persons[person] = person + 16;
  return facts;
}

auth::Identity Person(const char* subject, std::vector<std::string> roles = {"staff"}) {
  return {.subject = subject, .units = {"u"}, .roles = std::move(roles)};
}

TEST(KindsTest, EachHasACodeOfItsOwnAndAScope) {
  std::set<std::string> codes;
  for (const KindInfo& info : AllKinds()) {
    EXPECT_TRUE(codes.insert(info.code).second) << info.code;
    EXPECT_FALSE(info.scopes.empty());
    EXPECT_EQ(InfoOf(info.kind), &info);
  }
  EXPECT_EQ(AllKinds().size(), static_cast<size_t>(v1::DocumentKind_ARRAYSIZE - 1));
  EXPECT_EQ(InfoOf(v1::DOCUMENT_KIND_UNSPECIFIED), nullptr);
}

TEST(ParseScopeTest, TakesRecordsOfTheUnitThatTheKindHas) {
  const KindInfo& forms = *InfoOf(v1::DOCUMENT_KIND_SELF_CHECK);
  EXPECT_EQ(ParseScope(forms, "u", kStaff)->type, ScopeType::kPerson);
  EXPECT_FALSE(ParseScope(forms, "u", "").ok());  // of the unit there is none
  EXPECT_FALSE(ParseScope(forms, "u", "units/v/persons/staff").ok());
  EXPECT_FALSE(ParseScope(forms, "u", "units/u/persons/staff/more").ok());
  EXPECT_FALSE(ParseScope(forms, "u", "units/u/posts/p").ok());
  const KindInfo& table = *InfoOf(v1::DOCUMENT_KIND_STATISTICS);
  EXPECT_EQ(ParseScope(table, "u", "")->name, "units/u");
  EXPECT_EQ(ParseScope(table, "u", "units/u")->type, ScopeType::kUnit);
}

// What common/access says about it for somebody who stands there.
bool May(const access::Place& place, const char* person, const Facts& facts) {
  const Question whose = WhoseDocument(facts);
  return access::Check(Person(person), place, whose.action, whose.facts).ok();
}

constexpr char kDepartment[] = "units/u/departments/d";
const access::Place kHeads = {.posts = {"units/u/posts/h"}, .heads = {kDepartment}};
const access::Place kLeads = {.posts = {"units/u/posts/l"}, .in_charge = {kDepartment}};
const access::Place kWorks = {.posts = {"units/u/posts/p"}, .departments = {kDepartment}};

struct Right {
  v1::DocumentKind kind;
  ScopeType type;
  const char* name;
  const char* person;
  const access::Place& place;
  bool draft;
  bool may;
};

TEST(WhoseDocumentTest, DeniesWhatIsNotSomebodysBusiness) {
  const access::Place nowhere;
  const Right kRights[] = {
      {v1::DOCUMENT_KIND_SELF_CHECK, ScopeType::kPerson, kStaff, kStaff, kWorks, false, true},
      {v1::DOCUMENT_KIND_SELF_CHECK, ScopeType::kPerson, kStaff, kStaff, kWorks, true, true},
      {v1::DOCUMENT_KIND_SELF_CHECK, ScopeType::kPerson, kStaff, kOther, kWorks, false, false},
      {v1::DOCUMENT_KIND_SELF_CHECK, ScopeType::kPerson, kStaff, kHead, kHeads, false, false},
      {v1::DOCUMENT_KIND_SELF_CHECK, ScopeType::kDepartment, kDepartment, kHead, kHeads, false,
       false},
      {v1::DOCUMENT_KIND_SELF_CHECK, ScopeType::kDepartment, kDepartment, kLeader, kLeads, false,
       false},
      {v1::DOCUMENT_KIND_SELF_CHECK, ScopeType::kDepartment, kDepartment, kStaff, kWorks, false,
       false},
      {v1::DOCUMENT_KIND_RISK_SUMMARY, ScopeType::kDepartment, kDepartment, kHead, kHeads, false,
       true},
      {v1::DOCUMENT_KIND_RISK_SUMMARY, ScopeType::kUnit, "units/u", kHead, kHeads, false, false},
      {v1::DOCUMENT_KIND_STATISTICS, ScopeType::kUnit, "units/u", kLeader, kLeads, false, false},
      {v1::DOCUMENT_KIND_WORKFLOW_CHART, ScopeType::kUnit, "units/u", kStaff, kWorks, false, true},
      {v1::DOCUMENT_KIND_WORKFLOW_CHART, ScopeType::kUnit, "units/u", kStaff, kWorks, true, false},
      {v1::DOCUMENT_KIND_POST_DUTIES, ScopeType::kDepartment, kDepartment, kHead, kHeads, true,
       true},
      {v1::DOCUMENT_KIND_DESK_SIGN, ScopeType::kPost, "units/u/posts/p", kStaff, kWorks, false,
       true},
      {v1::DOCUMENT_KIND_WORKFLOW_CHART, ScopeType::kUnit, "units/u", "units/v/persons/x", nowhere,
       false, false},
  };
  for (const Right& right : kRights) {
    Facts facts = School(right.kind);
    facts.scope = {right.type, right.name};
    facts.draft = right.draft;
    EXPECT_EQ(May(right.place, right.person, facts), right.may)
        << v1::DocumentKind_Name(right.kind) << " " << right.name << " " << right.person;
    const Question whose = WhoseDocument(facts);
    for (const char* office : {"control_office", "principal", "leading_group", "auditor"}) {
      // What it sees of self-checks it sees of all together.
      if (right.kind == v1::DOCUMENT_KIND_SELF_CHECK && office == std::string("leading_group")) {
        continue;
      }
      EXPECT_TRUE(access::Check(Person("services/x", {office}), {}, whose.action, whose.facts).ok())
          << office;
    }
    for (const char* stranger : {"district_reader", "integration", "administrator"}) {
      EXPECT_FALSE(
          access::Check(Person("services/x", {stranger}), {}, whose.action, whose.facts).ok())
          << stranger;
    }
  }
}

TEST(WhoseDocumentTest, LettersAndRectificationsGoToThoseConcerned) {
  Facts letters = School(v1::DOCUMENT_KIND_RESPONSIBILITY_LETTER);
  auto& letter = letters.letters.emplace_back();
  letter.set_name("units/u/responsibilityLetters/l");
  letter.add_party_a(kLeader);
  letter.set_party_b(kStaff);
  letter.set_department(kDepartment);
  letters.scope = {ScopeType::kLetter, letter.name()};
  EXPECT_TRUE(May({}, kLeader, letters));
  EXPECT_TRUE(May(kWorks, kStaff, letters));
  EXPECT_TRUE(May(kHeads, kHead, letters));
  EXPECT_FALSE(May(kWorks, kOther, letters));
  letters.scope = {ScopeType::kUnit, "units/u"};
  EXPECT_FALSE(May(kWorks, kStaff, letters));

  Facts notice = School(v1::DOCUMENT_KIND_RECTIFICATION_NOTICE);
  notice.scope = {ScopeType::kRectification, "units/u/rectifications/r"};
  // What is not there is refused as what is somebody else's.
  EXPECT_FALSE(May(kWorks, kStaff, notice));
  notice.rectification.emplace();
  notice.rectification->set_name(notice.scope.name);
  notice.rectification->set_responsible(kStaff);
  notice.rectification->set_department(kDepartment);
  EXPECT_TRUE(May(kWorks, kStaff, notice));
  EXPECT_TRUE(May(kHeads, kHead, notice));
  EXPECT_FALSE(May(kWorks, kOther, notice));
}

TEST(WhoseDocumentTest, TheDraftOfAChartIsItsDepartments) {
  Facts facts = School(v1::DOCUMENT_KIND_WORKFLOW_CHART);
  facts.draft = true;
  facts.scope = {ScopeType::kPower, "units/u/powers/a"};
  auto& power = facts.powers.emplace_back();
  power.set_name("units/u/powers/a");
  power.set_department(kDepartment);
  EXPECT_TRUE(May(kHeads, kHead, facts));
  EXPECT_FALSE(May(kWorks, kStaff, facts));
}

const Table& FirstTable(const document::Document& document) {
  for (const document::Block& block : document.sections.at(0).blocks) {
    if (const auto* table = std::get_if<Table>(&block)) return *table;
  }
  static const Table none;
  return none;
}

std::string TextOf(const Table& table, size_t row, size_t column) {
  return table.rows.at(row).cells.at(column).Text();
}

TEST(DepartmentRisksTest, HasTheRegisteredPointsOfDepartmentsWithoutAPower) {
  Facts facts = School(v1::DOCUMENT_KIND_DEPARTMENT_RISKS);
  const auto add = [&](const char* id, common::v1::RiskLayer layer, const char* owner,
                       risk::v1::RiskPointState state, const char* power) {
    auto& point = facts.points.emplace_back();
    point.set_name(std::string("units/u/riskPoints/") + id);
    point.set_layer(layer);
    point.set_owner(owner);
    point.set_year(2026);
    point.set_state(state);
    point.set_description(id);
    point.set_power(power);
  };
  const auto registered = risk::v1::RISK_POINT_STATE_REGISTERED;
  add("of-post", common::v1::RISK_LAYER_POST, "units/u/posts/p", registered, "");
  add("of-department", common::v1::RISK_LAYER_DEPARTMENT, kDepartment, registered, "");
  add("of-power", common::v1::RISK_LAYER_DEPARTMENT, kDepartment, registered, "units/u/powers/a");
  add("draft", common::v1::RISK_LAYER_DEPARTMENT, kDepartment, risk::v1::RISK_POINT_STATE_DRAFT,
      "");
  add("of-unit", common::v1::RISK_LAYER_UNIT, "units/u", registered, "");
  facts.posts["units/u/posts/principal"].set_principal_responsible(true);
  facts.holders["units/u/posts/principal"] = {kOther};
  auto& measure = facts.measures.emplace_back();
  measure.set_risk_point("units/u/riskPoints/of-department");
  measure.set_stage(common::v1::MEASURE_STAGE_INTERIM_MONITORING);
  measure.set_content("双人复核");
  measure.set_state(risk::v1::MEASURE_STATE_FILED);
  auto& grade = facts.grades.emplace_back();
  grade.set_post("units/u/posts/p");
  grade.set_confirmed_level(common::v1::RISK_LEVEL_MEDIUM);

  const auto built = Build(facts);
  ASSERT_TRUE(built.ok()) << built.status();
  const Table& table = FirstTable(*built);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(TextOf(table, 0, 1), "实验小学");  // the unit's come first
  EXPECT_EQ(TextOf(table, 0, 4), "of-unit");
  EXPECT_EQ(TextOf(table, 0, 9), "other");  // 「负总责」
  EXPECT_EQ(TextOf(table, 1, 1), "总务处");
  EXPECT_EQ(TextOf(table, 1, 4), "of-department");
  EXPECT_EQ(TextOf(table, 1, 6), "二级（中）");
  EXPECT_EQ(TextOf(table, 1, 7), "中期监控：双人复核");
  EXPECT_EQ(TextOf(table, 1, 8), "head");
  EXPECT_EQ(TextOf(table, 1, 9), "leader");

  facts.draft = true;
  EXPECT_EQ(FirstTable(*Build(facts)).rows.size(), 3U);
  facts.draft = false;
  facts.kind = InfoOf(v1::DOCUMENT_KIND_POWER_RISKS);
  EXPECT_EQ(FirstTable(*Build(facts)).rows.size(), 1U);
}

TEST(DepartmentRisksTest, SaysWhatWasDecidedLast) {
  Facts facts = School(v1::DOCUMENT_KIND_DEPARTMENT_RISKS);
  facts.scope = {ScopeType::kDepartment, kDepartment};
  const auto verdict = [&] {
    const auto built = Build(facts);
    std::vector<std::string> values;
    for (const document::Block& block : built->sections.at(0).blocks) {
      const auto* grid = std::get_if<document::Grid>(&block);
      if (grid == nullptr) continue;
      for (const auto& row : grid->rows) {
        for (const document::Field& field : row) values.push_back(field.value);
      }
    }
    return values;
  };
  EXPECT_EQ(verdict(), std::vector<std::string>({"", "", ""}));  // to be filled in by hand
  const std::pair<const char*, int64_t> reviews[] = {{"units/u/reviews/a", 1371000000},
                                                     {"units/u/reviews/b", 1370000000}};
  for (const auto& [name, time] : reviews) {
    auto& point = facts.points.emplace_back();
    point.set_name(std::string("units/u/riskPoints/of-") + name);
    point.set_layer(common::v1::RISK_LAYER_DEPARTMENT);
    point.set_owner(kDepartment);
    point.set_year(2026);
    point.set_state(risk::v1::RISK_POINT_STATE_REGISTERED);
    point.set_review(name);
    auto& review = facts.reviews[name];
    review.set_name(name);
    auto& decision = *review.add_decisions();
    decision.set_decision(grading::v1::DECISION_APPROVE);
    decision.set_decider(time == 1371000000 ? kLeader : kOther);
    decision.mutable_time()->set_seconds(time);
  }
  EXPECT_EQ(verdict(), std::vector<std::string>({"通过", "leader", "2013年6月12日"}));
}

TEST(BuildTest, TablesAreMadeOfNothingAndRecordsAreNot) {
  for (const KindInfo& info : AllKinds()) {
    const Facts facts = School(info.kind);
    const auto built = Build(facts);
    if (info.table && info.kind != v1::DOCUMENT_KIND_SELF_CHECK) {
      EXPECT_TRUE(built.ok()) << info.title;
    } else if (!info.picture) {
      EXPECT_FALSE(built.ok()) << info.title;
    }
  }
}

TEST(StatisticsTest, HasACounterForEachColumnAndItsSum) {
  Facts facts = School(v1::DOCUMENT_KIND_STATISTICS);
  facts.statistics.emplace_back().mutable_statistics()->set_post_count(4);
  facts.total.set_post_count(4);
  const Table table = StatisticsTable(facts);
  ASSERT_EQ(table.rows.size(), 2U);
  for (const auto& row : table.rows) EXPECT_EQ(row.cells.size(), table.columns.size());
  EXPECT_EQ(TextOf(table, 0, 0), "校领导");
  EXPECT_EQ(TextOf(table, 0, 2), "4");
  EXPECT_TRUE(table.rows.back().total);
}

}  // namespace
}  // namespace lianfang::reporting::documents
