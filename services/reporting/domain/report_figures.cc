#include "services/reporting/domain/report_figures.h"

#include <map>

#include "services/reporting/domain/report_sums.h"

namespace lianfang::reporting {

using google::protobuf::RepeatedPtrField;

RepeatedPtrField<v1::MonthCount> MonthsOf(const std::vector<state::v1::Cube>& cubes) {
  std::map<int32_t, int64_t> months;
  for (const state::v1::Cube& cube : cubes) {
    for (const state::v1::Cell& cell : cube.cells()) {
      if (cell.stage() == 0) months[cube.year() * 100 + cell.month()] += cell.count();
    }
  }
  RepeatedPtrField<v1::MonthCount> counts;
  for (const auto& [month, count] : months) {
    if (count == 0) continue;
    counts.Add()->set_month(month);
    counts.rbegin()->set_count(count);
  }
  return counts;
}

RepeatedPtrField<v1::DepartmentKindStatistics> KindsOf(
    const std::vector<v1::DepartmentStatistics>& departments) {
  v1::UnitReport sums;
  for (const v1::DepartmentStatistics& department : departments) {
    v1::UnitReport one;
    v1::DepartmentKindStatistics* kind = one.add_departments_by_kind();
    kind->set_kind(department.kind());
    kind->set_department_count(department.department().empty() ? 0 : 1);
    *kind->mutable_statistics() = department.statistics();
    AddSums(one, 1, &sums);
  }
  CompleteKinds(sums.mutable_departments_by_kind());
  return sums.departments_by_kind();
}

v1::CampaignSummary SummaryOf(int32_t year, const std::vector<v1::TaskProgress>& tasks) {
  v1::UnitReport sums;
  for (const v1::TaskProgress& task : tasks) {
    v1::UnitReport one;
    v1::CampaignSummary* campaign = one.add_campaigns();
    campaign->set_year(year);
    campaign->set_unit_count(1);
    campaign->add_tasks()->set_kind(task.task().kind());
    *campaign->mutable_tasks(0)->mutable_counts() = task.total();
    AddSums(one, 1, &sums);
  }
  v1::CampaignSummary summary;
  if (!sums.campaigns().empty()) summary = sums.campaigns(0);
  summary.set_year(year);
  summary.set_unit_count(1);
  return summary;
}

}  // namespace lianfang::reporting
