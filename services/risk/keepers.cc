#include "services/risk/keepers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/rpc/service.h"
#include "common/status/error.h"
#include "services/risk/domain/risk_point_rules.h"

namespace lianfang::risk {

using common::v1::RiskLayer;
using personnel::v1::Department;

absl::Status NoReference(absl::string_view field, absl::string_view name) {
  return ErrorBuilder(common::v1::ERROR_REASON_REFERENCE_NOT_FOUND,
                      absl::StrCat("没有 ", name, "，或已归档。"),
                      absl::StrCat("There is no ", name, ", or it is archived."))
      .Field(field, "不存在或已归档。", "does not exist, or is archived.")
      .Meta("resource", name);
}

absl::Status CheckPostInUse(store::WriteTx& tx, absl::string_view name, absl::string_view field) {
  LF_ASSIGN_OR_RETURN(const std::optional<personnel::v1::Post> post,
                      tx.Find<personnel::v1::Post>(directory::PostKind(), name));
  if (post && post->state() == personnel::v1::RECORD_STATE_ACTIVE) return absl::OkStatus();
  return rpc::MaybeBehind(NoReference(field, name), "personnel");
}

absl::StatusOr<std::optional<Department>> FindDepartment(store::WriteTx& tx, absl::string_view name,
                                                         bool in_use, absl::string_view field) {
  if (name.empty()) return std::optional<Department>();
  LF_ASSIGN_OR_RETURN(std::optional<Department> department,
                      tx.Find<Department>(directory::DepartmentKind(), name));
  if (in_use && (!department || department->state() != personnel::v1::RECORD_STATE_ACTIVE)) {
    return rpc::MaybeBehind(NoReference(field, name), "personnel");
  }
  return department;
}

absl::Status CheckKeeps(store::WriteTx& tx, RiskLayer layer,
                        const std::optional<Department>& department) {
  Keeper keeper;
  keeper.subject = tx.actor().subject;
  keeper.control_office = tx.actor().HasRole("control_office");
  keeper.principal = tx.actor().HasRole("principal");
  DepartmentFacts facts;
  if (department) facts.head = department->head();
  if (CheckKeeper(keeper, layer, facts).ok()) return absl::OkStatus();
  // The leader in charge may be one of a department above: looked up only when it matters.
  if (department) {
    LF_ASSIGN_OR_RETURN(facts.vice_principal, directory::VicePrincipal(tx, department->name()));
  }
  const absl::Status status = CheckKeeper(keeper, layer, facts);
  return status.ok() ? status : rpc::MaybeBehind(status, "personnel");
}

absl::Status CheckKeepsOf(store::WriteTx& tx, absl::string_view department) {
  LF_ASSIGN_OR_RETURN(const std::optional<Department> found,
                      FindDepartment(tx, department, false, ""));
  return CheckKeeps(
      tx, department.empty() ? common::v1::RISK_LAYER_UNIT : common::v1::RISK_LAYER_DEPARTMENT,
      found);
}

}  // namespace lianfang::risk
