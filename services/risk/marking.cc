#include "services/risk/marking.h"

#include <optional>
#include <utility>
#include <vector>

#include "common/directory/lookup.h"
#include "common/review/marks.h"
#include "common/status/error.h"
#include "services/risk/domain/measure_rules.h"
#include "services/risk/domain/risk_point_rules.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {

absl::Status Marking::Points(absl::string_view column, const std::string& value,
                             const Change& change) {
  store::Query query;
  query.equal.emplace_back(column, value);
  query.not_equal.emplace_back("state", int64_t{v1::RISK_POINT_STATE_ARCHIVED});
  LF_ASSIGN_OR_RETURN(
      std::vector<v1::RiskPoint> points,
      directory::ListAll<v1::RiskPoint>(*tx_, RiskPointKind(), tx_->unit_id(), std::move(query)));
  for (v1::RiskPoint& point : points) {
    LF_RETURN_IF_ERROR(MarkPoint(point, change));
  }
  return absl::OkStatus();
}

absl::Status Marking::Point(const std::string& name, const Change& change) {
  LF_ASSIGN_OR_RETURN(std::optional<v1::RiskPoint> point,
                      tx_->Find<v1::RiskPoint>(RiskPointKind(), name));
  return point ? MarkPoint(*point, change) : absl::OkStatus();
}

absl::Status Marking::MarkPoint(const v1::RiskPoint& point, const Change& change) {
  if (!IsRegistered(point)) return absl::OkStatus();
  const std::string& name = point.name();
  auto& [kept, changed] = points_.try_emplace(name, point, false).first->second;
  changed |=
      review::AddMark(change.cause, change.source, change.reason, tx_->now(), kept.mutable_marks());
  return Measures(name, change);
}

absl::Status Marking::Measures(const std::string& point, const Change& change) {
  store::Query query;
  query.equal.emplace_back("risk_point", point);
  query.not_equal.emplace_back("state", int64_t{v1::MEASURE_STATE_ARCHIVED});
  LF_ASSIGN_OR_RETURN(
      std::vector<v1::Measure> measures,
      directory::ListAll<v1::Measure>(*tx_, MeasureKind(), tx_->unit_id(), std::move(query)));
  for (const v1::Measure& measure : measures) MarkMeasure(measure, change);
  return absl::OkStatus();
}

absl::Status Marking::Measure(const std::string& name, const Change& change) {
  LF_ASSIGN_OR_RETURN(const std::optional<v1::Measure> measure,
                      tx_->Find<v1::Measure>(MeasureKind(), name));
  if (measure) MarkMeasure(*measure, change);
  return absl::OkStatus();
}

void Marking::MarkMeasure(const v1::Measure& measure, const Change& change) {
  if (!IsFiled(measure)) return;
  auto& [kept, changed] = measures_.try_emplace(measure.name(), measure, false).first->second;
  changed |=
      review::AddMark(change.cause, change.source, change.reason, tx_->now(), kept.mutable_marks());
}

absl::Status Marking::Write() {
  for (auto& [name, point] : points_) {
    if (point.second) LF_RETURN_IF_ERROR(tx_->Put(RiskPointKind(), point.first));
  }
  for (auto& [name, measure] : measures_) {
    if (measure.second) LF_RETURN_IF_ERROR(tx_->Put(MeasureKind(), measure.first));
  }
  return absl::OkStatus();
}

}  // namespace lianfang::risk
