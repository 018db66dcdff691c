#include "services/aggregator/domain/compare.h"

#include <algorithm>
#include <cmath>

namespace lianfang::aggregator {
namespace {

using aggregation::v1::ComparedFigure;
using reporting::v1::MemberSummary;
using reporting::v1::Statistics;

// Fewer say nothing of what is usual.
constexpr int kFewestForOutliers = 5;
constexpr double kOutlierDistance = 1.5;

std::optional<double> Percent(int64_t part, int64_t whole) {
  if (whole <= 0) return std::nullopt;
  return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

int64_t HighPosts(const Statistics& statistics) {
  int64_t count = 0;
  for (const auto& level : statistics.posts_by_level()) {
    if (level.level() == common::v1::RISK_LEVEL_HIGH) count += level.count();
  }
  return count;
}

// The counts of all tasks together.
reporting::v1::ProgressCounts TotalOf(const reporting::v1::CampaignSummary& campaign) {
  reporting::v1::ProgressCounts total;
  for (const auto& task : campaign.tasks()) {
    total.set_expected(total.expected() + task.counts().expected());
    total.set_done(total.done() + task.counts().done());
    total.set_overdue(total.overdue() + task.counts().overdue());
  }
  return total;
}

}  // namespace

std::vector<ComparedFigure> AllFigures() {
  std::vector<ComparedFigure> figures;
  for (int value = aggregation::v1::ComparedFigure_MIN + 1;
       value <= aggregation::v1::ComparedFigure_MAX; ++value) {
    if (aggregation::v1::ComparedFigure_IsValid(value)) {
      figures.push_back(static_cast<ComparedFigure>(value));
    }
  }
  return figures;
}

std::optional<double> ValueOf(ComparedFigure figure, const MemberSummary& member) {
  const Statistics& total = member.total();
  switch (figure) {
    case aggregation::v1::COMPARED_FIGURE_RISK_POINTS_PER_HUNDRED_POSTS:
      return Percent(total.risk_point_count(), total.post_count());
    case aggregation::v1::COMPARED_FIGURE_HIGH_POST_PERCENT:
      return Percent(HighPosts(total), total.post_count());
    case aggregation::v1::COMPARED_FIGURE_WITHOUT_MEASURE_PERCENT:
      return Percent(total.risk_points_without_measure(), total.risk_point_count());
    case aggregation::v1::COMPARED_FIGURE_SELF_CHECK_PERCENT:
      return Percent(total.self_checks_submitted(), total.self_checks_due());
    case aggregation::v1::COMPARED_FIGURE_TASKS_DONE_PERCENT: {
      const auto counts = TotalOf(member.campaign());
      return Percent(counts.done(), counts.expected());
    }
    case aggregation::v1::COMPARED_FIGURE_TASKS_OVERDUE_PERCENT: {
      const auto counts = TotalOf(member.campaign());
      return Percent(counts.overdue(), counts.expected());
    }
    case aggregation::v1::COMPARED_FIGURE_RECTIFIED_PERCENT:
      return Percent(total.rectifications_closed(), total.rectification_count());
    default:
      return std::nullopt;
  }
}

double Quantile(const std::vector<double>& sorted, double part) {
  const double at = part * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<size_t>(std::floor(at));
  const size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

aggregation::v1::Comparison Compare(ComparedFigure figure,
                                    const std::vector<MemberSummary>& members) {
  aggregation::v1::Comparison comparison;
  comparison.set_figure(figure);
  std::vector<double> values;
  for (const MemberSummary& member : members) {
    const std::optional<double> value = ValueOf(figure, member);
    if (!value) continue;
    values.push_back(*value);
    auto* row = comparison.add_members();
    row->set_unit(member.unit());
    row->set_display_name(member.display_name());
    row->set_value(*value);
  }
  if (values.empty()) return comparison;
  std::sort(values.begin(), values.end());
  comparison.set_median(Quantile(values, 0.5));
  comparison.set_lower_quartile(Quantile(values, 0.25));
  comparison.set_upper_quartile(Quantile(values, 0.75));
  std::sort(comparison.mutable_members()->begin(), comparison.mutable_members()->end(),
            [](const auto& a, const auto& b) {
              return a.value() != b.value() ? a.value() > b.value() : a.unit() < b.unit();
            });
  if (comparison.members_size() < kFewestForOutliers) return comparison;
  const double reach =
      kOutlierDistance * (comparison.upper_quartile() - comparison.lower_quartile());
  for (auto& row : *comparison.mutable_members()) {
    row.set_outlier(row.value() < comparison.lower_quartile() - reach ||
                    row.value() > comparison.upper_quartile() + reach);
  }
  return comparison;
}

}  // namespace lianfang::aggregator
