#include "services/risk/risk_points.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/rpc/service.h"
#include "common/status/error.h"
#include "services/risk/domain/categories.h"
#include "services/risk/domain/risk_point_rules.h"
#include "services/risk/risk_kinds.h"

namespace lianfang::risk {

using personnel::v1::Department;

namespace {

absl::Status NoOwner(const v1::RiskPoint& point) {
  return rpc::MaybeBehind(
      ErrorBuilder(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND,
                   absl::StrCat("没有 ", point.owner(), "，或已归档。"),
                   absl::StrCat("There is no ", point.owner(), ", or it is archived."))
          .Field("risk_point.owner", "不存在或已归档。", "does not exist, or is archived.")
          .Meta("resource", point.owner()),
      "personnel");
}

// The actor keeps the point. `department`: its record where the point is a department's.
absl::Status CheckKept(store::WriteTx& tx, const v1::RiskPoint& point,
                       const std::optional<Department>& department) {
  Keeper keeper;
  keeper.subject = tx.actor().subject;
  keeper.control_office = tx.actor().HasRole("control_office");
  keeper.principal = tx.actor().HasRole("principal");
  DepartmentFacts facts;
  if (department) facts.head = department->head();
  if (CheckKeeper(keeper, point.layer(), facts).ok()) return absl::OkStatus();
  // The leader in charge may be one of a department above: looked up only when it matters.
  if (department) {
    LF_ASSIGN_OR_RETURN(facts.vice_principal, directory::VicePrincipal(tx, department->name()));
  }
  const absl::Status status = CheckKeeper(keeper, point.layer(), facts);
  return status.ok() ? status : rpc::MaybeBehind(status, "personnel");
}

absl::StatusOr<std::optional<Department>> DepartmentOf(store::WriteTx& tx,
                                                       const v1::RiskPoint& point) {
  if (point.layer() != common::v1::RISK_LAYER_DEPARTMENT) return std::optional<Department>();
  return tx.Find<Department>(directory::DepartmentKind(), point.owner());
}

}  // namespace

absl::Status CreateRiskPoint(store::WriteTx& tx, v1::RiskPoint& point) {
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
  LF_RETURN_IF_ERROR(CheckKept(tx, point, department));
  point.set_state(v1::RISK_POINT_STATE_REGISTERED);
  return absl::OkStatus();
}

absl::Status UpdateRiskPoint(store::WriteTx& tx, const v1::RiskPoint& old, v1::RiskPoint& next) {
  LF_ASSIGN_OR_RETURN(const std::optional<Department> department, DepartmentOf(tx, old));
  LF_RETURN_IF_ERROR(CheckKept(tx, old, department));
  LF_RETURN_IF_ERROR(CheckRegistered(old));
  LF_RETURN_IF_ERROR(CheckApprovedText(old, next));
  return CheckCategory(next.layer(), next.category(), "risk_point.category");
}

absl::Status ArchiveRiskPoint(store::WriteTx& tx, v1::RiskPoint& point) {
  LF_ASSIGN_OR_RETURN(const std::optional<Department> department, DepartmentOf(tx, point));
  LF_RETURN_IF_ERROR(CheckKept(tx, point, department));
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
