#include "services/reporting/report_figures.h"

#include <functional>
#include <set>
#include <vector>

#include "services/reporting/domain/campaign_items.h"
#include "services/reporting/domain/report_figures.h"
#include "services/reporting/domain/report_sums.h"
#include "services/reporting/domain/school_time.h"
#include "services/reporting/facts.h"
#include "services/reporting/reporting_kinds.h"

namespace lianfang::reporting {
namespace {

// Departments, times the years of a school's work.
constexpr int kMaxCubes = 100'000;
constexpr int kMaxYears = 1000;

}  // namespace

absl::Status AddFigures(store::Reader& reader, absl::string_view unit_id,
                        const policy::Policies& policies, absl::Time now, v1::UnitReport* report) {
  LF_ASSIGN_OR_RETURN(const auto cubes,
                      reader.List<state::v1::Cube>(CubeKind(), unit_id, {.limit = kMaxCubes}));
  *report->mutable_risk_points_by_month() = MonthsOf(cubes);
  *report->mutable_departments_by_kind() =
      KindsOf({report->departments().begin(), report->departments().end()});
  // Years that somebody has opened, and the one that the report counts; the newest first.
  std::set<int32_t, std::greater<>> years;
  if (report->year() != 0) years.insert(report->year());
  LF_ASSIGN_OR_RETURN(const auto campaigns,
                      reader.List<v1::Campaign>(CampaignKind(), unit_id, {.limit = kMaxYears}));
  for (const v1::Campaign& campaign : campaigns) years.insert(campaign.year());
  if (years.empty()) return absl::OkStatus();
  const absl::CivilDay today = DayOf(now);
  LF_ASSIGN_OR_RETURN(const Roster roster, ReadRoster(reader, unit_id, today));
  for (const int32_t year : years) {
    if (report->campaigns_size() == kMaxCampaigns) break;
    LF_ASSIGN_OR_RETURN(const v1::Campaign campaign, ReadCampaign(reader, policies, unit_id, year));
    LF_ASSIGN_OR_RETURN(const auto items, ReadItems(reader, campaign, roster, today));
    *report->add_campaigns() = SummaryOf(year, ProgressOf(campaign, roster, items));
  }
  return absl::OkStatus();
}

}  // namespace lianfang::reporting
