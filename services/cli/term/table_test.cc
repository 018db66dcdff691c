#include "services/cli/term/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "common/base/utf8.h"

namespace lianfang::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Table Sample() {
  Table table({{"岗位"}, {"等级"}, {"数", Align::kRight}});
  table.AddRow({"出纳", "一级", "12"});
  table.AddRow({"A-1 保管员", "三级", "3"});
  table.AddSeparator();
  table.AddRow({"合计", "", "15"});
  return table;
}

TEST(TableTest, UnicodeBorders) {
  EXPECT_EQ(Sample().Render(80, true),
            "┌────────────┬──────┬────┐\n"
            "│ 岗位       │ 等级 │ 数 │\n"
            "├────────────┼──────┼────┤\n"
            "│ 出纳       │ 一级 │ 12 │\n"
            "│ A-1 保管员 │ 三级 │  3 │\n"
            "├────────────┼──────┼────┤\n"
            "│ 合计       │      │ 15 │\n"
            "└────────────┴──────┴────┘\n");
}

TEST(TableTest, AsciiBordersAndNoBound) {
  EXPECT_EQ(Sample().Render(0, false),
            "+------------+------+----+\n"
            "| 岗位       | 等级 | 数 |\n"
            "+------------+------+----+\n"
            "| 出纳       | 一级 | 12 |\n"
            "| A-1 保管员 | 三级 |  3 |\n"
            "+------------+------+----+\n"
            "| 合计       |      | 15 |\n"
            "+------------+------+----+\n");
}

TEST(TableTest, NarrowTerminalWrapsTheWidestColumn) {
  Table table({{"岗位"}, {"风险"}});
  table.AddRow({"出纳", "现金不及时入账，挪用公款。"});
  EXPECT_EQ(table.Render(25, false),
            "+------+----------------+\n"
            "| 岗位 | 风险           |\n"
            "+------+----------------+\n"
            "| 出纳 | 现金不及时入   |\n"
            "|      | 账，挪用公款。 |\n"
            "+------+----------------+\n");
}

TEST(TableTest, LineFeedsInACell) {
  Table table({{"a"}, {"b", Align::kRight}});
  table.AddRow({"x\nyy", "1"});
  EXPECT_EQ(table.Render(0, false),
            "+----+----+\n"
            "| a  |  b |\n"
            "+----+----+\n"
            "| x  |  1 |\n"
            "| yy |    |\n"
            "+----+----+\n");
}

TEST(TableTest, EdgesOfRows) {
  Table table({{"a"}, {"b"}});
  table.AddSeparator();  // At the start: none is drawn.
  table.AddRow({"1"});
  table.AddSeparator();
  table.AddSeparator();
  table.AddRow({"1", "2", "3"});
  table.AddSeparator();  // At the end: none is drawn.
  EXPECT_EQ(table.Render(0, false),
            "+----+----+\n"
            "| a  | b  |\n"
            "+----+----+\n"
            "| 1  |    |\n"
            "+----+----+\n"
            "| 1  | 2  |\n"
            "+----+----+\n");
  EXPECT_EQ(Table({{"ab"}}).Render(0, false), "+----+\n| ab |\n+----+\n");
  Table none({});
  none.AddRow({"x"});
  EXPECT_EQ(none.Render(80, true), "");
}

TEST(TableTest, StoredTextCannotDriveTheTerminal) {
  Table table({{"\x1B]0;title\x07"}});
  table.AddRow({"a\x1B[2J\r\tb\u202E"});
  const std::string text = table.Render(0, false);
  EXPECT_THAT(text, HasSubstr("a\uFFFD[2J\uFFFD\uFFFDb\uFFFD"));
  EXPECT_FALSE(HasControlCharacters(text, true));
  EXPECT_THAT(text, Not(HasSubstr("\t")));
}

TEST(TableTest, WrapText) {
  struct Case {
    std::string text;
    int width;
    std::vector<std::string> want;
  };
  const Case cases[] = {
      {"", 5, {""}},
      {"abc", 5, {"abc"}},
      {"one two three", 7, {"one two", "three"}},
      {"one two three", 6, {"one", "two", "three"}},
      {"one  two", 4, {"one", "two"}},
      {"abcdefgh", 3, {"abc", "def", "gh"}},
      {"廉政风险", 4, {"廉政", "风险"}},
      {"廉政风险", 5, {"廉政", "风险"}},
      {"廉政，风险", 4, {"廉", "政，", "风险"}},
      {"，，，", 2, {"，", "，", "，"}},
      {"用API读", 5, {"用API", "读"}},
      {"调用API", 5, {"调用", "API"}},
      {"a\nb", 5, {"a", "b"}},
      {"a\n", 5, {"a", ""}},
      {"e\u0301e\u0301e\u0301", 2, {"e\u0301e\u0301", "e\u0301"}},
      {"廉政", 1, {"廉", "政"}},  // The least width is 2.
      {"x ", 2, {"x "}},
      {"ab      ", 3, {"ab "}},
      {"a\xFF", 5, {"a\uFFFD"}},
  };
  for (const Case& c : cases) EXPECT_EQ(WrapText(c.text, c.width), c.want) << c.text;
}

// Whatever the text and the width, every line is as wide as the first, none is wider than asked for
// where that is possible, and no character is lost.
TEST(TableTest, RandomTablesKeepTheirShape) {
  const std::string pieces[] = {"廉", "政",      "，", "。", " ",    "a",   "risk",
                                "\n", "e\u0301", "“",  "😀",  "\xFF", "\x1B"};
  std::mt19937 random(20134);
  for (int i = 0; i < 1500; ++i) {
    const size_t columns = 1 + random() % 4;
    std::vector<Column> header;
    size_t letters = 0;
    const auto text = [&] {
      std::string out;
      for (size_t n = random() % 12; n > 0; --n) out += pieces[random() % std::size(pieces)];
      for (const char c : out) letters += c == 'k' ? 1 : 0;
      return out;
    };
    for (size_t n = 0; n < columns; ++n) {
      header.push_back({text(), random() % 2 == 0 ? Align::kLeft : Align::kRight});
    }
    Table table(header);
    for (size_t n = random() % 4; n > 0; --n) {
      std::vector<std::string> cells;
      for (size_t k = 0; k < columns; ++k) cells.push_back(text());
      table.AddRow(cells);
      if (random() % 3 == 0) table.AddSeparator();
    }
    const int least = 5 * static_cast<int>(columns) + 1;
    const int max_width = static_cast<int>(random() % 60);
    const std::string out = table.Render(max_width, random() % 2 == 0);
    ASSERT_FALSE(HasControlCharacters(out, true));
    size_t shown = 0;
    for (const char c : out) shown += c == 'k' ? 1 : 0;
    EXPECT_EQ(shown, letters);
    std::vector<std::string> lines = absl::StrSplit(out, '\n');
    ASSERT_EQ(lines.back(), "");
    lines.pop_back();
    for (const std::string& line : lines) {
      ASSERT_EQ(DisplayWidth(line), DisplayWidth(lines[0])) << out;
      if (max_width > 0) {
        ASSERT_LE(DisplayWidth(line), std::max(max_width, least)) << out;
      }
    }
  }
}

}  // namespace
}  // namespace lianfang::cli
