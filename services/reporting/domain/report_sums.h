// Adding up what reports say beyond their total: months, kinds of departments, campaigns. Pure.
#pragma once

#include "lianfang/reporting/v1/reporting.pb.h"

namespace lianfang::reporting {

// Campaigns of one report.
inline constexpr int kMaxCampaigns = 5;

// Whether a report says any of it.
bool HasSums(const v1::UnitReport& report);

// Adds `sign` (1 or -1) times the months, kinds and campaigns of `delta` to those of `to`. Months
// and kinds stay in ascending order, campaigns with the newest first; what becomes nothing goes
// away.
void AddSums(const v1::UnitReport& delta, int sign, v1::UnitReport* to);

// What AddSums has made, for readers: every bucket of every kind, and not more than kMaxCampaigns.
// `To` is a report or a roll-up.
void CompleteKinds(google::protobuf::RepeatedPtrField<v1::DepartmentKindStatistics>* kinds);
template <class To>
void ShowSums(const v1::UnitReport& sums, To* to) {
  *to->mutable_risk_points_by_month() = sums.risk_points_by_month();
  *to->mutable_departments_by_kind() = sums.departments_by_kind();
  CompleteKinds(to->mutable_departments_by_kind());
  for (const auto& campaign : sums.campaigns()) {
    if (to->campaigns_size() < kMaxCampaigns) *to->add_campaigns() = campaign;
  }
}

}  // namespace lianfang::reporting
