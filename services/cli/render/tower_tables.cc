#include "services/cli/render/tower_tables.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace lianfang::cli {
namespace {

Column Right(const char* title) { return {title, Align::kRight}; }

std::string KindWord(personnel::v1::DepartmentKind kind, Lang lang) {
  switch (kind) {
    case personnel::v1::DEPARTMENT_KIND_OFFICE:
      return Text("处室", "office").In(lang);
    case personnel::v1::DEPARTMENT_KIND_SECTION:
      return Text("科室、教研组", "section").In(lang);
    default:
      return Text("校领导及其他", "leadership and others").In(lang);
  }
}

std::string Value(double value) { return absl::StrFormat("%.1f", value); }

}  // namespace

Table KindsTable(
    const google::protobuf::RepeatedPtrField<reporting::v1::DepartmentKindStatistics>& kinds,
    Lang lang) {
  Table table({{Text("类别", "kind").In(lang)},
               Right(Text("处室数", "departments").In(lang)),
               Right(Text("岗位", "posts").In(lang)),
               Right(Text("风险点", "risk points").In(lang)),
               Right(Text("防控措施", "measures").In(lang)),
               Right(Text("无措施", "without measure").In(lang))});
  for (const auto& kind : kinds) {
    table.AddRow({KindWord(kind.kind(), lang), absl::StrCat(kind.department_count()),
                  absl::StrCat(kind.statistics().post_count()),
                  absl::StrCat(kind.statistics().risk_point_count()),
                  absl::StrCat(kind.statistics().measure_count()),
                  absl::StrCat(kind.statistics().risk_points_without_measure())});
  }
  return table;
}

Table MonthsTable(const google::protobuf::RepeatedPtrField<reporting::v1::MonthCount>& months,
                  Lang lang) {
  Table table(
      {{Text("登记月份", "month").In(lang)}, Right(Text("风险点", "risk points").In(lang))});
  for (const auto& month : months) {
    table.AddRow({absl::StrFormat("%d-%02d", month.month() / 100, month.month() % 100),
                  absl::StrCat(month.count())});
  }
  return table;
}

Table CampaignsTable(
    const google::protobuf::RepeatedPtrField<reporting::v1::CampaignSummary>& campaigns,
    Lang lang) {
  Table table({{Text("年度", "year").In(lang)},
               Right(Text("单位数", "units").In(lang)),
               Right(Text("应交", "expected").In(lang)),
               Right(Text("已交", "handed in").In(lang)),
               Right(Text("完成", "done").In(lang)),
               Right(Text("迟交", "late").In(lang)),
               Right(Text("逾期未交", "overdue").In(lang))});
  for (const auto& campaign : campaigns) {
    reporting::v1::ProgressCounts total;
    for (const auto& task : campaign.tasks()) {
      total.set_expected(total.expected() + task.counts().expected());
      total.set_handed_in(total.handed_in() + task.counts().handed_in());
      total.set_done(total.done() + task.counts().done());
      total.set_late(total.late() + task.counts().late());
      total.set_overdue(total.overdue() + task.counts().overdue());
    }
    table.AddRow({absl::StrCat(campaign.year()), absl::StrCat(campaign.unit_count()),
                  absl::StrCat(total.expected()), absl::StrCat(total.handed_in()),
                  absl::StrCat(total.done()), absl::StrCat(total.late()),
                  absl::StrCat(total.overdue())});
  }
  return table;
}

Table ComparisonTable(const aggregation::v1::Comparison& comparison, Lang lang) {
  Table table({{FigureWord(comparison.figure(), lang)},
               Right(Text("值", "value").In(lang)),
               {Text("离群", "stands out").In(lang)}});
  for (const auto& member : comparison.members()) {
    table.AddRow({member.display_name().empty() ? member.unit() : member.display_name(),
                  Value(member.value()), member.outlier() ? Text("是", "yes").In(lang) : ""});
  }
  table.AddSeparator();
  table.AddRow({Text("上四分位", "upper quartile").In(lang), Value(comparison.upper_quartile())});
  table.AddRow({Text("中位数", "median").In(lang), Value(comparison.median())});
  table.AddRow({Text("下四分位", "lower quartile").In(lang), Value(comparison.lower_quartile())});
  return table;
}

std::string FigureWord(aggregation::v1::ComparedFigure figure, Lang lang) {
  switch (figure) {
    case aggregation::v1::COMPARED_FIGURE_RISK_POINTS_PER_HUNDRED_POSTS:
      return Text("每百岗风险点数", "risk points for 100 posts").In(lang);
    case aggregation::v1::COMPARED_FIGURE_HIGH_POST_PERCENT:
      return Text("高风险岗位占比%", "% posts of level 1").In(lang);
    case aggregation::v1::COMPARED_FIGURE_WITHOUT_MEASURE_PERCENT:
      return Text("无措施风险点占比%", "% risk points without measure").In(lang);
    case aggregation::v1::COMPARED_FIGURE_SELF_CHECK_PERCENT:
      return Text("自查表上交率%", "% self-checks handed in").In(lang);
    case aggregation::v1::COMPARED_FIGURE_TASKS_DONE_PERCENT:
      return Text("任务完成率%", "% tasks done").In(lang);
    case aggregation::v1::COMPARED_FIGURE_TASKS_OVERDUE_PERCENT:
      return Text("逾期率%", "% tasks overdue").In(lang);
    case aggregation::v1::COMPARED_FIGURE_RECTIFIED_PERCENT:
      return Text("整改完成率%", "% rectified").In(lang);
    default:
      return absl::StrCat(static_cast<int>(figure));
  }
}

}  // namespace lianfang::cli
