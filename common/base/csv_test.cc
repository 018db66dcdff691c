#include "common/base/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace lianfang {

bool operator==(const CsvRow& a, const CsvRow& b) { return a.line == b.line && a.cells == b.cells; }

void PrintTo(const CsvRow& row, std::ostream* out) {
  *out << row.line << ":" << ::testing::PrintToString(row.cells);
}

namespace {

using std::string_literals::operator""s;
using Kind = CsvProblem::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using Header = std::vector<std::string>;
using Rows = std::vector<CsvRow>;

TEST(CsvTest, Reads) {
  struct Case {
    const char* name;
    std::string text;
    Header header;
    Rows rows;
  };
  const Case cases[] = {
      {"LF", "a,b\n1,2\n3,4\n", {"a", "b"}, {{2, {"1", "2"}}, {3, {"3", "4"}}}},
      {"CRLF", "a,b\r\n1,2\r\n", {"a", "b"}, {{2, {"1", "2"}}}},
      {"CR", "a,b\r1,2\r3,4\r", {"a", "b"}, {{2, {"1", "2"}}, {3, {"3", "4"}}}},
      {"mixed", "a\r\n1\r2\n3", {"a"}, {{2, {"1"}}, {3, {"2"}}, {4, {"3"}}}},
      {"no break at the end", "a,b\n1,2", {"a", "b"}, {{2, {"1", "2"}}}},
      {"only a header", "a,b", {"a", "b"}, {}},
      {"byte order mark",
       "\xEF\xBB\xBF岗位,等级\n出纳,一级\n",
       {"岗位", "等级"},
       {{2, {"出纳", "一级"}}}},
      {"byte order mark before a quote", "\xEF\xBB\xBF\"a\"\n1", {"a"}, {{2, {"1"}}}},
      {"empty cells",
       "a,b,c\n,,x\n,y,\n",
       {"a", "b", "c"},
       {{2, {"", "", "x"}}, {3, {"", "y", ""}}}},
      {"space is text", "a, b\n 1 ,\t2\n", {"a", " b"}, {{2, {" 1 ", "\t2"}}}},
      {"quotes",
       "\"a\",\"b,c\"\n\"say \"\"yes\"\"\",\"\"\n",
       {"a", "b,c"},
       {{2, {"say \"yes\"", ""}}}},
      {"only quotes", "a\n\"\"\"\"\n", {"a"}, {{2, {"\""}}}},
      {"line breaks in a cell",
       "a,b\n\"1\n2\r\n3\r4\",x\ny,z\n",
       {"a", "b"},
       {{2, {"1\n2\n3\n4", "x"}}, {6, {"y", "z"}}}},
      {"line breaks in the header", "\"a\nb\",c\n1,2\n", {"a\nb", "c"}, {{3, {"1", "2"}}}},
      {"empty lines at the end", "a,b\n1,2\n\n\r\n\r", {"a", "b"}, {{2, {"1", "2"}}}},
      {"rows of commas at the end", "a,b\n1,2\n,\n,,,,\n", {"a", "b"}, {{2, {"1", "2"}}}},
      {"a row of commas between", "a,b\n,\n1,2\n", {"a", "b"}, {{2, {"", ""}}, {3, {"1", "2"}}}},
      {"quoted empty cells at the end", "a,b\n\"\",\n", {"a", "b"}, {{2, {"", ""}}}},
      {"one column with an empty line", "a\n\n1\n", {"a"}, {{2, {""}}, {3, {"1"}}}},
      {"NUL", "a\nx\0y\n"s, {"a"}, {{2, {"x\0y"s}}}},
      {"fullwidth comma is text", "a，b\n1，2\n", {"a，b"}, {{2, {"1，2"}}}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const absl::StatusOr<CsvResult> result = ParseCsv(c.text);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->table.header, c.header);
    EXPECT_EQ(result->table.rows, c.rows);
    EXPECT_THAT(result->problems, IsEmpty());
  }
}

TEST(CsvTest, Refuses) {
  struct Case {
    const char* name;
    std::string text;
    std::string message;
  };
  const Case cases[] = {
      {"empty", "", "no header"},
      {"only a mark", "\xEF\xBB\xBF", "no header"},
      {"an empty first line", "\na,b\n", "line 1: the header is empty"},
      {"commas as the first line", ",,\n", "line 1: the header is empty"},
      {"not UTF-8", "a\n\xFF\n", "byte 2 is not UTF-8"},
      {"quote not closed", "a,b\n1,2\n3,\"4\n5,6\n",
       "line 3, column 2 (character 3): the quote that opens here is never closed"},
      {"quote not closed at the end", "a\n\"", "line 2, column 1 (character 1): the quote"},
      {"quote not closed in the header", "岗位,\"等级\n", "line 1, column 2 (character 4): the q"},
      {"odd doubled quotes", "a\n\"\"\"\n", "line 2, column 1 (character 1): the quote"},
      {"text after a quote", "a,b\n1,\"2\"x\n", "line 2, column 2 (character 6): text after"},
      {"space after a quote", "a,b\n\"1\" ,2\n", "line 2, column 1 (character 4): text after"},
      {"text after a quote that spans lines", "a,b\n\"1\n2\n三\"x,y\n",
       "line 4, column 1 (character 3): text after"},
      {"quote inside a cell", "a,b\n1,二\"2\n", "line 2, column 2 (character 4): a quote inside"},
      {"space before a quote", "a,b\n1, \"2\"\n", "line 2, column 2 (character 4): a quote inside"},
      {"quote in the last row", "a\n1\r\n2\r\n3\"", "line 4, column 1 (character 2)"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const absl::StatusOr<CsvResult> result = ParseCsv(c.text);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(result.status().message()), HasSubstr(c.message));
  }
}

MATCHER_P4(Problem, line, column, kind, text, "") {
  *result_listener << arg.line << ":" << arg.column << " " << static_cast<int>(arg.kind) << " "
                   << arg.text;
  return arg.line == line && arg.column == column && arg.kind == kind &&
         arg.text.find(text) != std::string::npos;
}

TEST(CsvTest, CollectsEveryBadRow) {
  const absl::StatusOr<CsvResult> result =
      ParseCsv("a,b,c\n1,2\n1,2,3\n\"x\ny\",2,3,4,5\n\n4,5,6\n,\n7,8,9\n\n");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(result->table.rows,
              ElementsAre(CsvRow{3, {"1", "2", "3"}}, CsvRow{7, {"4", "5", "6"}},
                          CsvRow{9, {"7", "8", "9"}}));
  EXPECT_THAT(result->problems,
              ElementsAre(Problem(2, 3, Kind::kTooFewCells, "the row has 2 cells, the header 3"),
                          Problem(4, 4, Kind::kTooManyCells, "the row has 5 cells, the header 3"),
                          Problem(6, 2, Kind::kTooFewCells, "the row has 1 cell, the header 3"),
                          Problem(8, 3, Kind::kTooFewCells, "the row has 2 cells, the header 3")));
}

TEST(CsvTest, CollectsWhatIsWrongWithTheHeader) {
  const absl::StatusOr<CsvResult> result = ParseCsv("a,,b,a,\n1,2,3,4,5\n");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(result->problems, ElementsAre(Problem(1, 2, Kind::kEmptyTitle, "no title"),
                                            Problem(1, 4, Kind::kDuplicateTitle,
                                                    "column 1 has the same title, \"a\""),
                                            Problem(1, 5, Kind::kEmptyTitle, "no title")));
  EXPECT_EQ(result->table.rows.size(), 1u);
}

TEST(CsvTest, CellsAboveTheLimitAreProblems) {
  const CsvLimits limits{.max_cell_bytes = 4};
  const absl::StatusOr<CsvResult> result = ParseCsv(
      "a,b\n1234,x\n12345,123456\nx,\"1\n\n\"\"4\"\nx,\"1\n3\n\"\"\"\"\"\n廉政,1,2\n", limits);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(result->table.rows, ElementsAre(CsvRow{2, {"1234", "x"}}));
  EXPECT_THAT(result->problems,
              ElementsAre(Problem(3, 1, Kind::kCellTooLong, "more than 4 bytes"),
                          Problem(4, 2, Kind::kCellTooLong, "more than 4 bytes"),
                          Problem(7, 2, Kind::kCellTooLong, "more than 4 bytes"),
                          Problem(10, 3, Kind::kTooManyCells, "3 cells"),
                          Problem(10, 1, Kind::kCellTooLong, "more than 4 bytes")));
}

TEST(CsvTest, RowLimit) {
  const CsvLimits limits{.max_rows = 2};
  EXPECT_TRUE(ParseCsv("a\n1\n2\n", limits).ok());
  EXPECT_TRUE(ParseCsv("a\n1\n2\n\n\n\n\n", limits).ok());  // Those at the end do not count.
  EXPECT_EQ(ParseCsv("a\n1\n2\n3\n", limits).status().message(),
            "line 4, column 1: more than 2 rows below the header");
  EXPECT_EQ(ParseCsv("a\n1\n\n\n\n3\n", limits).status().message(),
            "line 6, column 1: more than 2 rows below the header");
  EXPECT_FALSE(ParseCsv("a,b\n1\n2\n3\n", limits).ok());  // Bad rows count too.
}

TEST(CsvTest, ColumnLimit) {
  const CsvLimits limits{.max_columns = 2};
  EXPECT_TRUE(ParseCsv("a,b\n", limits).ok());
  EXPECT_EQ(ParseCsv("a,b,c\n", limits).status().message(),
            "line 1, column 3: the header has 3 columns, the most is 2");
  // A row may have any number without costing more than its own text.
  const absl::StatusOr<CsvResult> result =
      ParseCsv("a,b\n" + std::string(100000, ',') + "x\n", limits);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(result->problems, ElementsAre(Problem(2, 3, Kind::kTooManyCells, "100001 cells")));
}

TEST(CsvTest, DefaultLimits) {
  std::string text = "a\n";
  for (int i = 0; i < 20000; ++i) text += "x\n";
  EXPECT_TRUE(ParseCsv(text).ok());
  EXPECT_FALSE(ParseCsv(text + "x\n").ok());
  EXPECT_TRUE(ParseCsv(std::string(63, ',') + "x").ok());
  EXPECT_FALSE(ParseCsv(std::string(64, ',') + "x").ok());
  EXPECT_THAT(ParseCsv("a\n" + std::string(65536, 'x'))->problems, IsEmpty());
  EXPECT_THAT(ParseCsv("a\n" + std::string(65537, 'x'))->problems,
              ElementsAre(Problem(2, 1, Kind::kCellTooLong, "65536")));
}

TEST(CsvTest, EveryPrefixOfAFileIsReadOrRefused) {
  const std::string text = "\xEF\xBB\xBF岗位,\"等,级\"\r\n\"出\r\n\"\"纳\"\"\",一级\r\n,\"\"\n";
  int read = 0;
  for (size_t n = 0; n <= text.size(); ++n) {
    const absl::StatusOr<CsvResult> result = ParseCsv(text.substr(0, n));
    if (result.ok()) {
      ++read;
    } else {
      EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument) << n;
    }
  }
  EXPECT_GT(read, 5);
}

