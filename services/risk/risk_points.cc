#include "services/risk/risk_points.h"

#include <optional>
#include <vector>

#include "common/directory/directory_kinds.h"
#include "common/rpc/service.h"
#include "common/status/error.h"
#include "services/risk/domain/categories.h"
#include "services/risk/domain/risk_point_rules.h"
#include "services/risk/keepers.h"
#include "services/risk/marking.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {

using personnel::v1::Department;

namespace {

absl::Status NoOwner(const v1::RiskPoint& point) {
  return rpc::MaybeBehind(NoReference("risk_point.owner", point.owner()), "personnel");
}

// A power that the point is about is in force or being written, and the owner's own.
absl::Status CheckPowerOf(store::WriteTx& tx, const v1::RiskPoint& point) {
  if (point.power().empty()) return absl::OkStatus();
  LF_RETURN_IF_ERROR(CheckUnit(point.power(), tx.unit_id(), "risk_point.power"));
  LF_ASSIGN_OR_RETURN(const std::optional<v1::Power> power,
                      tx.Find<v1::Power>(PowerKind(), point.power()));
  if (!power || power->state() == v1::FILING_STATE_ARCHIVED) {
    return NoReference("risk_point.power", point.power());
  }
  if (point.layer() == common::v1::RISK_LAYER_DEPARTMENT &&
      power->department() != point.department()) {
    return FieldError(common::v1::ERROR_REASON_INVALID_FIELD, "risk_point.power",
                      "不是该处室的职权。", "is not a power of this department.");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Department>> DepartmentOf(store::WriteTx& tx,
                                                       const v1::RiskPoint& point) {
  if (point.layer() != common::v1::RISK_LAYER_DEPARTMENT) return std::optional<Department>();
  return tx.Find<Department>(directory::DepartmentKind(), point.owner());
}

}  // namespace

absl::Status CreateRiskPoint(store::WriteTx& tx, bool draft, v1::RiskPoint& point) {
  LF_RETURN_IF_ERROR(CheckRegistrable(point));
  LF_RETURN_IF_ERROR(CheckOwner(point.layer(), point.owner(), tx.unit_id(), "risk_point.owner"));
  LF_RETURN_IF_ERROR(CheckCategory(point.layer(), point.category(), "risk_point.category"));
  LF_ASSIGN_OR_RETURN(const std::optional<Department> department, DepartmentOf(tx, point));
  if (point.layer() == common::v1::RISK_LAYER_DEPARTMENT) {
    if (!department || department->state() != personnel::v1::RECORD_STATE_ACTIVE) {
      return NoOwner(point);
    }
    point.set_department(point.owner());
  } else {
    LF_ASSIGN_OR_RETURN(const auto unit,
                        tx.FindBody(directory::UnitKind(), tx.unit_id(), tx.unit_id()));
    if (!unit) return NoOwner(point);
  }
  LF_RETURN_IF_ERROR(CheckKeepsOf(tx, point.department()));
  LF_RETURN_IF_ERROR(CheckPowerOf(tx, point));
  point.set_state(draft ? v1::RISK_POINT_STATE_DRAFT : v1::RISK_POINT_STATE_REGISTERED);
  return absl::OkStatus();
}

absl::Status UpdateRiskPoint(store::WriteTx& tx, const v1::RiskPoint& old, v1::RiskPoint& next) {
  LF_RETURN_IF_ERROR(CheckKeeps(tx, old));
  LF_RETURN_IF_ERROR(CheckChangeable(old));
  LF_RETURN_IF_ERROR(CheckApprovedText(old, next));
  LF_RETURN_IF_ERROR(CheckCategory(next.layer(), next.category(), "risk_point.category"));
  if (next.power() != old.power()) LF_RETURN_IF_ERROR(CheckPowerOf(tx, next));
  next.set_state(AfterChange(old, next));
  // What was published is not what it says now.
  if (next.state() != old.state()) next.clear_publications();
  // Who changes it has looked at it.
  next.clear_marks();
  Marking marking(&tx);
  if (IsRegistered(old) && SaysOtherwise(old, next)) {
    LF_RETURN_IF_ERROR(marking.Measures(old.name(), {.cause = common::v1::MARK_CAUSE_RISK_POINT,
                                                     .source = old.name(),
                                                     .reason = "风险点已调整，请核对防控措施。"}));
  }
  // The point first: the entry is about it.
  LF_RETURN_IF_ERROR(tx.Put(RiskPointKind(), next));
  return marking.Write();
}

absl::Status ConfirmRiskPoint(store::WriteTx& tx, v1::RiskPoint& point) {
  LF_RETURN_IF_ERROR(CheckKeeps(tx, point));
  return Confirm(&point);
}

absl::Status ArchiveRiskPoint(store::WriteTx& tx, v1::RiskPoint& point) {
  LF_RETURN_IF_ERROR(CheckKeeps(tx, point));
  LF_RETURN_IF_ERROR(Archive(&point));
  store::Query in_use;
  in_use.equal.emplace_back("risk_point", point.name());
  in_use.not_equal.emplace_back("state", int64_t{v1::MEASURE_STATE_ARCHIVED});
  in_use.limit = 1;
  LF_ASSIGN_OR_RETURN(const std::vector<v1::Measure> measures,
                      tx.List<v1::Measure>(MeasureKind(), tx.unit_id(), in_use));
  if (measures.empty()) return absl::OkStatus();
  return ErrorBuilder(common::v1::ERROR_REASON_STILL_IN_USE,
                      "该风险点还有未归档的防控措施，请先归档措施。",
                      "Measures still treat this risk point; archive them first.")
      .Meta("resource", measures.front().name());
}

}  // namespace lianfang::risk
