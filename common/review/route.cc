#include "common/review/route.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"

namespace lianfang::review {

using grading::v1::ReviewerRole;
using grading::v1::ReviewStep;

namespace {

// Holders of a role who are not barred, each once.
std::vector<std::string> Free(const RolePersons& persons, ReviewerRole role,
                              const std::vector<std::string>& barred) {
  std::vector<std::string> free;
  const auto holders = persons.find(role);
  if (holders == persons.end()) return free;
  for (const std::string& person : holders->second) {
    if (std::find(barred.begin(), barred.end(), person) == barred.end() &&
        std::find(free.begin(), free.end(), person) == free.end()) {
      free.push_back(person);
    }
  }
  return free;
}

// Whether `next` would only ask the persons of `step` once more.
bool AsksTheSame(const ReviewStep& step, const ReviewStep& next) {
  for (const ReviewStep* one : {&step, &next}) {
    if (one->kind() == grading::v1::STEP_KIND_JOINT_REVIEW || IsSuperiorRole(one->role()) ||
        one->assignees().empty()) {
      return false;
    }
  }
  return std::set<std::string>(step.assignees().begin(), step.assignees().end()) ==
         std::set<std::string>(next.assignees().begin(), next.assignees().end());
}

}  // namespace

bool IsSuperiorRole(ReviewerRole role) {
  return role == grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER ||
         role == grading::v1::REVIEWER_ROLE_SUPERIOR_OFFICE;
}

std::span<const absl::string_view> TokenRoles(ReviewerRole role) {
  static constexpr absl::string_view kPrincipal[] = {"principal"};
  static constexpr absl::string_view kVicePrincipal[] = {"vice_principal"};
  static constexpr absl::string_view kDepartmentHead[] = {"department_head"};
  static constexpr absl::string_view kLeadingGroup[] = {"leading_group"};
  static constexpr absl::string_view kControlOffice[] = {"control_office"};
  static constexpr absl::string_view kSuperiorLeader[] = {"superior_leader"};
  static constexpr absl::string_view kSuperiorOffice[] = {"superior_office"};
  static constexpr absl::string_view kStaff[] = {"staff", "department_head"};
  static constexpr absl::string_view kCadres[] = {"department_head", "vice_principal", "principal"};
  static constexpr absl::string_view kTeam[] = {"vice_principal", "principal"};
  switch (role) {
    case grading::v1::REVIEWER_ROLE_PRINCIPAL:
    case grading::v1::REVIEWER_ROLE_PARTY_BRANCH:
      return kPrincipal;
    case grading::v1::REVIEWER_ROLE_VICE_PRINCIPAL:
      return kVicePrincipal;
    case grading::v1::REVIEWER_ROLE_DEPARTMENT_HEAD:
      return kDepartmentHead;
    case grading::v1::REVIEWER_ROLE_LEADING_GROUP:
      return kLeadingGroup;
    case grading::v1::REVIEWER_ROLE_CONTROL_OFFICE:
      return kControlOffice;
    case grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER:
      return kSuperiorLeader;
    case grading::v1::REVIEWER_ROLE_SUPERIOR_OFFICE:
      return kSuperiorOffice;
    case grading::v1::REVIEWER_ROLE_DEPARTMENT_STAFF:
      return kStaff;
    case grading::v1::REVIEWER_ROLE_CADRES:
      return kCadres;
    case grading::v1::REVIEWER_ROLE_LEADERSHIP_TEAM:
      return kTeam;
    default:
      return {};
  }
}

const config::v1::Route* FindRoute(const config::v1::RoutesPolicy& policy,
                                   grading::v1::RecordKind kind, grading::v1::OwnerKind owner) {
  for (const auto& route : policy.routes()) {
    if (route.record_kind() == kind && (route.owner_kind() == grading::v1::OWNER_KIND_UNSPECIFIED ||
                                        route.owner_kind() == owner)) {
      return &route;
    }
  }
  return nullptr;
}

ReviewStep PlannedStep(const config::v1::RouteStep& planned) {
  ReviewStep step;
  step.set_kind(planned.kind());
  step.set_role(planned.role());
  step.set_clause(planned.clause());
  *step.mutable_stand_ins() = planned.stand_ins();
  if (planned.kind() == grading::v1::STEP_KIND_JOINT_REVIEW) {
    step.set_convenor_role(planned.convenor());
    step.set_quorum_percent(planned.quorum_percent() == 0 ? kDefaultQuorumPercent
                                                          : planned.quorum_percent());
  }
  return step;
}

std::vector<ReviewerRole> RolesOf(const ReviewStep& step) {
  std::vector<ReviewerRole> roles;
  const auto add = [&roles](int role) {
    const auto one = static_cast<ReviewerRole>(role);
    if (role != 0 && !IsSuperiorRole(one) &&
        std::find(roles.begin(), roles.end(), one) == roles.end()) {
      roles.push_back(one);
    }
  };
  add(step.stood_in_for() == 0 ? step.role() : step.stood_in_for());
  add(step.convenor_role());
  for (const int stand_in : step.stand_ins()) add(stand_in);
  return roles;
}

void FillStep(const RolePersons& persons, const std::vector<std::string>& barred,
              ReviewStep* step) {
  // Back to what the route says.
  if (step->stood_in_for() != 0) step->set_role(step->stood_in_for());
  if (step->planned_kind() != 0) step->set_kind(step->planned_kind());
  step->clear_stood_in_for();
  step->clear_planned_kind();
  step->clear_assignees();
  step->clear_convenors();
  if (IsSuperiorRole(step->role())) return;
  std::vector<std::string> takers = Free(persons, step->role(), barred);
  const bool joint = step->kind() == grading::v1::STEP_KIND_JOINT_REVIEW;
  if (joint && !takers.empty()) {
    std::vector<std::string> convenors = Free(persons, step->convenor_role(), barred);
    for (int i = 0; convenors.empty() && i < step->stand_ins_size(); ++i) {
      convenors = Free(persons, step->stand_ins(i), barred);
    }
    step->mutable_convenors()->Add(convenors.begin(), convenors.end());
  }
  for (int i = 0; takers.empty() && i < step->stand_ins_size(); ++i) {
    takers = Free(persons, step->stand_ins(i), barred);
    if (takers.empty()) continue;
    step->set_stood_in_for(step->role());
    step->set_role(step->stand_ins(i));
    if (joint) {
      step->set_planned_kind(step->kind());
      step->set_kind(grading::v1::STEP_KIND_REVIEW);
    }
  }
  step->mutable_assignees()->Add(takers.begin(), takers.end());
}

std::vector<ReviewStep> MakeSteps(const config::v1::Route& route, const RolePersons& persons,
                                  const std::vector<std::string>& barred) {
  std::vector<ReviewStep> steps;
  for (const auto& planned : route.steps()) {
    ReviewStep step = PlannedStep(planned);
    FillStep(persons, barred, &step);
    if (!steps.empty() && AsksTheSame(steps.back(), step)) continue;
    steps.push_back(std::move(step));
  }
  return steps;
}

absl::Status CheckReviewers(const std::vector<ReviewStep>& steps) {
  for (const ReviewStep& step : steps) {
    const bool joint = step.kind() == grading::v1::STEP_KIND_JOINT_REVIEW;
    if (IsSuperiorRole(step.role()) ||
        (!step.assignees().empty() && (!joint || !step.convenors().empty()))) {
      continue;
    }
    const auto names =
        TokenRoles(joint && !step.assignees().empty() ? step.convenor_role() : step.role());
    return ErrorBuilder(common::v1::ERROR_REASON_NO_REVIEWER,
                        "审核路线上有一步没有可以审核的人员；请先在名录中补齐。",
                        "A step of the review has nobody who could take it; complete the "
                        "directory first.")
        .Meta("role", names.empty() ? absl::string_view() : names.front())
        .Build();
  }
  if (!steps.empty()) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_NO_REVIEWER, "没有适用的审核路线。",
                   "No review route fits the record.");
}

std::string RoutesVersion(const config::v1::RoutesPolicy& policy) {
  return absl::StrCat(policy.id(), "@", policy.version());
}

grading::v1::OwnerKind OwnerKindOf(const OwnerFacts& facts) {
  if (facts.principal_responsible) return grading::v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE;
  if (facts.vice_principal) return grading::v1::OWNER_KIND_VICE_PRINCIPAL;
  if (facts.department_head) return grading::v1::OWNER_KIND_DEPARTMENT_HEAD;
  return grading::v1::OWNER_KIND_STAFF;
}

}  // namespace lianfang::review