TEST(CsvTest, Formats) {
  struct Case {
    const char* name;
    Header header;
    std::vector<std::vector<std::string>> rows;
    CsvFormat format;
    std::string want;
  };
  const Case cases[] = {
      {"plain", {"a", "b"}, {{"1", "2"}, {"", "x"}}, {}, "a,b\r\n1,2\r\n,x\r\n"},
      {"LF", {"a"}, {{"1"}}, {.crlf = false}, "a\n1\n"},
      {"mark", {"岗位"}, {}, {.byte_order_mark = true, .crlf = false}, "\xEF\xBB\xBF岗位\n"},
      {"quotes",
       {"a"},
       {{"x,y"}, {"say \"yes\""}, {"1\n2"}, {"1\r2"}, {" x "}},
       {.crlf = false},
       "a\n\"x,y\"\n\"say \"\"yes\"\"\"\n\"1\n2\"\n\"1\r2\"\n x \n"},
      {"blank rows", {"a", "b"}, {{"", ""}, {}}, {.crlf = false}, "a,b\n\"\",\n\"\"\n"},
      {"starts with a mark", {"\uFEFFa"}, {}, {.crlf = false}, "\"\uFEFFa\"\n"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(FormatCsv(c.header, c.rows, c.format), c.want);
  }
}

TEST(CsvTest, WhatIsWrittenIsReadBack) {
  const Header header = {"a", "b,\"", "\uFEFFc"};
  const std::vector<std::vector<std::string>> rows = {
      {"", "", ""}, {"\"", "\"\"", ","}, {"\n", "一\n二", " "}, {"", "", ""}};
  const absl::StatusOr<CsvResult> result = ParseCsv(FormatCsv(header, rows));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->table.header, header);
  ASSERT_EQ(result->table.rows.size(), rows.size());
  for (size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(result->table.rows[i].cells, rows[i]) << i;
}

}  // namespace
}  // namespace lianfang
