// Documents are drawn and read back with other tools: poppler for PDF, Python for the others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/csv.h"
#include "common/document/write.h"

namespace lianfang::document {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// A folder of this test alone.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "lf-document-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string Put(const std::string& name, const std::string& bytes) const {
    const std::string path = absl::StrCat(path_, "/", name);
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// What a tool writes; the test fails when the tool does.
std::string Output(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer;
  size_t got = 0;
  while ((got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0) {
    text.append(buffer.data(), got);
  }
  EXPECT_EQ(pclose(pipe), 0) << command;
  return text;
}

std::string Python(const std::string& program, const std::string& argument) {
  const Folder folder;
  const std::string path = folder.Put("program.py", program);
  return Output(absl::StrCat("/usr/bin/python3 ", path, " ", argument));
}

// Without the white that a page puts between characters.
std::string Squeezed(const std::string& text) {
  return absl::StrReplaceAll(text, {{" ", ""}, {"\n", ""}, {"\f", ""}, {"　", ""}});
}

constexpr Column kColumns[] = {
    {"序号", "", 5, ColumnType::kOrder},
    {"岗位", "", 12},
    {"风险点", "", 30},
    {"等级", "", 8, ColumnType::kLevel},
    {"件数", "", 6, ColumnType::kNumber},
    {"日期", "", 10, ColumnType::kDate},
};

Document TableDocument(int rows, const std::string& text) {
  Document document;
  document.title = "廉政风险识别一览表";
  document.issuer = "实验小学";
  document.annex = "附件8";
  document.campaign = "2026年度廉政风险防控";
  document.number = "2026-FJ8-0001";
  document.digest = "0123-4567-89AB-CDEF";
  document.positions = "人事 3、风险 5";
  document.created = 1'780'000'000;
  Table table;
  table.title = document.title;
  table.columns = {std::begin(kColumns), std::end(kColumns)};
  constexpr const char* kLevels[] = {"一级（高）", "二级（中）", "三级（低）"};
  for (int i = 0; i < rows; ++i) {
    table.rows.push_back({{absl::StrCat(i + 1), absl::StrCat("岗位", i + 1), text, kLevels[i % 3],
                           int64_t{i}, "2026-06-25"},
                          false});
  }
  int64_t sum = 0;
  for (int i = 0; i < rows; ++i) sum += i;
  table.rows.push_back({{"", "合计", "", "", sum, ""}, true});
  Section section;
  section.title = document.title;
  section.subtitle = "填报单位：实验小学";
  section.landscape = true;
  section.blocks = {
      table, Signatures{{{"科室负责人（签名）", "某某", "", false}, {"实验小学", "", "", true}}}};
  document.sections.push_back(std::move(section));
  return document;
}

File Made(const Document& document, Format format) {
  auto file = Write(document, format);
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? *std::move(file) : File();
}

// ---- PDF ----

TEST(PdfTest, HoldsEveryCellAndFurnitureOnA4AndRepeatsHeads) {
  const Folder folder;
  const File file = Made(TableDocument(40, "采购验收由一人完成，缺少复核。"), Format::kPdf);
  EXPECT_EQ(file.unknown_glyphs, 0);
  EXPECT_EQ(file.overflows, 0);
  ASSERT_GT(file.pages, 1);
  const std::string path = folder.Put("a.pdf", file.bytes);
  const std::string info = Output(absl::StrCat("pdfinfo ", path));
  EXPECT_THAT(info, HasSubstr("841.89 x 595.28"));
  EXPECT_THAT(info, HasSubstr(absl::StrCat("Pages:           ", file.pages)));
  for (int page = 1; page <= file.pages; ++page) {
    const std::string text = Squeezed(
        Output(absl::StrCat("pdftotext -layout -f ", page, " -l ", page, " ", path, " -")));
    EXPECT_THAT(text, HasSubstr("2026-FJ8-0001"));
    EXPECT_THAT(text, HasSubstr("0123-4567-89AB-CDEF"));
    EXPECT_THAT(text, HasSubstr(absl::StrCat("第", page, "页共", file.pages, "页")));
    EXPECT_THAT(text, HasSubstr("账本位置：人事3、风险5"));
    EXPECT_THAT(text, HasSubstr("序号"));  // the head
  }
  const std::string all = Squeezed(Output(absl::StrCat("pdftotext ", path, " -")));
  for (int i = 1; i <= 40; ++i) EXPECT_THAT(all, HasSubstr(absl::StrCat("岗位", i)));
  EXPECT_THAT(all, HasSubstr("附件8"));
  EXPECT_THAT(all, HasSubstr("合计"));
  EXPECT_THAT(all, HasSubstr("（盖章）"));
  EXPECT_THAT(all, Not(HasSubstr("草稿")));
}

TEST(PdfTest, NobodySignsOnAPageThatSaysNothing) {
  const Folder folder;
  for (int rows = 1; rows <= 40; ++rows) {
    const File file = Made(TableDocument(rows, "采购验收由一人完成，缺少复核。"), Format::kPdf);
    EXPECT_EQ(file.overflows, 0) << rows;
    const std::string last =
        Squeezed(Output(absl::StrCat("pdftotext -f ", file.pages, " -l ", file.pages, " ",
                                     folder.Put("a.pdf", file.bytes), " -")));
    EXPECT_THAT(last, HasSubstr("（盖章）")) << rows;
    EXPECT_THAT(last, HasSubstr("合计")) << rows;
  }
}

TEST(PdfTest, ADateThatDoesNotFitInOneLineIsCounted) {
  Document document = TableDocument(1, "甲");
  Table& table = std::get<Table>(document.sections[0].blocks[0]);
  EXPECT_EQ(Made(document, Format::kPdf).overflows, 0);
  table.columns[5].width = 2;
  EXPECT_GT(Made(document, Format::kPdf).overflows, 0);
}

TEST(PdfTest, HeadsAreBrokenInTheMiddleAndNotBeforeTheLastCharacter) {
  Document document = TableDocument(1, "甲");
  Table& table = std::get<Table>(document.sections[0].blocks[0]);
  table.columns[1] = {"处室（单位）", "", 3.5};
  table.columns[3] = {"上级审核日期", "", 4, ColumnType::kText};
  const Folder folder;
  const std::string text = Output(
      absl::StrCat("pdftotext ", folder.Put("a.pdf", Made(document, Format::kPdf).bytes), " -"));
  EXPECT_THAT(text, HasSubstr("处室\n（单位）\n"));
  EXPECT_THAT(text, HasSubstr("上级审\n核日期\n"));
}

TEST(PdfTest, ACodeThatIsBrokenOverLinesGetsNoHyphen) {
  Document document = TableDocument(1, "procurementofgoodsandservices");
  std::get<Table>(document.sections[0].blocks[0]).columns[2].width = 4;
  const Folder folder;
  const std::string text = Output(
      absl::StrCat("pdftotext ", folder.Put("a.pdf", Made(document, Format::kPdf).bytes), " -"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("procurementofgoodsandservices"))) << "not broken";
  EXPECT_THAT(Squeezed(text), HasSubstr("procurementofgoodsandservices"));
}

TEST(PdfTest, OnlyTheFirstOfSectionsThatBelongTogetherHasTheRedHead) {
  Document document = TableDocument(1, "甲");
  document.red_head = true;
  document.sections.push_back(document.sections[0]);
  document.sections[1].title = "附表";
  document.sections[1].attached = true;
  const Folder folder;
  const std::string path = folder.Put("a.pdf", Made(document, Format::kPdf).bytes);
  const auto issuer = [&](int page) {
    return Output(
        absl::StrCat("pdftotext -f ", page, " -l ", page, " -x 0 -y 0 -W 900 -H 100 ", path, " -"));
  };
  EXPECT_THAT(issuer(1), HasSubstr("实验小学"));
  EXPECT_THAT(issuer(2), Not(HasSubstr("实验小学")));
  EXPECT_THAT(issuer(2), HasSubstr("附表"));
}

TEST(PdfTest, EmbedsItsFonts) {
  const Folder folder;
  const std::string path = folder.Put("a.pdf", Made(TableDocument(3, "甲"), Format::kPdf).bytes);
  // name, type, encoding (two words), emb, sub, uni, …
  const std::string fonts =
      Output(absl::StrCat("pdffonts ", path, " | tail -n +3 | awk '{print $(NF-4)}' | sort -u"));
  EXPECT_EQ(fonts, "yes\n");
}

TEST(PdfTest, RareCharactersHaveGlyphs) {
  const File file = Made(
      TableDocument(1, "㛃𬭸䶮喆堃垚犇骉翀赟昇玥珺烜祎、陳與黃"), Format::kPdf);
  EXPECT_EQ(file.unknown_glyphs, 0);
}

TEST(PdfTest, CountsWhatNoFontHas) {
  EXPECT_GT(Made(TableDocument(1, "\xF3\xB0\x80\x81"), Format::kPdf).unknown_glyphs, 0);
}

TEST(PdfTest, ACellLongerThanAPageIsContinued) {
  std::string text;
  for (int i = 0; i < 900; ++i) absl::StrAppend(&text, "第", i, "项要求；");
  const Folder folder;
  const File file = Made(TableDocument(1, text), Format::kPdf);
  EXPECT_EQ(file.overflows, 0);
  EXPECT_GT(file.pages, 2);
  const std::string all =
      Squeezed(Output(absl::StrCat("pdftotext -layout ", folder.Put("a.pdf", file.bytes), " -")));
  EXPECT_THAT(all, HasSubstr("第0项"));
  EXPECT_THAT(all, HasSubstr("第899项"));
}

TEST(PdfTest, AnEmptyTableSaysSo) {
  Document document = TableDocument(0, "");
  std::get<Table>(document.sections[0].blocks[0]).rows.clear();
  const Folder folder;
  const File file = Made(document, Format::kPdf);
  EXPECT_EQ(file.pages, 1);
  EXPECT_THAT(Output(absl::StrCat("pdftotext ", folder.Put("a.pdf", file.bytes), " -")),
              HasSubstr("（无）"));
}

TEST(PdfTest, ADraftSaysSoOnEachPage) {
  Document document = TableDocument(40, "采购验收由一人完成，缺少复核。");
  document.draft = true;
  const Folder folder;
  const File file = Made(document, Format::kPdf);
  const std::string path = folder.Put("a.pdf", file.bytes);
  for (int page = 1; page <= file.pages; ++page) {
    const std::string text =
        Squeezed(Output(absl::StrCat("pdftotext -f ", page, " -l ", page, " ", path, " -")));
    EXPECT_THAT(text, HasSubstr("草稿，未编号"));
    EXPECT_THAT(text, Not(HasSubstr("2026-FJ8-0001")));
  }
}

TEST(PdfTest, MarkupIsText) {
  const Folder folder;
  const File file =
      Made(TableDocument(1, "<b>甲</b> &amp; <span size='99999'>乙</span>"), Format::kPdf);
  EXPECT_THAT(Squeezed(Output(absl::StrCat("pdftotext ", folder.Put("a.pdf", file.bytes), " -"))),
              HasSubstr("<b>甲</b>&amp;<span"));
}

TEST(WriteTest, TheSameDocumentGivesTheSameBytes) {
  const Document document = TableDocument(12, "采购");
  for (const Format format : {Format::kPdf, Format::kXlsx, Format::kCsv}) {
    EXPECT_EQ(Made(document, format).bytes, Made(document, format).bytes)
        << static_cast<int>(format);
  }
}

TEST(ContentBytesTest, ChangeWithWhatThePaperSaysAndNothingElse) {
  const Document document = TableDocument(2, "甲");
  Document other = document;
  other.number = "2026-FJ8-0009";
  other.positions = "人事 9";
  EXPECT_EQ(ContentBytes(other), ContentBytes(document));
  std::get<Table>(other.sections[0].blocks[0]).rows[0].cells[2].text = "乙";
  EXPECT_NE(ContentBytes(other), ContentBytes(document));
}

// ---- tables as files ----

constexpr char kReadWorkbook[] = R"(
import sys, datetime, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
sheet = book.worksheets[0]
print(len(book.worksheets), sheet.max_row, sheet.freeze_panes, sheet.print_title_rows,
      sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToWidth,
      sheet.print_title_cols, sheet.oddFooter.left.text)
for row in sheet.iter_rows(min_row=3):
    print('|'.join(type(c.value).__name__ + ':' + ('' if c.value is None else str(c.value)) for c in row))
print(book.properties.creator, book.properties.created)
)";

TEST(XlsxTest, HasTypesHeaderAndSums) {
  const Folder folder;
  const std::string path =
      folder.Put("a.xlsx", Made(TableDocument(3, "=1+1"), Format::kXlsx).bytes);
  const std::string text = Python(kReadWorkbook, path);
  EXPECT_THAT(text, HasSubstr("1 7 A4 $3:$3 landscape 9 None None 2026-FJ8-0001"));
  EXPECT_THAT(text, HasSubstr("str:序号|str:岗位|str:风险点|str:等级|str:件数|str:日期"));
  // Text that looks like a formula is text; numbers and dates are what they are.
  EXPECT_THAT(text, HasSubstr("str:2|str:岗位2|str:=1+1|str:二级（中）|int:1|datetime:2026-06-25"));
  EXPECT_THAT(text, HasSubstr("str:=SUM(E4:E6)"));
  const std::string values = absl::StrReplaceAll(
      std::string(kReadWorkbook),
      {{"load_workbook(sys.argv[1])", "load_workbook(sys.argv[1], data_only=True)"}});
  EXPECT_THAT(Python(values, path), HasSubstr("|int:3|"));  // 0 + 1 + 2
}

TEST(XlsxTest, ManyCountersArePrintedOnSeveralPagesThatNameTheRow) {
  Document document = TableDocument(0, "");
  Table& table = std::get<Table>(document.sections[0].blocks[0]);
  const auto columns = StatisticsColumns();
  table.columns = {columns.begin(), columns.end()};
  table.rows.clear();
  Row& row = table.rows.emplace_back();
  row.cells.assign(columns.size(), Cell(int64_t{1}));
  row.cells[0] = "总务处";
  row.cells[1] = "一级（高）";
  const Folder folder;
  EXPECT_THAT(Python(kReadWorkbook, folder.Put("a.xlsx", Made(document, Format::kXlsx).bytes)),
              HasSubstr("landscape 9 2 $A:$B"));
}

TEST(XlsxTest, ATextThatLooksLikeAFormulaIsStoredAsText) {
  const Folder folder;
  const std::string path =
      folder.Put("a.xlsx", Made(TableDocument(1, "=HYPERLINK(\"x\")"), Format::kXlsx).bytes);
  EXPECT_EQ(Python(R"(
import sys, zipfile, re
archive = zipfile.ZipFile(sys.argv[1])
sheet = archive.read('xl/worksheets/sheet1.xml').decode()
print(re.findall('<f>([^<]*)</f>', sheet))
)",
                   path),
            "['SUM(E4:E4)']\n");
}

