#include "common/policy/check.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/id.h"
#include "common/policy/complaint.h"
#include "common/status/error.h"

namespace lianfang::policy {
namespace {

using config::v1::LettersPolicy;
using config::v1::RolesPolicy;
using config::v1::Route;
using config::v1::RoutesPolicy;
using grading::v1::CountRule;
using grading::v1::GradingPolicy;
using grading::v1::GradingRule;
using grading::v1::MatrixRule;

absl::Status CheckHead(absl::string_view id, int version) {
  if (!IsValidResourceId(id)) return Wrong("id '", id, "' is not a resource id");
  if (version < 1) return Wrong("version must be 1 or more");
  return absl::OkStatus();
}

template <class Enum>
bool IsMember(const google::protobuf::EnumDescriptor* type, Enum value) {
  return value != 0 && type->FindValueByNumber(value) != nullptr;
}

absl::Status CheckRule(const GradingRule& rule) {
  if (!IsValidResourceId(rule.id())) return Wrong("rule id '", rule.id(), "' is not a resource id");
  if (!IsMember(common::v1::RiskLevel_descriptor(), rule.level())) {
    return Wrong("rule '", rule.id(), "' has no level");
  }
  if (rule.clause().empty()) return Wrong("rule '", rule.id(), "' has no clause");
  const bool condition = rule.unit_head() || rule.any_function_size() > 0;
  if (rule.otherwise() && condition) {
    return Wrong("rule '", rule.id(), "' has 'otherwise' and other conditions");
  }
  if (!rule.otherwise() && !condition) return Wrong("rule '", rule.id(), "' has no condition");
  std::set<int> functions;
  for (const int function : rule.any_function()) {
    if (!IsMember(common::v1::PostFunction_descriptor(), function)) {
      return Wrong("rule '", rule.id(), "' names no known function");
    }
    if (!functions.insert(function).second) {
      return Wrong("rule '", rule.id(), "' names a function twice");
    }
  }
  return absl::OkStatus();
}

template <class Points, class Get>
absl::Status CheckPoints(absl::string_view what, const google::protobuf::EnumDescriptor* type,
                         const Points& points, Get get) {
  std::set<int> seen;
  for (const auto& entry : points) {
    if (!IsMember(type, get(entry))) return Wrong("matrix: points for no known ", what);
    if (!seen.insert(get(entry)).second) return Wrong("matrix: points for one ", what, " twice");
    // Also refuses what is not a number.
    if (!(entry.points() > 0)) return Wrong("matrix: points of each ", what, " must be above 0");
  }
  if (static_cast<int>(seen.size()) != type->value_count() - 1) {
    return Wrong("matrix: every ", what, " needs points");
  }
  return absl::OkStatus();
}

absl::Status CheckMatrix(const MatrixRule& matrix) {
  LF_RETURN_IF_ERROR(CheckPoints("likelihood", risk::v1::Likelihood_descriptor(),
                                 matrix.likelihood(),
                                 [](const auto& entry) { return entry.likelihood(); }));
  LF_RETURN_IF_ERROR(CheckPoints("consequence", risk::v1::Consequence_descriptor(),
                                 matrix.consequence(),
                                 [](const auto& entry) { return entry.consequence(); }));
  if (!(matrix.medium_from() > 0) || !(matrix.high_from() > matrix.medium_from())) {
    return Wrong("matrix: needs 0 < medium_from < high_from");
  }
  if (matrix.clause().empty()) return Wrong("matrix: has no clause");
  return absl::OkStatus();
}

absl::Status CheckCount(const CountRule& count) {
  if (count.medium_from() < 1 || count.high_from() <= count.medium_from()) {
    return Wrong("count: needs 0 < medium_from < high_from");
  }
  if (count.clause().empty()) return Wrong("count: has no clause");
  return absl::OkStatus();
}

bool IsSuperior(grading::v1::ReviewerRole role) {
  return role == grading::v1::REVIEWER_ROLE_SUPERIOR_LEADER ||
         role == grading::v1::REVIEWER_ROLE_SUPERIOR_OFFICE;
}

bool Fits(const Route& route, grading::v1::RecordKind kind, grading::v1::OwnerKind owner) {
  return route.record_kind() == kind &&
         (route.owner_kind() == grading::v1::OWNER_KIND_UNSPECIFIED || route.owner_kind() == owner);
}

// A role of the unit's, as stand-ins and convenors must have.
bool IsOfUnit(int role) {
  return IsMember(grading::v1::ReviewerRole_descriptor(), role) &&
         !IsSuperior(static_cast<grading::v1::ReviewerRole>(role));
}

absl::Status CheckStep(const std::string& kind, const config::v1::RouteStep& step) {
  if (!IsMember(grading::v1::StepKind_descriptor(), step.kind())) {
    return Wrong("a step of ", kind, " has no kind");
  }
  if (!IsMember(grading::v1::ReviewerRole_descriptor(), step.role())) {
    return Wrong("a step of ", kind, " has no role");
  }
  if ((step.kind() == grading::v1::STEP_KIND_SUPERIOR) != IsSuperior(step.role())) {
    return Wrong("a step of ", kind, " is the superior's by its kind or its role, not by both");
  }
  if (IsSuperior(step.role()) && step.stand_ins_size() > 0) {
    return Wrong("a step of ", kind, " has stand-ins for the superior");
  }
  std::set<int> roles = {step.role()};
  for (const int stand_in : step.stand_ins()) {
    if (!IsOfUnit(stand_in)) return Wrong("a step of ", kind, " has no known role as a stand-in");
    if (!roles.insert(stand_in).second) return Wrong("a step of ", kind, " names a role twice");
  }
  const bool joint = step.kind() == grading::v1::STEP_KIND_JOINT_REVIEW;
  if (joint && !IsOfUnit(step.convenor())) {
    return Wrong("a joint review of ", kind, " has nobody who concludes it");
  }
  if (!joint && (step.convenor() != 0 || step.quorum_percent() != 0)) {
    return Wrong("a step of ", kind, " has a convenor or a quorum and is no joint review");
  }
  if (step.quorum_percent() < 0 || step.quorum_percent() > 100) {
    return Wrong("a joint review of ", kind, " has a quorum that is not 1 to 100");
  }
  return absl::OkStatus();
}

absl::Status CheckRoute(const Route& route) {
  const std::string& kind = grading::v1::RecordKind_Name(route.record_kind());
  if (!IsMember(grading::v1::RecordKind_descriptor(), route.record_kind())) {
    return Wrong("a route has no record_kind");
  }
  if (route.steps().empty()) return Wrong("route of ", kind, " has no steps");
  for (const auto& step : route.steps()) LF_RETURN_IF_ERROR(CheckStep(kind, step));
  // 「校主要负责人的岗位风险由分管厅领导审核」 Before that the school's cadres may look at them:
  // 「召开中层以上干部会议，进行联查和综合评议」
  if (route.owner_kind() != grading::v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE) return absl::OkStatus();
  for (int i = 0; i < route.steps_size(); ++i) {
    const bool looks = route.record_kind() == grading::v1::RECORD_KIND_GRADE ||
                       route.steps(i).kind() == grading::v1::STEP_KIND_JOINT_REVIEW;
    if (looks && i + 1 < route.steps_size()) continue;
    if (!IsSuperior(route.steps(i).role())) {
      return Wrong("route of ", kind,
                   " for a principal responsible person is not decided by the superior");
    }
  }
  return absl::OkStatus();
}

// Whether records of a kind can have owners of a kind: then they need a route.
bool NeedsRoute(grading::v1::RecordKind kind, grading::v1::OwnerKind owner) {
  const bool body =
      owner == grading::v1::OWNER_KIND_DEPARTMENT || owner == grading::v1::OWNER_KIND_UNIT;
  switch (kind) {
    case grading::v1::RECORD_KIND_SELF_CHECK:
    case grading::v1::RECORD_KIND_GRADE:
    case grading::v1::RECORD_KIND_POST_DUTY:
      return !body;
    case grading::v1::RECORD_KIND_MEASURE:
      return true;
    case grading::v1::RECORD_KIND_RISK_POINT:
    case grading::v1::RECORD_KIND_POWER:
    case grading::v1::RECORD_KIND_WORKFLOW:
    case grading::v1::RECORD_KIND_SELF_INSPECTION:
      return body;
    default:
      return false;  // not reviewed along a route
  }
}

// A part of a permission: lower-case letters and underscores.
bool IsPart(absl::string_view part) {
  if (part.empty()) return false;
  for (const char c : part) {
    if (!absl::ascii_islower(static_cast<unsigned char>(c)) && c != '_') return false;
  }
  return true;
}

bool IsPermission(absl::string_view permission) {
  std::vector<absl::string_view> parts = absl::StrSplit(permission, '.');
  const bool prefix = parts.back() == "*";
  if (prefix) parts.pop_back();
  // A lone `*` would grant what nobody has thought of yet.
  if (parts.empty() || (!prefix && parts.size() < 3)) return false;
  for (const absl::string_view part : parts) {
    if (!IsPart(part)) return false;
  }
  return true;
}

}  // namespace

absl::Status CheckGrading(const GradingPolicy& policy) {
  LF_RETURN_IF_ERROR(CheckHead(policy.id(), policy.version()));
  std::set<std::string> ids = {"matrix", "count", "count-override"};  // taken by the scores
  for (const GradingRule& rule : policy.rules()) {
    LF_RETURN_IF_ERROR(CheckRule(rule));
    if (!ids.insert(rule.id()).second) return Wrong("rule id '", rule.id(), "' is taken");
  }
  for (int i = 0; i < policy.rules_size(); ++i) {
    if (policy.rules(i).otherwise() != (i + 1 == policy.rules_size())) {
      return Wrong("the last rule, and only it, must be an 'otherwise' rule");
    }
  }
  if (policy.rules().empty()) return Wrong("has no rules; the last must be an 'otherwise' rule");
  if (policy.has_matrix()) LF_RETURN_IF_ERROR(CheckMatrix(policy.matrix()));
  if (policy.has_count()) LF_RETURN_IF_ERROR(CheckCount(policy.count()));
  return absl::OkStatus();
}

absl::Status CheckRoutes(const RoutesPolicy& policy) {
  LF_RETURN_IF_ERROR(CheckHead(policy.id(), policy.version()));
  for (int i = 0; i < policy.routes_size(); ++i) {
    const Route& route = policy.routes(i);
    LF_RETURN_IF_ERROR(CheckRoute(route));
    for (int j = 0; j < i; ++j) {
      if (Fits(policy.routes(j), route.record_kind(), route.owner_kind())) {
        return Wrong("route ", i + 1, " is never taken: route ", j + 1, " fits all that it fits");
      }
    }
  }
  for (int number = 1; number < grading::v1::RecordKind_ARRAYSIZE; ++number) {
    const auto kind = static_cast<grading::v1::RecordKind>(number);
    for (int owner = 1; owner < grading::v1::OwnerKind_ARRAYSIZE; ++owner) {
      if (!NeedsRoute(kind, static_cast<grading::v1::OwnerKind>(owner))) continue;
      const Route* taken = nullptr;
      for (const Route& route : policy.routes()) {
        if (taken == nullptr && Fits(route, kind, static_cast<grading::v1::OwnerKind>(owner))) {
          taken = &route;
        }
      }
      if (taken == nullptr) {
        return Wrong(grading::v1::RecordKind_Name(kind), " has no route for ",
                     grading::v1::OwnerKind_Name(owner));
      }
      if (owner != grading::v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE) continue;
      Route exact = *taken;
      exact.set_owner_kind(grading::v1::OWNER_KIND_PRINCIPAL_RESPONSIBLE);
      LF_RETURN_IF_ERROR(CheckRoute(exact));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLetters(const LettersPolicy& policy) {
  LF_RETURN_IF_ERROR(CheckHead(policy.id(), policy.version()));
  if (policy.title().empty()) return Wrong("has no title");
  std::set<std::string> ids;
  std::set<std::pair<int, int>> covered;  // tier and level
  for (const auto& clause : policy.clauses()) {
    if (!IsValidResourceId(clause.id())) {
      return Wrong("clause id '", clause.id(), "' is not a resource id");
    }
    if (!ids.insert(clause.id()).second) return Wrong("clause '", clause.id(), "' stands twice");
    if (clause.text().empty()) return Wrong("clause '", clause.id(), "' has no text");
    for (const int tier : clause.tiers()) {
      if (!IsMember(grading::v1::LetterTier_descriptor(), tier)) {
        return Wrong("clause '", clause.id(), "' names no known tier");
      }
    }
    for (const int level : clause.levels()) {
      if (!IsMember(common::v1::RiskLevel_descriptor(), level)) {
        return Wrong("clause '", clause.id(), "' names no known level");
      }
    }
    for (int tier = 1; tier < grading::v1::LetterTier_ARRAYSIZE; ++tier) {
      for (int level = 1; level < common::v1::RiskLevel_ARRAYSIZE; ++level) {
        const auto& tiers = clause.tiers();
        const auto& levels = clause.levels();
        if ((tiers.empty() || std::find(tiers.begin(), tiers.end(), tier) != tiers.end()) &&
            (levels.empty() || std::find(levels.begin(), levels.end(), level) != levels.end())) {
          covered.emplace(tier, level);
        }
      }
    }
  }
  const size_t letters = static_cast<size_t>(grading::v1::LetterTier_ARRAYSIZE - 1) *
                         static_cast<size_t>(common::v1::RiskLevel_ARRAYSIZE - 1);
  if (covered.size() != letters) return Wrong("a letter of some tier and level has no clause");
  return absl::OkStatus();
}

namespace {

absl::Status CheckSources(const config::v1::Role& role) {
  if (role.sources().empty()) return Wrong("role '", role.name(), "' has no source");
  std::set<int> sources;
  for (const int source : role.sources()) {
    if (!IsMember(config::v1::RoleSource_descriptor(), source)) {
      return Wrong("role '", role.name(), "' has no known source");
    }
    if (!sources.insert(source).second) {
      return Wrong("role '", role.name(), "' names a source twice");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckConflicts(const RolesPolicy& policy) {
  // Roles that come from the directory and from nowhere else.
  std::map<std::string, bool> of_directory;
  for (const auto& role : policy.roles()) {
    of_directory[role.name()] =
        role.sources_size() == 1 && role.sources(0) == config::v1::ROLE_SOURCE_DIRECTORY;
  }
  for (const auto& conflict : policy.conflicts()) {
    const auto role = of_directory.find(conflict.role());
    if (role == of_directory.end())
      return Wrong("conflict of no known role '", conflict.role(), "'");
    if (conflict.excludes().empty() || conflict.reason().empty()) {
      return Wrong("conflict of '", conflict.role(), "' needs excluded roles and a reason");
    }
    std::set<std::string> excluded;
    for (const std::string& name : conflict.excludes()) {
      const auto other = of_directory.find(name);
      if (other == of_directory.end()) {
        return Wrong("conflict of '", conflict.role(), "' with no known role '", name, "'");
      }
      if (name == conflict.role() || !excluded.insert(name).second) {
        return Wrong("conflict of '", conflict.role(), "' names '", name, "' twice");
      }
      // Nobody grants either: there is nothing to leave out.
      if (role->second && other->second) {
        return Wrong("conflict of '", conflict.role(), "' with '", name,
                     "': both follow from the directory");
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRoles(const RolesPolicy& policy) {
  LF_RETURN_IF_ERROR(CheckHead(policy.id(), policy.version()));
  std::set<std::string> names;
  for (const auto& role : policy.roles()) {
    if (!IsPart(role.name())) return Wrong("role name '", role.name(), "' is not well-formed");
    if (!names.insert(role.name()).second) return Wrong("role '", role.name(), "' stands twice");
    LF_RETURN_IF_ERROR(CheckSources(role));
    std::set<std::string> permissions;
    for (const std::string& permission : role.permissions()) {
      if (!IsPermission(permission)) {
        return Wrong("role '", role.name(), "': '", permission, "' is not a permission");
      }
      if (!permissions.insert(permission).second) {
        return Wrong("role '", role.name(), "': '", permission, "' stands twice");
      }
    }
  }
  if (names.empty()) return Wrong("has no roles");
  return CheckConflicts(policy);
}

}  // namespace lianfang::policy
