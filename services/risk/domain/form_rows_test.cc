#include "services/risk/domain/form_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/document/form_columns.h"

namespace lianfang::risk {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Cells = std::vector<std::pair<const char*, const char*>>;

constexpr char kAffairs[] = "units/a/departments/affairs";

// Two people of one name; two posts of one name in two departments.
FormNames Names() {
  FormNames names;
  names.unit = "units/a";
  names.unit_name = "实验小学";
  names.departments = {{"总务处", {kAffairs}}, {"教务处", {"units/a/departments/teaching"}}};
  names.persons = {{"保管员", {"units/a/persons/one", "units/a/persons/two"}},
                   {"校长", {"units/a/persons/principal"}}};
  names.posts = {{"干事",
                  {{"units/a/posts/clerk", kAffairs},
                   {"units/a/posts/registrar", "units/a/departments/teaching"}}},
                 {"校长", {{"units/a/posts/principal", ""}}}};
  names.holds = {{"units/a/persons/one", "units/a/posts/clerk"},
                 {"units/a/persons/two", "units/a/posts/registrar"},
                 {"units/a/persons/principal", "units/a/posts/principal"}};
  names.powers = {{"物资采购", {{"units/a/powers/buying", kAffairs}}}};
  return names;
}

v1::FormRow RowOf(v1::FormKind form, int number, const Cells& cells) {
  v1::FormRow row;
  row.set_form(form);
  row.set_sheet("表一");
  row.set_row(number);
  for (const auto& [heading, text] : cells) {
    auto* cell = row.add_cells();
    cell->set_heading(heading);
    cell->set_column(std::string(1, static_cast<char>('A' + row.cells_size() - 1)));
    cell->set_text(text);
  }
  return row;
}

struct Outcome {
  ReadForms forms;
  std::vector<std::string> places;
  std::vector<std::string> texts;
};

Outcome Read(const std::vector<v1::FormRow>& rows) {
  std::vector<const v1::FormRow*> pointers;
  for (const v1::FormRow& row : rows) pointers.push_back(&row);
  table::ImportProblems problems;
  Outcome outcome;
  outcome.forms = ReadRows(pointers, 2026, Names(), &problems);
  // The rows are gone afterwards.
  for (auto& one : outcome.forms.self_checks) one.rows.clear();
  for (auto& one : outcome.forms.points) one.row = nullptr;
  for (auto& one : outcome.forms.powers) one.row = nullptr;
  for (const table::ImportProblem* problem : problems.Sorted()) {
    outcome.places.push_back(problem->place);
    outcome.texts.push_back(problem->zh);
  }
  return outcome;
}

const Cells kFinding = {{"姓名", "保管员"},       {"处室", "总务处"},     {"岗位", "干事"},
                        {"风险类别", "岗位职责"}, {"风险点", "一人经办"}, {"表现形式", "无人复核"},
                        {"存在或潜在", "潜在"},   {"查找方式", "自己找"}};

Cells With(Cells cells, const char* heading, const char* text) {
  for (auto& cell : cells) {
    if (std::string(cell.first) == heading) {
      cell.second = text;
      return cells;
    }
  }
  cells.emplace_back(heading, text);
  return cells;
}

TEST(FormRows, FindingsOfOnePersonAndPostMakeOneForm) {
  const auto read =
      Read({RowOf(v1::FORM_KIND_SELF_CHECK, 4, With(kFinding, "岗位职责", "管库房")),
            RowOf(v1::FORM_KIND_SELF_CHECK, 5, With(kFinding, "风险点", "盘点走过场")),
            RowOf(v1::FORM_KIND_SELF_CHECK, 6,
                  With(With(kFinding, "处室", "教务处"), "风险类别", "教育教学"))});
  EXPECT_THAT(read.texts, IsEmpty());
  ASSERT_THAT(read.forms.self_checks, SizeIs(2));
  const v1::SelfCheck& form = read.forms.self_checks[0].form;
  EXPECT_EQ(form.person(), "units/a/persons/one");
  EXPECT_EQ(form.post(), "units/a/posts/clerk");
  EXPECT_EQ(form.year(), 2026);
  EXPECT_EQ(form.duties(), "管库房");
  ASSERT_THAT(form.findings(), SizeIs(2));
  EXPECT_EQ(form.findings(1).description(), "盘点走过场");
  EXPECT_EQ(form.findings(0).kind(), v1::FINDING_KIND_POTENTIAL);
  EXPECT_EQ(form.findings(0).method(), common::v1::FINDING_METHOD_SELF);
  // The namesake is known by his post.
  EXPECT_EQ(read.forms.self_checks[1].form.person(), "units/a/persons/two");
}

TEST(FormRows, EveryBadCellIsNamed) {
  struct Case {
    v1::FormKind form;
    Cells cells;
    const char* place;
    const char* says;
  };
  const Cells point = {{"处室（单位）", "总务处"},
                       {"风险类别", "业务流程"},
                       {"风险点", "验收"},
                       {"表现形式", "一人验收"}};
  const Cells power = {{"处室", "总务处"},   {"职权类别", "物资采购"}, {"职权名称", "采购"},
                       {"职权内容", "采购"}, {"行使主体", "总务处"},   {"行使依据", "政府采购法"}};
  const std::vector<Case> cases = {
      {v1::FORM_KIND_SELF_CHECK, With(kFinding, "姓名", "某人"), "表一!A9", "没有名为“某人”的人员"},
      {v1::FORM_KIND_SELF_CHECK, With(kFinding, "岗位", "校长"), "表一!C9", "没有名为“校长”的岗位"},
      {v1::FORM_KIND_SELF_CHECK, With(kFinding, "姓名", "校长"), "表一!C9", "不是本人今天任职"},
      {v1::FORM_KIND_SELF_CHECK, With(kFinding, "风险类别", "外部环境"), "表一!D9",
       "个人自查表的风险类别"},
      {v1::FORM_KIND_SELF_CHECK, With(kFinding, "风险类别", "别的"), "表一!D9", "不在可选范围内"},
      {v1::FORM_KIND_SELF_CHECK, With(kFinding, "风险点", "　"), "表一!E9", "不能为空"},
      {v1::FORM_KIND_SELF_CHECK, With(kFinding, "存在或潜在", "也许"), "表一!G9", "存在、潜在"},
      {v1::FORM_KIND_DEPARTMENT_RISKS, With(point, "处室（单位）", "没有的处室"), "表一!A9",
       "没有名为“没有的处室”的处室"},
      {v1::FORM_KIND_DEPARTMENT_RISKS, With(point, "风险类别", "思想道德"), "表一!B9", "风险类别"},
      {v1::FORM_KIND_POWER_RISKS, With(point, "职权名称", "基建"), "表一!E9",
       "没有名为“基建”的职权"},
      {v1::FORM_KIND_POWER_CATALOGUE, With(power, "公开形式、范围、时限", "公告栏；到处；每年"),
       "表一!G9", "形式；范围；时限"},
      {v1::FORM_KIND_POWER_CATALOGUE, With(power, "公开形式、范围、时限", "不公开"), "表一!G9",
       "必须说明理由"},
      {v1::FORM_KIND_POWER_CATALOGUE, With(power, "承办岗位", "校长"), "表一!G9",
       "没有名为“校长”的岗位"},
  };
  for (const Case& one : cases) {
    const auto read = Read({RowOf(one.form, 9, one.cells)});
    EXPECT_THAT(read.places, ElementsAre(one.place)) << one.says;
    ASSERT_THAT(read.texts, SizeIs(1)) << one.says;
    EXPECT_THAT(read.texts[0], HasSubstr(one.says));
    EXPECT_THAT(read.forms.self_checks, IsEmpty());
    EXPECT_THAT(read.forms.points, IsEmpty());
    EXPECT_THAT(read.forms.powers, IsEmpty());
  }
}

TEST(FormRows, ACellThatIsMissingIsNamedByItsHeading) {
  Cells cells = kFinding;
  cells.pop_back();
  EXPECT_THAT(Read({RowOf(v1::FORM_KIND_SELF_CHECK, 9, cells)}).places,
              ElementsAre("表一!9 查找方式"));
}

TEST(FormRows, TheSameRiskTwiceIsAMistake) {
  const Cells point = {{"处室（单位）", "实验小学"},
                       {"风险类别", "制度机制"},
                       {"风险点", "议事规则不全"},
                       {"表现形式", "临时动议"}};
  const auto read = Read({RowOf(v1::FORM_KIND_DEPARTMENT_RISKS, 4, point),
                          RowOf(v1::FORM_KIND_DEPARTMENT_RISKS, 5, point)});
  EXPECT_THAT(read.places, ElementsAre("表一!C5"));
  ASSERT_THAT(read.forms.points, SizeIs(1));
  EXPECT_EQ(read.forms.points[0].point.layer(), common::v1::RISK_LAYER_UNIT);
  EXPECT_EQ(read.forms.points[0].point.owner(), "units/a");
}

TEST(FormRows, WhatATableDoesNotShowStays) {
  v1::SelfCheck stored;
  stored.set_name("units/a/selfChecks/s");
  stored.set_duties("管库房");
  auto* finding = stored.add_findings();
  finding->set_description("一人经办");
  finding->set_manifestation("无人复核");
  finding->set_sensitive_topic(common::v1::SENSITIVE_TOPIC_MERIT_SELECTION);
  v1::SelfCheck read;
  read.set_duties("管库房");
  read.mutable_conformity();
  read.add_findings()->set_description("一人经办");
  read.mutable_findings(0)->set_manifestation("无人复核");
  EXPECT_FALSE(Overlay(read, &stored));
  read.mutable_findings(0)->set_manifestation("账物不符");
  EXPECT_TRUE(Overlay(read, &stored));
  EXPECT_EQ(stored.findings(0).manifestation(), "账物不符");
  EXPECT_EQ(stored.findings(0).sensitive_topic(), common::v1::SENSITIVE_TOPIC_MERIT_SELECTION);
}

// What an import asks for by name is a column that exports and templates have.
TEST(FormRows, AsksForColumnsThatTheFormsHave) {
  const auto has = [](std::span<const document::Column> columns, absl::string_view heading) {
    for (const document::Column& column : columns) {
      if (column.heading == heading) return true;
    }
    return false;
  };
  for (const char* heading :
       {"姓名", "处室", "岗位", "岗位职责", "履行职责情况", "执行制度情况", "遵守廉政准则情况",
        "风险类别", "风险点", "表现形式", "存在或潜在", "查找方式"}) {
    EXPECT_TRUE(has(document::SelfCheckColumns(), heading)) << heading;
  }
  for (const char* heading :
       {"处室（单位）", "风险类别", "重点岗位、环节、部位", "风险点", "表现形式"}) {
    EXPECT_TRUE(has(document::DepartmentRiskColumns(), heading)) << heading;
  }
  for (const char* heading : {"处室（单位）", "职权名称", "运行环节", "风险点", "表现形式"}) {
    EXPECT_TRUE(has(document::PowerRiskColumns(), heading)) << heading;
  }
  for (const char* heading :
       {"处室", "职权类别", "职权名称", "职权内容", "行使主体", "行使依据", "责任事项", "承办岗位",
        "公开形式、范围、时限", "收费依据与标准", "联系电话", "备注"}) {
    EXPECT_TRUE(has(document::PowerColumns(), heading)) << heading;
  }
}

}  // namespace
}  // namespace lianfang::risk