TEST(CsvTest, GuardsFormulasAndReadsBack) {
  const File file = Made(TableDocument(1, "=cmd()"), Format::kCsv);
  ASSERT_EQ(file.bytes.substr(0, 3), "\xEF\xBB\xBF");
  const auto read = ParseCsv(file.bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_THAT(read->table.header, ElementsAre("序号", "岗位", "风险点", "等级", "件数", "日期"));
  EXPECT_EQ(read->table.rows[0].cells[2], "'=cmd()");
  EXPECT_EQ(UnguardCell(read->table.rows[0].cells[2]), "=cmd()");
}

TEST(GuardCellTest, CanBeTakenBack) {
  for (const char* text : {"", "甲", "=1", "+1", "-1", "@a", "'=1", "''=1", "'甲", "'", "\t=1"}) {
    EXPECT_EQ(UnguardCell(GuardCell(text)), text);
  }
  EXPECT_EQ(GuardCell("=1"), "'=1");
}

// ---- pictures ----

Document WithPicture(Block block) {
  Document document = TableDocument(0, "");
  document.sections[0].blocks = {std::move(block)};
  document.sections[0].landscape = false;
  return document;
}

Flow Chart(int nodes) {
  Flow flow;
  for (int i = 0; i < nodes; ++i) {
    const Level level = i % 4 == 1   ? Level::kHigh
                        : i % 4 == 2 ? Level::kMedium
                        : i % 4 == 3 ? Level::kLow
                                     : Level::kNone;
    flow.nodes.push_back({absl::StrCat("环节", i + 1, "\\n<b>\"label\"</b>"),
                          {"承办：采购员", "时限：3个工作日"},
                          level,
                          "①"});
    if (i > 0) flow.edges.push_back({i - 1, i, i == 2 ? "同意" : ""});
  }
  if (nodes > 3) flow.edges.push_back({3, 0, "退回修改"});
  return flow;
}

constexpr char kReadSvg[] = R"(
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
space = '{http://www.w3.org/2000/svg}'
print(root.tag == space + 'svg', root.get('width') is not None)
print(root.find(space + 'title').text)
print(root.find(space + 'desc').text)
print(len(root.findall('.//' + space + 'path')) > 10)
)";

