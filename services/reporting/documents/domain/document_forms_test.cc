#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "services/reporting/documents/domain/build.h"
#include "services/reporting/documents/domain/kinds.h"
#include "services/reporting/documents/domain/may_render.h"

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

struct Right {
  v1::DocumentKind kind;
  ScopeType type;
  const char* name;
  const char* person;
  bool draft;
  bool may;
};

TEST(MayRenderTest, DeniesWhatIsNotSomebodysBusiness) {
  constexpr char kDepartment[] = "units/u/departments/d";
  const Right kRights[] = {
      {v1::DOCUMENT_KIND_SELF_CHECK, ScopeType::kPerson, kStaff, kStaff, false, true},
      {v1::DOCUMENT_KIND_SELF_CHECK, ScopeType::kPerson, kStaff, kStaff, true, true},
      {v1::DOCUMENT_KIND_SELF_CHECK, ScopeType::kPerson, kStaff, kOther, false, false},
      {v1::DOCUMENT_KIND_SELF_CHECK, ScopeType::kDepartment, kDepartment, kHead, false, true},
      {v1::DOCUMENT_KIND_SELF_CHECK, ScopeType::kDepartment, kDepartment, kLeader, false, true},
      {v1::DOCUMENT_KIND_SELF_CHECK, ScopeType::kDepartment, kDepartment, kStaff, false, false},
      {v1::DOCUMENT_KIND_RISK_SUMMARY, ScopeType::kDepartment, kDepartment, kHead, false, true},
      {v1::DOCUMENT_KIND_RISK_SUMMARY, ScopeType::kUnit, "units/u", kHead, false, false},
      {v1::DOCUMENT_KIND_STATISTICS, ScopeType::kUnit, "units/u", kLeader, false, false},
      {v1::DOCUMENT_KIND_WORKFLOW_CHART, ScopeType::kUnit, "units/u", kStaff, false, true},
      {v1::DOCUMENT_KIND_WORKFLOW_CHART, ScopeType::kUnit, "units/u", kStaff, true, false},
      {v1::DOCUMENT_KIND_DESK_SIGN, ScopeType::kPost, "units/u/posts/p", kStaff, false, true},
      {v1::DOCUMENT_KIND_WORKFLOW_CHART, ScopeType::kUnit, "units/u", "units/v/persons/x", false,
       false},
  };
  for (const Right& right : kRights) {
    Facts facts = School(right.kind);
    facts.scope = {right.type, right.name};
    facts.draft = right.draft;
    EXPECT_EQ(MayRender(Person(right.person), facts), right.may)
        << v1::DocumentKind_Name(right.kind) << " " << right.name << " " << right.person;
    for (const char* office : {"control_office", "principal", "leading_group", "auditor"}) {
      EXPECT_TRUE(MayRender(Person("services/x", {office}), facts)) << office;
    }
    for (const char* stranger : {"district_reader", "integration", "administrator"}) {
      EXPECT_FALSE(MayRender(Person("services/x", {stranger}), facts)) << stranger;
    }
  }
}

TEST(MayRenderTest, LettersAndRectificationsGoToThoseConcerned) {
  Facts letters = School(v1::DOCUMENT_KIND_RESPONSIBILITY_LETTER);
  auto& letter = letters.letters.emplace_back();
  letter.set_name("units/u/responsibilityLetters/l");
  letter.add_party_a(kHead);
  letter.set_party_b(kStaff);
  letters.scope = {ScopeType::kLetter, letter.name()};
  EXPECT_TRUE(MayRender(Person(kHead), letters));
  EXPECT_TRUE(MayRender(Person(kStaff), letters));
  EXPECT_FALSE(MayRender(Person(kOther), letters));
  letters.scope = {ScopeType::kUnit, "units/u"};
  EXPECT_FALSE(MayRender(Person(kStaff), letters));

  Facts notice = School(v1::DOCUMENT_KIND_RECTIFICATION_NOTICE);
  notice.rectification.emplace();
  notice.rectification->set_name("units/u/rectifications/r");
  notice.rectification->set_responsible(kStaff);
  notice.rectification->set_department("units/u/departments/d");
  notice.scope = {ScopeType::kRectification, notice.rectification->name()};
  EXPECT_TRUE(MayRender(Person(kStaff), notice));
  EXPECT_TRUE(MayRender(Person(kHead), notice));
  EXPECT_FALSE(MayRender(Person(kOther), notice));
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
  constexpr char kDepartment[] = "units/u/departments/d";
  const auto registered = risk::v1::RISK_POINT_STATE_REGISTERED;
  add("of-post", common::v1::RISK_LAYER_POST, "units/u/posts/p", registered, "");
  add("of-department", common::v1::RISK_LAYER_DEPARTMENT, kDepartment, registered, "");
  add("of-power", common::v1::RISK_LAYER_DEPARTMENT, kDepartment, registered, "units/u/powers/a");
  add("draft", common::v1::RISK_LAYER_DEPARTMENT, kDepartment, risk::v1::RISK_POINT_STATE_DRAFT,
      "");
  add("of-unit", common::v1::RISK_LAYER_UNIT, "units/u", registered, "");
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
