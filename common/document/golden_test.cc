// Pages as pictures, compared with those that somebody has looked at (golden/). After a change that
// is meant: LIANFANG_UPDATE_GOLDEN=1 document_test, then look at the pictures.
#include <cairo.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/document/write.h"

namespace lianfang::document {
namespace {

// Of 255: below it a page looks the same. Other versions of fonts and libraries move edges a
// little.
constexpr double kTolerance = 3.0;
constexpr int kDotsPerInch = 40;

using Picture = std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)>;

Picture ReadPng(const std::string& path) {
  return {cairo_image_surface_create_from_png(path.c_str()), cairo_surface_destroy};
}

// Mean difference of the dots; 255 for pictures of different sizes.
double Difference(const Picture& a, const Picture& b) {
  const int width = cairo_image_surface_get_width(a.get());
  const int height = cairo_image_surface_get_height(a.get());
  if (width == 0 || width != cairo_image_surface_get_width(b.get()) ||
      height != cairo_image_surface_get_height(b.get())) {
    return 255;
  }
  const auto dot = [](const Picture& picture, int x, int y) {
    const unsigned char* row = cairo_image_surface_get_data(picture.get()) +
                               y * cairo_image_surface_get_stride(picture.get());
    return static_cast<int>(row[4 * x + 1]);
  };
  double sum = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) sum += std::abs(dot(a, x, y) - dot(b, x, y));
  }
  return sum / width / height;
}

Document Plain(const std::string& title) {
  Document document;
  document.title = title;
  document.issuer = "实验小学";
  document.campaign = "2026年度廉政风险防控";
  document.number = "2026-FJ8-0001";
  document.digest = "0123-4567-89AB-CDEF";
  document.positions = "人事 3、风险 5";
  document.created = 1'780'000'000;
  document.sections.emplace_back();
  document.sections[0].title = title;
  document.sections[0].subtitle = "填报单位：实验小学　　2026年度";
  return document;
}

Document SummaryDocument() {
  Document document = Plain("处室（单位）廉政风险识别一览表");
  document.annex = "附件8";
  document.sections[0].landscape = true;
  Table table;
  const auto columns = RiskSummaryColumns();
  table.columns = {columns.begin(), columns.end()};
  constexpr const char* kLevels[] = {"一级（高）", "二级（中）", "三级（低）"};
  for (int i = 0; i < 40; ++i) {
    table.rows.push_back(
        {{absl::StrCat(i + 1), i % 5 == 0 ? "教育教学质量监测与\n信息化建设管理办公室" : "总务处",
          "采购员（兼仓库保管）", "㛃𬭸·买买提阿不都热合曼",
          "采购验收由一人完成，缺少复核。", "验收单只有一人签字，事后补签。", "岗位职责",
          kLevels[i % 3], "前期预防：两人以上参加验收。\n中期监控：每学期抽查。", "总务处主任",
          "2026-06-25", "2026-07-10"},
         false});
  }
  document.sections[0].blocks.emplace_back(std::move(table));
  return document;
}

Document FormDocument() {
  Document document = Plain("个人廉政风险自查表");
  document.annex = "附件2";
  document.draft = true;
  Grid grid;
  grid.rows = {{{"姓名", "某某"}, {"处室", "总务处", 1.3}, {"岗位", "采购员", 1.3}},
               {{"岗位职责", "一、汇总采购需求。\n二、询价、比价。"}},
               {{"遵守廉政准则情况", ""}}};
  document.sections[0].blocks.emplace_back(std::move(grid));
  document.sections[0].blocks.emplace_back(
      Signatures{{{"本人（签名）", "某某", "", false}, {"实验小学", "", "", true}}});
  return document;
}

Document NoticeDocument() {
  Document document = Plain("廉政风险防控整改通知书");
  document.red_head = true;
  document.sections[0].subtitle = "";
  document.sections[0].blocks = {
      Paragraph{"总务处：", Paragraph::Style::kSalutation},
      Paragraph{
          "经检查考核，发现下列问题，请于2026年12月10日前完成整改，并将完成情况书面报校防控办。"},
      Heading{"一、存在问题"}, Paragraph{"两份零星采购的比价单缺少比价时间。"},
      Signatures{{{"签收人（签名）", "", "", false}, {"校防控办", "", "", true}}}};
  return document;
}