TEST(PictureTest, ChartAsSvgSaysItsWords) {
  const Folder folder;
  const Document document = WithPicture(Chart(6));
  const File file = Made(document, Format::kSvg);
  EXPECT_EQ(file.unknown_glyphs, 0);
  const std::string text = Python(kReadSvg, folder.Put("a.svg", file.bytes));
  EXPECT_THAT(text, HasSubstr("True True"));
  EXPECT_THAT(text, HasSubstr("环节6\\n<b>\"label\"</b>"));
  EXPECT_THAT(text, HasSubstr("风险提示：高 ①"));
  EXPECT_THAT(text, HasSubstr("→ 退回修改"));
  EXPECT_THAT(text, HasSubstr("2026-FJ8-0001"));
  EXPECT_EQ(Made(document, Format::kSvg).bytes, file.bytes);
}

TEST(PictureTest, PngHasTheSizeOfWhatIsOnIt) {
  const File file = Made(WithPicture(Chart(3)), Format::kPng);
  EXPECT_EQ(file.bytes.substr(1, 3), "PNG");
  EXPECT_EQ(Made(WithPicture(Chart(3)), Format::kPng).bytes, file.bytes);
}

TEST(PictureTest, AChartOfFiftyNodesIsCutBetweenThem) {
  const File file = Made(WithPicture(Chart(50)), Format::kPdf);
  EXPECT_EQ(file.overflows, 0);
  EXPECT_GT(file.pages, 2);
}

