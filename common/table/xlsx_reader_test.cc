#include "common/table/xlsx_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zip.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"

namespace lianfang::table {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

using Parts = std::map<std::string, std::string>;

constexpr char kRelations[] =
    R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="/xl/worksheets/sheet2.xml"/>
<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>
</Relationships>)";
constexpr char kWorkbook[] =
    R"(<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="附件5" sheetId="1" r:id="rId1"/><sheet name="说明" sheetId="2" state="hidden" r:id="rId2"/></sheets></workbook>)";

std::string SheetOf(const std::string& rows) {
  return absl::StrCat(
      R"(<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>)",
      rows, "</sheetData></worksheet>");
}

Parts WorkbookWith(const std::string& rows, const std::string& strings = "") {
  return {{"xl/_rels/workbook.xml.rels", kRelations},
          {"xl/workbook.xml", kWorkbook},
          {"xl/worksheets/sheet1.xml", SheetOf(rows)},
          {"xl/worksheets/sheet2.xml", SheetOf("<row r=\"1\"><c r=\"A1\"><v>7</v></c></row>")},
          {"xl/sharedStrings.xml", absl::StrCat("<sst>", strings, "</sst>")}};
}

std::string Packed(const Parts& parts) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(nullptr, 0, 0, &error);
  // Kept beyond the archive, which takes it.
  zip_source_keep(source);
  zip_t* archive = zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error);
  for (const auto& [name, text] : parts) {
    zip_source_t* part = zip_source_buffer(archive, text.data(), text.size(), 0);
    zip_file_add(archive, name.c_str(), part, ZIP_FL_ENC_UTF_8);
  }
  EXPECT_EQ(zip_close(archive), 0);
  zip_source_open(source);
  zip_source_seek(source, 0, SEEK_END);
  std::string bytes(static_cast<size_t>(zip_source_tell(source)), '\0');
  zip_source_seek(source, 0, SEEK_SET);
  zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  zip_source_free(source);
  return bytes;
}

TEST(Xlsx, GivesTextsWithTheirPlaces) {
  const auto sheets = ReadXlsx(Packed(WorkbookWith(
      R"(<row r="2"><c r="B2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c></row>
         <row r="5"><c r="A5"><v>3</v></c><c r="B5"><v>0.1</v></c><c r="C5" t="b"><v>1</v></c>
           <c r="D5" t="str"><f>A5&amp;"x"</f><v>3x</v></c><c r="AB5" t="inlineStr"><is><t>尾</t></is></c></row>)",
      R"(<si><t>处室</t></si><si><r><t>风险</t></r><r><t xml:space="preserve"> 点</t></r><rPh><t>fengxian</t></rPh></si>)")));
  ASSERT_TRUE(sheets.ok()) << sheets.status();
  // The hidden sheet is not there.
  ASSERT_EQ(sheets->size(), 1u);
  EXPECT_EQ((*sheets)[0].name, "附件5");
  ASSERT_EQ((*sheets)[0].rows.size(), 2u);
  EXPECT_EQ((*sheets)[0].rows[0].row, 2);
  EXPECT_THAT((*sheets)[0].rows[0].cells, ElementsAre(Pair(2, "处室"), Pair(3, "风险 点")));
  EXPECT_EQ((*sheets)[0].rows[1].row, 5);
  EXPECT_THAT((*sheets)[0].rows[1].cells, ElementsAre(Pair(1, "3"), Pair(2, "0.1"), Pair(3, "TRUE"),
                                                      Pair(4, "3x"), Pair(28, "尾")));
}

TEST(Xlsx, BreaksLinesAsWeDo) {
  const auto sheets = ReadXlsx(Packed(WorkbookWith(
      R"(<row r="1"><c r="A1" t="s"><v>0</v></c></row>)", "<si><t>一_x000D_\n二_x005F_</t></si>")));
  ASSERT_TRUE(sheets.ok()) << sheets.status();
  EXPECT_EQ((*sheets)[0].rows[0].cells.at(1), "一\n二_");
}

TEST(Xlsx, RowsAndCellsWithoutPlacesFollowEachOther) {
  const auto sheets = ReadXlsx(
      Packed(WorkbookWith("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")));
  ASSERT_TRUE(sheets.ok()) << sheets.status();
  ASSERT_EQ((*sheets)[0].rows.size(), 2u);
  EXPECT_EQ((*sheets)[0].rows[0].cells.at(2), "2");
  EXPECT_EQ((*sheets)[0].rows[1].row, 2);
}

