// Which way a record's review goes, as a pure function of the routes policy and the persons who
// hold the roles.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lianfang/config/v1/config.pb.h"
#include "lianfang/grading/v1/grading.pb.h"

namespace lianfang::grading {

// Persons who hold a role for one record now, by resource name. Roles of the superior have none:
// their holders are identities of the superior.
using RolePersons = std::map<v1::ReviewerRole, std::vector<std::string>>;

// Whether a role is the superior's.
bool IsSuperiorRole(v1::ReviewerRole role);

// Name of the role that a token must hold to take a step, e.g. `leading_group`.
absl::string_view TokenRole(v1::ReviewerRole role);

// The route that fits, or null.
const config::v1::Route* FindRoute(const config::v1::RoutesPolicy& policy, v1::RecordKind kind,
                                   v1::OwnerKind owner);

// Steps of a route with their assignees: who holds the role, without the owners, each once, in the
// order given. A step may end with nobody.
std::vector<v1::ReviewStep> MakeSteps(const config::v1::Route& route, const RolePersons& persons,
                                      const std::vector<std::string>& owners);

// NO_REVIEWER when there are no steps, or a step of the unit has nobody who could take it.
absl::Status CheckReviewers(const std::vector<v1::ReviewStep>& steps);

// `{id}@{version}` of a routes policy.
std::string RoutesVersion(const config::v1::RoutesPolicy& policy);

// What says of which kind an owner is.
struct OwnerFacts {
  bool principal_responsible = false;  // holds such a post
  bool vice_principal = false;         // is in charge of a department
  bool department_head = false;        // heads a department
};
// The highest kind that fits.
v1::OwnerKind OwnerKindOf(const OwnerFacts& facts);

}  // namespace lianfang::grading
