// Which way a record's review goes, as pure functions of the routes policy and the persons who hold
// the roles: asked when a record is handed in, when its review is opened, and again whenever
// somebody wants to take a step, since persons move and go on leave.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/grading/v1/grading.pb.h"

namespace lianfang::review {

// Persons who hold a role for one record and can act now, by resource name. Roles of the superior
// have none: their holders are identities of the superior.
using RolePersons = std::map<grading::v1::ReviewerRole, std::vector<std::string>>;

// Opinions that a joint review needs, of a hundred members, when the policy does not say.
inline constexpr int kDefaultQuorumPercent = 67;

// Whether a role is the superior's.
bool IsSuperiorRole(grading::v1::ReviewerRole role);

// Names of the roles of which a token must hold one to take a step, e.g. `leading_group`. Empty for
// no role.
std::span<const absl::string_view> TokenRoles(grading::v1::ReviewerRole role);

// The first route that fits, or null.
const config::v1::Route* FindRoute(const config::v1::RoutesPolicy& policy,
                                   grading::v1::RecordKind kind, grading::v1::OwnerKind owner);

// The step as the route plans it, with nobody in it.
grading::v1::ReviewStep PlannedStep(const config::v1::RouteStep& planned);

// Roles whose holders FillStep may ask for, each once.
std::vector<grading::v1::ReviewerRole> RolesOf(const grading::v1::ReviewStep& step);

// Says anew who takes a step: who holds the route's role, without those in `barred` (whose record
// it is), each once, in the order given; when that is nobody, the first stand-in that has somebody,
// and a joint review becomes a plain one then. The step may end with nobody.
void FillStep(const RolePersons& persons, const std::vector<std::string>& barred,
              grading::v1::ReviewStep* step);

// Steps of a route with those who take them. A step that exactly the same persons would take as the
// one before is dropped: nobody is asked the same thing twice. Joint reviews and steps of the
// superior never are.
std::vector<grading::v1::ReviewStep> MakeSteps(const config::v1::Route& route,
                                               const RolePersons& persons,
                                               const std::vector<std::string>& barred);

// NO_REVIEWER when there are no steps, or a step of the unit has nobody who could take it or, for a
// joint review, conclude it.
absl::Status CheckReviewers(const std::vector<grading::v1::ReviewStep>& steps);

// `{id}@{version}` of a routes policy.
std::string RoutesVersion(const config::v1::RoutesPolicy& policy);

// What says of which kind an owner is.
struct OwnerFacts {
  bool principal_responsible = false;  // holds such a post
  bool vice_principal = false;         // is in charge of a department
  bool department_head = false;        // heads a department
};
// The highest kind that fits.
grading::v1::OwnerKind OwnerKindOf(const OwnerFacts& facts);

}  // namespace lianfang::review