TEST(Xlsx, RefusesWhatIsDamaged) {
  struct Case {
    std::string why;
    Parts parts;
    std::string says;
  };
  auto lacks = WorkbookWith("");
  lacks.erase("xl/workbook.xml");
  auto broken = WorkbookWith("");
  broken["xl/worksheets/sheet1.xml"] = "<worksheet><sheetData>";
  auto missing = WorkbookWith("");
  missing.erase("xl/worksheets/sheet1.xml");
  const std::vector<Case> cases = {
      {"no workbook", lacks, "lacks its part"},
      {"not XML", broken, "no valid XML"},
      {"no sheet", missing, "lacks its part"},
      {"text out of range", WorkbookWith(R"(<row r="1"><c r="A1" t="s"><v>5</v></c></row>)"),
       "does not have"},
      {"text of a negative number",
       WorkbookWith(R"(<row r="1"><c r="A1" t="s"><v>-1</v></c></row>)"), "does not have"},
      {"rows backwards", WorkbookWith(R"(<row r="3"/><row r="2"/>)"), "not in order"},
      {"cells backwards",
       WorkbookWith(R"(<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>)"),
       "not in order"},
      {"a cell of another row", WorkbookWith(R"(<row r="1"><c r="B2"><v>1</v></c></row>)"),
       "not in order"},
      {"beyond the last column", WorkbookWith(R"(<row r="1"><c r="ZZZZ1"><v>1</v></c></row>)"),
       "no valid place"},
      {"beyond the last row", WorkbookWith(R"(<row r="99999999"/>)"), "not in order"},
  };
  for (const Case& one : cases) {
    const auto sheets = ReadXlsx(Packed(one.parts));
    ASSERT_FALSE(sheets.ok()) << one.why;
    EXPECT_THAT(std::string(sheets.status().message()), HasSubstr(one.says)) << one.why;
  }
}

TEST(Xlsx, KnowsNoEntitiesOfADocumentsOwn) {
  auto parts = WorkbookWith("");
  parts["xl/sharedStrings.xml"] =
      R"(<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]><sst><si><t>&b;&f;</t></si></sst>)";
  parts["xl/worksheets/sheet1.xml"] = SheetOf(R"(<row r="1"><c r="A1" t="s"><v>0</v></c></row>)");
  const auto sheets = ReadXlsx(Packed(parts));
  ASSERT_TRUE(sheets.ok()) << sheets.status();
  EXPECT_EQ((*sheets)[0].rows[0].cells.at(1), "&b;&f;");
}

TEST(Xlsx, DoesNotSwell) {
  auto parts = WorkbookWith("");
  parts["xl/sharedStrings.xml"] =
      absl::StrCat("<sst>", std::string(size_t{4} << 20, ' '), "</sst>");
  const std::string bytes = Packed(parts);
  EXPECT_LT(bytes.size(), size_t{64} << 10);
  const auto sheets = ReadXlsx(bytes, {.max_part_bytes = size_t{1} << 20});
  ASSERT_FALSE(sheets.ok());
  EXPECT_THAT(std::string(sheets.status().message()), HasSubstr("too large"));
  const auto many =
      ReadXlsx(Packed(WorkbookWith("<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>")),
               {.max_cells = 2});
  ASSERT_FALSE(many.ok());
  EXPECT_THAT(std::string(many.status().message()), HasSubstr("too many cells"));
}

// Every beginning of a workbook, and a workbook with any one byte changed, is read or refused.
TEST(Xlsx, TakesAnyBytes) {
  const std::string bytes = Packed(
      WorkbookWith(R"(<row r="2"><c r="B2" t="s"><v>0</v></c></row>)", "<si><t>一</t></si>"));
  ASSERT_TRUE(ReadXlsx(bytes).ok());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(ReadXlsx(absl::string_view(bytes).substr(0, size)).ok()) << size;
  }
  int refused = 0;
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x5a);
    refused += !ReadXlsx(changed).ok();
  }
  EXPECT_GT(refused, 0);
}

TEST(Xlsx, NamesColumns) {
  EXPECT_EQ(ColumnLetters(1), "A");
  EXPECT_EQ(ColumnLetters(26), "Z");
  EXPECT_EQ(ColumnLetters(27), "AA");
  EXPECT_EQ(ColumnLetters(28), "AB");
  EXPECT_EQ(ColumnLetters(16384), "XFD");
}

}  // namespace
}  // namespace lianfang::table
