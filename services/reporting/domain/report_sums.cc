#include "services/reporting/domain/report_sums.h"

#include "services/reporting/domain/statistics.h"

namespace lianfang::reporting {
namespace {

using google::protobuf::RepeatedPtrField;

// The row with this key, made where it belongs when it is not there. `before(a, b)`: whether key a
// stands before key b.
template <class Row, class KeyOf, class Key, class Before>
Row* RowOf(RepeatedPtrField<Row>* rows, KeyOf key_of, Key key, Before before) {
  int at = 0;
  while (at < rows->size() && before(key_of(rows->Get(at)), key)) ++at;
  if (at < rows->size() && key_of(rows->Get(at)) == key) return rows->Mutable(at);
  rows->Add();
  for (int i = rows->size() - 1; i > at; --i) rows->SwapElements(i, i - 1);
  return rows->Mutable(at);
}

template <class Row, class Empty>
void DropEmpty(RepeatedPtrField<Row>* rows, Empty empty) {
  int kept = 0;
  for (int i = 0; i < rows->size(); ++i) {
    if (empty(rows->Get(i))) continue;
    if (kept != i) rows->SwapElements(kept, i);
    ++kept;
  }
  rows->DeleteSubrange(kept, rows->size() - kept);
}

constexpr auto kAscending = [](auto a, auto b) { return a < b; };
constexpr auto kDescending = [](auto a, auto b) { return a > b; };

void AddCounts(const v1::ProgressCounts& delta, int sign, v1::ProgressCounts* to) {
  to->set_expected(to->expected() + sign * delta.expected());
  to->set_handed_in(to->handed_in() + sign * delta.handed_in());
  to->set_done(to->done() + sign * delta.done());
  to->set_late(to->late() + sign * delta.late());
  to->set_overdue(to->overdue() + sign * delta.overdue());
}

void AddCampaign(const v1::CampaignSummary& delta, int sign, v1::CampaignSummary* to) {
  to->set_year(delta.year());
  to->set_unit_count(to->unit_count() + sign * delta.unit_count());
  for (const v1::TaskProgressCount& task : delta.tasks()) {
    auto* row = RowOf(
        to->mutable_tasks(), [](const auto& t) { return static_cast<int>(t.kind()); },
        static_cast<int>(task.kind()), kAscending);
    row->set_kind(task.kind());
    AddCounts(task.counts(), sign, row->mutable_counts());
  }
  // Nothing is expected: no row, so that the sum does not depend on the order of adding.
  DropEmpty(to->mutable_tasks(),
            [](const auto& task) { return task.counts().ByteSizeLong() == 0; });
}

}  // namespace

bool HasSums(const v1::UnitReport& report) {
  return !report.risk_points_by_month().empty() || !report.departments_by_kind().empty() ||
         !report.campaigns().empty();
}

void AddSums(const v1::UnitReport& delta, int sign, v1::UnitReport* to) {
  for (const v1::MonthCount& month : delta.risk_points_by_month()) {
    auto* row = RowOf(
        to->mutable_risk_points_by_month(), [](const auto& m) { return m.month(); }, month.month(),
        kAscending);
    row->set_month(month.month());
    row->set_count(row->count() + sign * month.count());
  }
  DropEmpty(to->mutable_risk_points_by_month(),
            [](const auto& month) { return month.count() == 0; });
  for (const v1::DepartmentKindStatistics& kind : delta.departments_by_kind()) {
    auto* row = RowOf(
        to->mutable_departments_by_kind(), [](const auto& k) { return static_cast<int>(k.kind()); },
        static_cast<int>(kind.kind()), kAscending);
    row->set_kind(kind.kind());
    row->set_department_count(row->department_count() + sign * kind.department_count());
    Add(row->mutable_statistics(), kind.statistics(), sign);
  }
  DropEmpty(to->mutable_departments_by_kind(), [](const auto& kind) {
    return kind.department_count() == 0 && kind.statistics().ByteSizeLong() == 0;
  });
  for (const v1::CampaignSummary& campaign : delta.campaigns()) {
    AddCampaign(campaign, sign,
                RowOf(
                    to->mutable_campaigns(), [](const auto& c) { return c.year(); },
                    campaign.year(), kDescending));
  }
  DropEmpty(to->mutable_campaigns(),
            [](const auto& campaign) { return campaign.unit_count() == 0; });
}

void CompleteKinds(RepeatedPtrField<v1::DepartmentKindStatistics>* kinds) {
  for (v1::DepartmentKindStatistics& kind : *kinds) {
    *kind.mutable_statistics() = Complete(kind.statistics());
  }
}

}  // namespace lianfang::reporting
