#include "tests/bench/documents.h"

#include <sys/resource.h>

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/document/write.h"
#include "services/reporting/documents/domain/build.h"

namespace lianfang::bench {
namespace {

using reporting::documents::Facts;

constexpr int kPoints = 2000;
constexpr int kPosts = 45;
constexpr int kPowers = 15;
constexpr int kNodes = 8;

double CpuNow() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// The most so far; kilobytes.
int64_t MostMemory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

Facts SchoolFacts(reporting::v1::DocumentKind kind) {
  Facts facts;
  facts.kind = reporting::documents::InfoOf(kind);
  facts.scope = {reporting::documents::ScopeType::kUnit, "units/u"};
  facts.year = 2026;
  facts.unit.set_name("units/u");
  facts.unit.set_display_name("实验小学");
  for (int i = 0; i < kPosts; ++i) {
    auto& post = facts.posts[absl::StrCat("units/u/posts/p", i)];
    post.set_name(absl::StrCat("units/u/posts/p", i));
    post.set_display_name(absl::StrCat("岗位", i));
  }
  return facts;
}

void AddPoint(Facts* facts, int i, const std::string& owner) {
  auto& point = facts->points.emplace_back();
  point.set_name(absl::StrCat("units/u/riskPoints/r", i));
  point.set_owner(owner);
  point.set_layer(common::v1::RISK_LAYER_POST);
  point.set_year(facts->year);
  point.set_state(risk::v1::RISK_POINT_STATE_REGISTERED);
  point.set_description("采购验收由一人完成，缺少复核，供应商可以从中得利。");
  point.set_manifestation("验收单只有一人签字，数量和质量没有第二人核对，事后补签。");
}

// What was put on paper so far.
struct Written {
  int pages = 0;
  double seconds = 0;
};

void Measure(const char* what, const Facts& facts, document::Format format,
             Written* all = nullptr) {
  const double before = CpuNow();
  auto built = reporting::documents::Build(facts);
  if (!built.ok()) {
    std::printf("%-34s %s\n", what, built.status().ToString().c_str());
    return;
  }
  const double ready = CpuNow();
  const auto file = document::Write(*built, format);
  const double done = CpuNow();
  if (!file.ok()) {
    std::printf("%-34s %s\n", what, file.status().ToString().c_str());
    return;
  }
  std::printf(
      "%-34s build %5.2f s, write %5.2f s, %4d pages, %6.1f pages/s, %5zu KiB, memory %lld MiB\n",
      what, ready - before, done - ready, file->pages, file->pages / (done - ready),
      file->bytes.size() >> 10, static_cast<long long>(MostMemory() >> 10));
  if (all == nullptr) return;
  all->pages += file->pages;
  all->seconds += done - before;
}

}  // namespace

void Documents() {
  Written set;
  Facts summary = SchoolFacts(reporting::v1::DOCUMENT_KIND_RISK_SUMMARY);
  for (int i = 0; i < kPoints; ++i) {
    auto& row = summary.summary.emplace_back();
    row.set_department("总务处");
    row.set_post(absl::StrCat("岗位", i % kPosts));
    row.add_holders("某某");
    row.set_description("采购验收由一人完成，缺少复核，供应商可以从中得利。");
    row.set_manifestation("验收单只有一人签字，数量和质量没有第二人核对，事后补签。");
    row.set_category(common::v1::RISK_CATEGORY_POST_DUTY);
    row.set_level(static_cast<common::v1::RiskLevel>(1 + i % 3));
    auto* measure = row.add_measures();
    measure->set_stage(common::v1::MEASURE_STAGE_EARLY_PREVENTION);
    measure->set_content("验收须两人以上参加并签字，每学期轮换一次。");
    measure->set_responsible_post("总务处主任");
    row.mutable_school_review_time()->set_seconds(1'780'000'000);
    row.mutable_superior_review_time()->set_seconds(1'780'600'000);
  }
  Measure("附件8, 2,000 risk points, XLSX", summary, document::Format::kXlsx);
  Measure("附件8, 2,000 risk points, CSV", summary, document::Format::kCsv);
  Measure("附件8, 2,000 risk points, PDF", summary, document::Format::kPdf, &set);

  Facts signs = SchoolFacts(reporting::v1::DOCUMENT_KIND_DESK_SIGN);
  for (int i = 0; i < kPosts; ++i) {
    auto& sign = signs.signs.emplace_back();
    sign.set_subject(absl::StrCat("units/u/posts/p", i));
    sign.set_layer(common::v1::RISK_LAYER_POST);
    sign.set_display_name(absl::StrCat("岗位", i));
    sign.set_year(signs.year);
    sign.set_level(static_cast<common::v1::RiskLevel>(1 + i % 3));
    for (int j = 0; j < 3; ++j) {
      AddPoint(&signs, i * 3 + j, sign.subject());
      sign.add_risk_points(signs.points.back().name());
    }
  }
  Measure("signs of 45 posts, PDF", signs, document::Format::kPdf, &set);

  Facts charts = SchoolFacts(reporting::v1::DOCUMENT_KIND_WORKFLOW_CHART);
  for (int i = 0; i < kPowers; ++i) {
    auto& chart = charts.workflows.emplace_back();
    chart.set_title(absl::StrCat("职权", i));
    chart.set_state(risk::v1::FILING_STATE_COMPILED);
    for (int j = 0; j < kNodes; ++j) {
      auto* node = chart.add_nodes();
      node->set_id(absl::StrCat("n", j));
      node->set_title(absl::StrCat("环节", j));
      node->set_post(absl::StrCat("units/u/posts/p", j));
      node->set_requirement("须两人以上办理并留下记录。");
      if (j == 0) continue;
      auto* edge = chart.add_edges();
      edge->set_from(absl::StrCat("n", j - 1));
      edge->set_to(absl::StrCat("n", j));
    }
  }
  Measure("charts of 15 powers, PDF", charts, document::Format::kPdf, &set);
  std::printf("the set on paper: %d pages, %.1f pages/s, memory %lld MiB\n", set.pages,
              set.pages / set.seconds, static_cast<long long>(MostMemory() >> 10));
}

}  // namespace lianfang::bench
