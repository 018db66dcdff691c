#include "services/cli/commands/rollup_plot.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/document/write.h"
#include "common/status/error.h"
#include "services/cli/core/exit_code.h"
#include "services/cli/core/files.h"

namespace lianfang::cli {
namespace {

using document::Level;
using document::Plot;
using document::Series;

constexpr struct {
  common::v1::RiskLevel number;
  Level level;
  const char* name;
} kPlotLevels[] = {{common::v1::RISK_LEVEL_HIGH, Level::kHigh, "一级（高）"},
                   {common::v1::RISK_LEVEL_MEDIUM, Level::kMedium, "二级（中）"},
                   {common::v1::RISK_LEVEL_LOW, Level::kLow, "三级（低）"},
                   {common::v1::RISK_LEVEL_UNSPECIFIED, Level::kNone, "未定级"}};

int64_t Count(const google::protobuf::RepeatedPtrField<reporting::v1::LevelCount>& counts,
              common::v1::RiskLevel level) {
  for (const auto& count : counts) {
    if (count.level() == level) return count.count();
  }
  return 0;
}

// Of risk points or posts, a bar a member.
template <class Counts>
Plot PlotOf(const aggregation::v1::GetRollupResponse& rollup, const char* title, Counts counts) {
  Plot plot;
  plot.title = title;
  plot.unit = "个";
  for (const auto& level : kPlotLevels) plot.series.push_back({level.name, level.level, {}});
  for (const auto& member : rollup.members()) {
    plot.labels.push_back(member.display_name().empty() ? member.unit() : member.display_name());
    for (size_t i = 0; i < std::size(kPlotLevels); ++i) {
      plot.series[i].values.push_back(Count(counts(member.total()), kPlotLevels[i].number));
    }
  }
  return plot;
}

}  // namespace

absl::Status PlotRollup(const aggregation::v1::GetRollupResponse& rollup, const std::string& unit,
                        const std::string& path) {
  document::Format format = document::Format::kSvg;
  if (absl::EndsWith(path, ".png")) {
    format = document::Format::kPng;
  } else if (absl::EndsWith(path, ".pdf")) {
    format = document::Format::kPdf;
  } else if (!absl::EndsWith(path, ".svg")) {
    return UsageError("--plot 的文件名须以 .svg、.png 或 .pdf 结尾。",
                      "The file of --plot ends in .svg, .png or .pdf.");
  }
  document::Document document;
  document.title = "下级单位廉政风险对比图";
  document.issuer = unit;
  document.campaign = absl::StrCat("已核验 ", rollup.members_size(), " 个下级单位");
  std::string reports;
  for (const auto& member : rollup.members()) {
    absl::StrAppend(&reports, reports.empty() ? "" : "、", member.display_name(), " 第",
                    member.report_number(), "号报告");
    document.created = std::max(document.created, int64_t{member.pull_time().seconds()});
  }
  document.positions = reports;
  document::Section& section = document.sections.emplace_back();
  section.title = document.title;
  section.blocks.emplace_back(PlotOf(
      rollup, "风险点按等级",
      [](const auto& total) -> const auto& { return total.risk_points_by_level(); }));
  section.blocks.emplace_back(PlotOf(
      rollup, "岗位按等级",
      [](const auto& total) -> const auto& { return total.posts_by_level(); }));
  LF_ASSIGN_OR_RETURN(const document::File file, document::Write(document, format));
  return WriteFile(path, file.bytes);
}

}  // namespace lianfang::cli
