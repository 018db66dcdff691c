#include "services/grading/domain/route.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"

namespace lianfang::grading {

bool IsSuperiorRole(v1::ReviewerRole role) {
  return role == v1::REVIEWER_ROLE_SUPERIOR_LEADER || role == v1::REVIEWER_ROLE_SUPERIOR_OFFICE;
}

absl::string_view TokenRole(v1::ReviewerRole role) {
  switch (role) {
    case v1::REVIEWER_ROLE_PRINCIPAL:
      return "principal";
    case v1::REVIEWER_ROLE_VICE_PRINCIPAL:
      return "vice_principal";
    case v1::REVIEWER_ROLE_DEPARTMENT_HEAD:
      return "department_head";
    case v1::REVIEWER_ROLE_LEADING_GROUP:
      return "leading_group";
    case v1::REVIEWER_ROLE_CONTROL_OFFICE:
      return "control_office";
    case v1::REVIEWER_ROLE_SUPERIOR_LEADER:
      return "superior_leader";
    case v1::REVIEWER_ROLE_SUPERIOR_OFFICE:
      return "superior_office";
    default:
      return "";
  }
}

const config::v1::Route* FindRoute(const config::v1::RoutesPolicy& policy, v1::RecordKind kind,
                                   v1::OwnerKind owner) {
  for (const auto& route : policy.routes()) {
    if (route.record_kind() == kind &&
        (route.owner_kind() == v1::OWNER_KIND_UNSPECIFIED || route.owner_kind() == owner)) {
      return &route;
    }
  }
  return nullptr;
}

std::vector<v1::ReviewStep> MakeSteps(const config::v1::Route& route, const RolePersons& persons,
                                      const std::vector<std::string>& owners) {
  std::vector<v1::ReviewStep> steps;
  for (const auto& planned : route.steps()) {
    v1::ReviewStep& step = steps.emplace_back();
    step.set_kind(planned.kind());
    step.set_role(planned.role());
    step.set_clause(planned.clause());
    const auto holders = persons.find(planned.role());
    if (IsSuperiorRole(planned.role()) || holders == persons.end()) continue;
    for (const std::string& person : holders->second) {
      const auto& taken = step.assignees();
      if (std::find(owners.begin(), owners.end(), person) != owners.end() ||
          std::find(taken.begin(), taken.end(), person) != taken.end()) {
        continue;
      }
      step.add_assignees(person);
    }
  }
  return steps;
}

absl::Status CheckReviewers(const std::vector<v1::ReviewStep>& steps) {
  for (const v1::ReviewStep& step : steps) {
    if (IsSuperiorRole(step.role()) || !step.assignees().empty()) continue;
    return ErrorBuilder(common::v1::ERROR_REASON_NO_REVIEWER,
                        "审核路线上有一步没有可以审核的人员；请先在名录中补齐。",
                        "A step of the review has nobody who could take it; complete the "
                        "directory first.")
        .Meta("role", TokenRole(step.role()))
        .Build();
  }
  if (!steps.empty()) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_NO_REVIEWER, "没有适用的审核路线。",
                   "No review route fits the record.");
}

std::string RoutesVersion(const config::v1::RoutesPolicy& policy) {
  return absl::StrCat(policy.id(), "@", policy.version());
}

v1::OwnerKind OwnerKindOf(const OwnerFacts& facts) {
  if (facts.principal_responsible) return v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE;
  if (facts.vice_principal) return v1::OWNER_KIND_VICE_PRINCIPAL;
  if (facts.department_head) return v1::OWNER_KIND_DEPARTMENT_HEAD;
  return v1::OWNER_KIND_STAFF;
}

}  // namespace lianfang::grading
