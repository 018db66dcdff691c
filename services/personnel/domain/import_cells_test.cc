#include "services/personnel/domain/import_cells.h"

#include "common/directory/date.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lianfang::personnel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ImportCellsTest, YesNo) {
  for (const char* word : {"是", "true", "TRUE", "1", "yes", "Yes", " 是 ", "\u3000是"}) {
    EXPECT_EQ(ParseYesNo(word), true) << word;
  }
  for (const char* word : {"否", "false", "0", "no", "", "  "}) {
    EXPECT_EQ(ParseYesNo(word), false) << word;
  }
  for (const char* word : {"有", "y", "2", "是否"}) EXPECT_EQ(ParseYesNo(word), std::nullopt);
}

TEST(ImportCellsTest, Kinds) {
  EXPECT_EQ(ParseDepartmentKind("处室"), v1::DEPARTMENT_KIND_OFFICE);
  EXPECT_EQ(ParseDepartmentKind("科室"), v1::DEPARTMENT_KIND_SECTION);
  EXPECT_EQ(ParseDepartmentKind("office"), v1::DEPARTMENT_KIND_OFFICE);
  EXPECT_EQ(ParseDepartmentKind("DEPARTMENT_KIND_SECTION"), v1::DEPARTMENT_KIND_SECTION);
  for (const char* word : {"", "UNSPECIFIED", "DEPARTMENT_KIND_UNSPECIFIED", "处", "1"}) {
    EXPECT_EQ(ParseDepartmentKind(word), std::nullopt) << word;
  }
}

TEST(ImportCellsTest, Roles) {
  EXPECT_EQ(ParseRole("组长"), v1::LEADING_GROUP_ROLE_LEADER);
  EXPECT_EQ(ParseRole("副组长"), v1::LEADING_GROUP_ROLE_DEPUTY_LEADER);
  EXPECT_EQ(ParseRole("成员"), v1::LEADING_GROUP_ROLE_MEMBER);
  EXPECT_EQ(ParseRole("办公室主任"), v1::LEADING_GROUP_ROLE_OFFICE_DIRECTOR);
  EXPECT_EQ(ParseRole("办公室成员"), v1::LEADING_GROUP_ROLE_OFFICE_MEMBER);
  EXPECT_EQ(ParseRole("deputy_leader"), v1::LEADING_GROUP_ROLE_DEPUTY_LEADER);
  EXPECT_EQ(ParseRole("LEADING_GROUP_ROLE_MEMBER"), v1::LEADING_GROUP_ROLE_MEMBER);
  EXPECT_EQ(ParseRole("主任"), std::nullopt);
  EXPECT_EQ(RoleId(v1::LEADING_GROUP_ROLE_OFFICE_DIRECTOR), "office-director");
}

TEST(ImportCellsTest, TheWordsToChooseFromAreThoseOfAnExport) {
  EXPECT_THAT(DepartmentKindWords(), ElementsAre("处室", "科室"));
  EXPECT_THAT(RoleWords(), ElementsAre("组长", "副组长", "成员", "办公室主任", "办公室成员"));
  const std::vector<absl::string_view> functions = FunctionWords();
  // Without the unspecified one.
  EXPECT_EQ(static_cast<int>(functions.size()),
            common::v1::PostFunction_descriptor()->value_count() - 1);
  for (const absl::string_view word : functions) {
    const auto function = ParseFunction(word);
    ASSERT_NE(function, std::nullopt) << word;
    EXPECT_EQ(WordOf(*function), word);
  }
}

TEST(ImportCellsTest, EveryFunctionHasItsNames) {
  const char* const chinese[] = {"执法权",
                                 "投资决策权",
                                 "财务",
                                 "物资采购",
                                 "基建维修",
                                 "工程招投标",
                                 "重要项目管理",
                                 "工程建设基建",
                                 "招生",
                                 "招聘",
                                 "与教职工教育教学生活密切相关",
                                 "一般经济管理",
                                 "社会事务管理",
                                 "公共服务"};
  const auto* type = common::v1::PostFunction_descriptor();
  ASSERT_EQ(type->value_count(), 15);
  for (int i = 1; i < type->value_count(); ++i) {
    const std::string name = type->value(i)->name();
    EXPECT_EQ(ParseFunction(chinese[i - 1]), i);
    EXPECT_EQ(ParseFunction(name), i);
    EXPECT_EQ(ParseFunction(name.substr(std::string("POST_FUNCTION_").size())), i);
  }
  for (const char* word : {"", "UNSPECIFIED", "GARDENING", "采购"}) {
    EXPECT_EQ(ParseFunction(word), std::nullopt) << word;
  }
}

TEST(ImportCellsTest, Words) {
  EXPECT_THAT(SplitWords("a;b； c、d,e，f|g"), ElementsAre("a", "b", "c", "d", "e", "f", "g"));
  EXPECT_THAT(SplitWords(" ; 、"), IsEmpty());
  EXPECT_THAT(SplitWords(""), IsEmpty());
}

TEST(ImportCellsTest, Days) {
  for (const char* text : {"2026-05-03", "2026/5/3", "2026/05/03", " 2026-05-03 "}) {
    const auto day = ParseDay(text);
    ASSERT_TRUE(day.has_value()) << text;
    EXPECT_EQ(directory::FormatDate(*day), "2026-05-03");
  }
  for (const char* text : {"", "2026-5-3", "2026/13/1", "26/5/3", "2026/5", "2026/5/3/1",
                           "5/3/2026", "2026//3", "2026年5月3日"}) {
    EXPECT_EQ(ParseDay(text).has_value(), false) << text;
  }
}

}  // namespace
}  // namespace lianfang::personnel