Sign SignWith(size_t points, Level level, bool desk) {
  Sign sign;
  sign.desk = desk;
  sign.level = level;
  sign.title = "廉政风险警示牌";
  sign.subject = "采购员";
  sign.unit = "实验小学";
  for (size_t i = 0; i < points; ++i) {
    sign.points.push_back(absl::StrCat("第", i + 1, "处：采购验收由一人完成，缺少复核。"));
    sign.measures.push_back("前期预防：两人以上参加验收。");
  }
  sign.facts = {{"责任人", "某某"}, {"监督电话", "12345"}};
  return sign;
}

TEST(SignTest, OneAndSixtyRiskPointsFitOnOnePage) {
  for (const bool desk : {true, false}) {
    for (const size_t points : {size_t{0}, size_t{1}, size_t{60}}) {
      for (const Level level : {Level::kHigh, Level::kMedium, Level::kLow}) {
        Document document = WithPicture(SignWith(points, level, desk));
        document.sections[0].landscape = !desk;
        const File file = Made(document, Format::kPdf);
        EXPECT_EQ(file.pages, 1) << desk << points;
        EXPECT_EQ(file.overflows, 0) << desk << points;
        const Folder folder;
        const std::string text =
            Squeezed(Output(absl::StrCat("pdftotext ", folder.Put("a.pdf", file.bytes), " -")));
        EXPECT_THAT(text, HasSubstr("风险等级"));
        if (points == 60) {
          EXPECT_THAT(text, HasSubstr("项，见"));
        }
      }
    }
  }
}

