#include "services/risk/keepers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/directory/directory_kinds.h"
#include "common/directory/lookup.h"
#include "common/rpc/service.h"
#include "common/status/error.h"
#include "services/risk/access.h"

namespace lianfang::risk {

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

absl::Status CheckKeepsOf(store::WriteTx& tx, absl::string_view department) {
  access::Facts facts;
  facts.department = std::string(department);
  return FromDirectory(ViewerOf(tx).May(
      department.empty() ? access::Action::kKeepUnitRisk : access::Action::kKeepDepartmentRisk,
      facts));
}

absl::Status CheckKeeps(store::WriteTx& tx, const v1::RiskPoint& point) {
  const access::Action action = point.layer() == common::v1::RISK_LAYER_DEPARTMENT
                                    ? access::Action::kKeepDepartmentRisk
                                    : access::Action::kKeepUnitRisk;
  return FromDirectory(ViewerOf(tx).May(action, access::Action::kSeeRisk, FactsOf(point)));
}

absl::Status FromDirectory(absl::Status status) {
  return status.ok() ? status : rpc::MaybeBehind(std::move(status), "personnel");
}

}  // namespace lianfang::risk