Document SignDocument(Level level, bool desk, int points) {
  Document document = Plain("廉政风险警示牌");
  document.sections[0].landscape = !desk;
  Sign sign;
  sign.desk = desk;
  sign.level = level;
  sign.title = "廉政风险警示牌";
  sign.subject = "采购员";
  sign.unit = "实验小学";
  for (int i = 0; i < points; ++i) sign.points.push_back("采购验收由一人完成，缺少复核。");
  sign.measures = {"前期预防：两人以上参加验收。"};
  sign.facts = {{"责任人", "某某"}, {"监督电话", "12345"}};
  if (points > 9) {
    sign.subject = "教育教学质量监测与信息化建设管理办公室（含电教中心）";
    for (int i = 0; i < points; ++i) sign.measures.push_back("中期监控：每学期抽查，结果公示。");
  }
  document.sections[0].blocks.emplace_back(std::move(sign));
  return document;
}

Document ChartDocument() {
  Document document = Plain("物资采购工作流程图");
  Flow flow;
  flow.nodes = {{"提出需求", {"承办：年级组长"}, Level::kNone, ""},
                {"询价比价", {"承办：采购员", "时限：3个工作日"}, Level::kHigh, "①②"},
                {"审批", {"承办：分管副校长"}, Level::kMedium, "③"},
                {"验收入库", {"承办：仓库保管员"}, Level::kLow, "④"},
                {"付款", {}, Level::kNone, ""}};
  flow.edges = {{0, 1, ""}, {1, 2, ""}, {2, 1, "退回"}, {2, 3, "同意"}, {3, 4, ""}};
  document.sections[0].blocks.emplace_back(std::move(flow));
  return document;
}

Document PlotDocument() {
  Document document = Plain("廉政风险分布图");
  Plot plot;
  plot.title = "风险点按处室和等级";
  plot.labels = {"校领导", "总务处", "教育教学质量监测与信息化建设管理办公室"};
  plot.series = {{"一级（高）", Level::kHigh, {12, 19, 2}},
                 {"二级（中）", Level::kMedium, {0, 4, 9}},
                 {"三级（低）", Level::kLow, {0, 1, 7}}};
  plot.unit = "个";
  Plot progress = plot;
  progress.title = "进度";
  progress.stacked = false;
  progress.series = {{"应交", Level::kNone, {20, 24, 18}},
                     {"已交", Level::kNone, {20, 12, 6}},
                     {"完成", Level::kNone, {10, 6, 0}}};
  document.sections[0].blocks = {plot, progress};
  return document;
}

void Compare(const std::string& name, const Document& document, int pages) {
  const auto file = Write(document, Format::kPdf);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->unknown_glyphs, 0) << name;
  EXPECT_EQ(file->overflows, 0) << name;
  std::string folder = (std::filesystem::temp_directory_path() / "lf-golden-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string pdf = absl::StrCat(folder, "/a.pdf");
  std::ofstream(pdf, std::ios::binary) << file->bytes;
  for (int page = 1; page <= pages; ++page) {
    const std::string made = absl::StrCat(folder, "/", page);
    // Grey, as a plain printer shows it.
    ASSERT_EQ(std::system(absl::StrCat("pdftoppm -gray -png -singlefile -r ", kDotsPerInch, " -f ",
                                       page, " -l ", page, " ", pdf, " ", made)
                              .c_str()),
              0);
    const std::string golden =
        absl::StrCat(LIANFANG_SOURCE_DIR, "/common/document/golden/", name, "-", page, ".png");
    if (std::getenv("LIANFANG_UPDATE_GOLDEN") != nullptr) {
      std::filesystem::copy_file(made + ".png", golden,
                                 std::filesystem::copy_options::overwrite_existing);
    }
    EXPECT_LT(Difference(ReadPng(made + ".png"), ReadPng(golden)), kTolerance)
        << name << ", page " << page << ": " << made << ".png is not " << golden;
  }
  std::filesystem::remove_all(folder);
}

TEST(GoldenTest, Table) { Compare("table", SummaryDocument(), 2); }
TEST(GoldenTest, FormAsADraft) { Compare("form", FormDocument(), 1); }
TEST(GoldenTest, RedHead) { Compare("notice", NoticeDocument(), 1); }
TEST(GoldenTest, Chart) { Compare("chart", ChartDocument(), 1); }
TEST(GoldenTest, Plots) { Compare("plots", PlotDocument(), 1); }
TEST(GoldenTest, Signs) {
  Compare("desk-high", SignDocument(Level::kHigh, true, 1), 1);
  Compare("wall-medium", SignDocument(Level::kMedium, false, 3), 1);
  Compare("wall-low-60", SignDocument(Level::kLow, false, 60), 1);
  Compare("wall-high-12", SignDocument(Level::kHigh, false, 12), 1);
}
TEST(GoldenTest, ADifferenceIsSeen) {
  const std::string folder = absl::StrCat(LIANFANG_SOURCE_DIR, "/common/document/golden/");
  EXPECT_GT(
      Difference(ReadPng(folder + "wall-medium-1.png"), ReadPng(folder + "wall-low-60-1.png")),
      kTolerance);
}

}  // namespace
}  // namespace lianfang::document