TEST(SignTest, SaysWhoseItIsHoweverLongTheName) {
  for (const bool desk : {true, false}) {
    Sign sign = SignWith(8, Level::kHigh, desk);
    sign.subject = "教育教学质量监测与信息化建设管理办公室（含电教中心、实验室与图书馆）主任";
    Document document = WithPicture(sign);
    document.sections[0].landscape = !desk;
    const File file = Made(document, Format::kPdf);
    EXPECT_EQ(file.pages, 1);
    EXPECT_EQ(file.overflows, 0);
    const Folder folder;
    EXPECT_THAT(
        Squeezed(Output(absl::StrCat("pdftotext -raw ", folder.Put("a.pdf", file.bytes), " -"))),
        HasSubstr("管理办公室（含"));
  }
}

TEST(ShowsTest, PicturesAreOneAndTablesAreTables) {
  EXPECT_TRUE(Shows(WithPicture(Chart(2)), Format::kSvg));
  EXPECT_FALSE(Shows(WithPicture(Chart(2)), Format::kXlsx));
  EXPECT_FALSE(Shows(TableDocument(1, "甲"), Format::kPng));
  Document volume = WithPicture(Chart(2));
  volume.sections.push_back(volume.sections[0]);
  EXPECT_FALSE(Shows(volume, Format::kSvg));
  EXPECT_FALSE(Write(volume, Format::kSvg).ok());
}

}  // namespace
}  // namespace lianfang::document
